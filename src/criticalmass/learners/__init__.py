"""Learners: the algorithms that a firm trains on its data."""

from criticalmass.learners.bayes import BayesOptimal
from criticalmass.learners.learner import Learner, Model, Prepared
from criticalmass.learners.linear_text import LinearText
from criticalmass.learners.scikit import ScikitLearner

__all__ = ["BayesOptimal", "Learner", "LinearText", "Model", "Prepared", "ScikitLearner"]
