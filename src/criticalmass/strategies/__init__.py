"""Strategies: what the members of a collective do with their records."""

from criticalmass.strategies.erase import Erase
from criticalmass.strategies.imperfect import Imperfect
from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.steering import (
    Aim,
    Allowed,
    Gain,
    Goal,
    GradientControl,
    GradientNeutralizing,
    Ignore,
    Linear,
    Raise,
    Reach,
    Utility,
)
from criticalmass.strategies.strategy import Recruit, Strategy

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
