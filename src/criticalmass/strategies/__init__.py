"""Strategies: what the members of a collective do with their records."""

from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.strategy import Recruit, Strategy

__all__ = ["FeatureLabel", "FeatureOnly", "Recruit", "Strategy"]
