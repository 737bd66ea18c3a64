"""Strategies: what the members of a collective do with their records."""

from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.erase import Erase
from criticalmass.strategies.imperfect import Imperfect
from criticalmass.strategies.marking import Marking
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
    Responding,
    Steering,
    Utility,
)
from criticalmass.strategies.strategy import Knowledge, NoTheory, Recruit, Recruits, Strategy

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
    "Knowledge",
    "Linear",
    "Marking",
    "NoTheory",
    "Raise",
    "Reach",
    "Recruit",
    "Recruits",
    "Responding",
    "Steering",
    "Strategy",
    "Utility",
    "strategy_of",
]
