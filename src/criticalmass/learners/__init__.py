"""Learners: the algorithms that a firm trains on its data."""

from criticalmass.learners.adopted import learner_of
from criticalmass.learners.bayes import BayesOptimal
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.learners.embedded_text.embedded_text import EmbeddedText
from criticalmass.learners.learner import Learner, Model, Prepared, StepwiseLearner
from criticalmass.learners.linear_text.linear_text import LinearText
from criticalmass.learners.risk_minimizer import LinearModel, RiskMinimizer
from criticalmass.learners.scikit.scikit_learner import ScikitLearner
from criticalmass.learners.transformer.transformer import Transformer

__all__ = [
    "BayesOptimal",
    "EmbeddedText",
    "GradientDescent",
    "Learner",
    "LinearModel",
    "LinearText",
    "Model",
    "Prepared",
    "RiskMinimizer",
    "ScikitLearner",
    "StepwiseLearner",
    "Transformer",
    "learner_of",
]
