"""The tables of the kinds of strategies and of goals, by the names that study files give them.

Errors name a strategy as its study file does, and say what to do in its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from criticalmass.strategies.erase import Erase
from criticalmass.strategies.imperfect import Imperfect
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
from criticalmass.strategies.strategy import Recruits, Strategy
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


def kind_of(strategy: Recruits) -> str:
    """Return how a study file says which kind a strategy is; for one of your own, its class.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> kind_of(Unplant(SetColumns({"job": "cook"}), "no"))
    'kind = "unplant"'
    """
    if isinstance(strategy, Imperfect):
        return "a strategy with inactive or mislabel"
    named = (name for name, kind in STRATEGIES.items() if type(strategy) is kind)
    name = next(named, None)
    return type(strategy).__name__ if name is None else f'kind = "{name}"'


def use_instead(strategy: Recruits) -> str:
    """Return what to do where a theory or a certificate of a strategy is not known.

    Examples
    --------
    >>> from criticalmass.signals import SetColumns
    >>> use_instead(Targeted(SetColumns({"job": "cook"}), "yes"))
    'use kind = "feature-label", in which members mark their own'
    """
    if isinstance(strategy, Imperfect):
        return "name a strategy in which all act, or leave out inactive and mislabel"
    if isinstance(strategy, Unplant):
        return 'with two labels, plant the other label (kind = "feature-label")'
    if isinstance(strategy, Targeted):
        return 'use kind = "feature-label", in which members mark their own'
    return "name another strategy"
