"""Strategies: what the members of a collective do with their records."""

from criticalmass.strategies.erasing import Erase
from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.strategy import Recruit, Strategy

__all__ = ["Erase", "FeatureLabel", "FeatureOnly", "Recruit", "Strategy"]
