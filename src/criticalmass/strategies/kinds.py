"""The tables of the kinds of strategies and of goals, by the names that study files give them."""

from __future__ import annotations

from collections.abc import Mapping

from criticalmass.strategies.erase import Erase
from criticalmass.strategies.planting import FeatureLabel, FeatureOnly
from criticalmass.strategies.planting_numbers import FeatureNumber
from criticalmass.strategies.steering import (
    Goal,
    GradientControl,
    GradientNeutralizing,
    Ignore,
    Raise,
    Reach,
)
from criticalmass.strategies.strategy import Strategy
from criticalmass.strategies.targeted import Targeted
from criticalmass.strategies.unplant import Unplant

STRATEGIES: Mapping[str, type[Strategy]] = {
    "feature-label": FeatureLabel,
    "feature-only": FeatureOnly,
    "targeted": Targeted,
    "feature-number": FeatureNumber,
    "erase": Erase,
    "unplant": Unplant,
    "gradient-neutralizing": GradientNeutralizing,
    "gradient-control": GradientControl,
}
GOALS: Mapping[str, type[Goal]] = {"ignore": Ignore, "raise": Raise, "reach": Reach}
