"""Learners: the algorithms that a firm trains on its data."""

from criticalmass.learners.learner import Learner, Model, Prepared
from criticalmass.learners.linear_text import LinearText
from criticalmass.learners.scikit import ScikitLearner

__all__ = ["Learner", "LinearText", "Model", "Prepared", "ScikitLearner"]
