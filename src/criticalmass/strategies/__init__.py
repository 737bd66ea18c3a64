"""Strategies: what the members of a collective do with their records."""

from criticalmass.strategies.allowed import Allowed
from criticalmass.strategies.control import GradientControl
from criticalmass.strategies.erasing import Erase
from criticalmass.strategies.goals import Aim, Gain, Goal, Ignore, Raise, Reach
from criticalmass.strategies.imperfect import Imperfect
from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.steering import GradientNeutralizing
from criticalmass.strategies.strategy import Recruit, Strategy
from criticalmass.strategies.utilities import Linear, Utility

__all__ = [
    "Aim",
    "Allowed",
    "Erase",
    "FeatureLabel",
    "FeatureOnly",
    "Gain",
    "Goal",
    "GradientControl",
    "GradientNeutralizing",
    "Ignore",
    "Imperfect",
    "Linear",
    "Raise",
    "Reach",
    "Recruit",
    "Strategy",
    "Utility",
]
