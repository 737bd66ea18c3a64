"""Success curves: how success depends on the share α of the population that joins."""

from typing import Any

from criticalmass.curves.critical_mass import CriticalMass
from criticalmass.curves.curve import CurveLike, SuccessCurve, as_curve
from criticalmass.curves.exact_success import ExactSuccess
from criticalmass.curves.fitted_success import FittedSuccess
from criticalmass.curves.outcome import Outcome
from criticalmass.curves.path import PathCurve
from criticalmass.curves.shortfall import Shortfall

__all__ = [
    "CriticalMass",
    "CurveLike",
    "ExactSuccess",
    "FittedSuccess",
    "Outcome",
    "PathCurve",
    "Shortfall",
    "SuccessCurve",
    "as_curve",
]


def __getattr__(name: str) -> Any:
    from criticalmass.moved import old_name

    return old_name(name, "curves")
