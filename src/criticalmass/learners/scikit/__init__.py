"""Classifiers of scikit-learn and of packages of its shape, as learners."""

from criticalmass.learners.scikit.scikit_learner import ScikitLearner

__all__ = ["ScikitLearner"]
