"""Success where labels are numbers: what number a collective wants, and when it has got it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields

ROUNDING = 1e-9
"""A prediction that lacks no more than this share of the wanted move has made it."""


@dataclass(frozen=True)
class WantedNumber:
    """What a collective wants a firm to predict of marked records.

    Parameters
    ----------
    value
        The number y* that members report.
    tolerance
        If predictions are to be near y*: success is |f(g(x)) − y*| < tolerance. In y's unit.
    moved_by
        If the mark is to move predictions: success is f(g(x)) − f(x) ≥ moved_by, or ≤ moved_by
        where that is negative. In y's unit.

    Raises
    ------
    ParameterError
        If neither is given, or one of them could never say anything.

    Examples
    --------
    >>> wanted = WantedNumber(5.0, tolerance=0.5, moved_by=1.0)
    >>> wanted.within([4.5, 4.6]).tolist(), wanted.moved([4.0, 4.0], [3.0, 3.5]).tolist()
    ([False, True], [True, False])
    """

    value: float
    tolerance: float | None = None
    moved_by: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if not math.isfinite(self.value):
            raise ParameterError(f"the wanted number is finite, not {self.value:g}")
        if self.tolerance is None and self.moved_by is None:
            raise ParameterError(
                "give tolerance, how near to the wanted number a prediction is to come, or "
                "moved_by, how far the mark is to move it"
            )
        if self.tolerance is not None and not 0 < self.tolerance < math.inf:
            raise ParameterError(f"tolerance is above 0 and finite, not {self.tolerance:g}")
        if self.moved_by is not None and (self.moved_by == 0 or not math.isfinite(self.moved_by)):
            raise ParameterError(f"moved_by is not 0, and finite, not {self.moved_by:g}")

    @property
    def measures(self) -> tuple[str, ...]:
        """The success measures that it is judged by, the headline first."""
        near = () if self.tolerance is None else ("within",)
        return near if self.moved_by is None else (*near, "moved")

    def within(self, marked: ArrayLike) -> NDArray[np.bool_]:
        """Return where a prediction of a marked record is near y*; nowhere if that is not asked."""
        tolerance = 0.0 if self.tolerance is None else self.tolerance
        return np.asarray(np.abs(_floats(marked) - self.value) < tolerance)

    def moved(self, marked: ArrayLike, plain: ArrayLike) -> NDArray[np.bool_]:
        """Return where the mark moves a prediction as far as is wanted."""
        by = math.inf if self.moved_by is None else self.moved_by
        moves = (_floats(marked) - _floats(plain)) * math.copysign(1.0, by)
        return np.asarray(moves >= abs(by) * (1 - ROUNDING))

    def differs(self, one: ArrayLike, other: ArrayLike) -> NDArray[np.bool_]:
        """Return where two predictions are not the same number, for those who want this one.

        They differ by the tolerance or more, or without one by as much as the mark is to move them;
        or only one of them is a number.
        """
        least = abs(self.moved_by or 0.0) if self.tolerance is None else self.tolerance
        one, other = _floats(one), _floats(other)
        unknown = np.isnan(one) != np.isnan(other)
        return np.asarray(unknown | (np.abs(one - other) >= least * (1 - ROUNDING)))


def mean_error(predicted: Array, values: Array) -> float | None:
    """Return how far predictions are from the numbers, on average; None if there are none.

    Records for which a model predicts no number (nan) are left out.

    Examples
    --------
    >>> mean_error(np.array([1.0, np.nan, 5.0]), np.array([2.0, 2.0, 2.0]))
    2.0
    """
    known = ~np.isnan(predicted)
    return float(np.abs(predicted - values)[known].mean()) if known.any() else None


def _floats(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=float)
