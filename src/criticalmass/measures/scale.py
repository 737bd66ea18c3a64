"""`Scale`: where results of a measure lie between 0 and 1, on the way to success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import Outcome
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.result import Count, Real, Result

ROOM = 0.15
"""Beyond the lowest and the highest number seen, a scale has such a part of their distance left."""
MOST = 5_000
"""A number tells at most as much as a count of so many records; curves of more take longer."""
FEWEST = 10
"""And at least as one of so many: fewer would round it."""
NEAREST = 4
"""Results around the target, on either side, whose standard errors decide that."""


@dataclass(frozen=True)
class Scale:
    """A straight scale from the value that is no success, 0, to the one that is all of it, 1.

    Curves are fitted on it, so a real number is told as a count: one of as many records as have its
    standard error. Where lower is better, ``one`` is below ``zero``.

    Parameters
    ----------
    zero, one
        The values that lie at 0 and 1.
    records
        The number of records whose count a real number is told as; 0 where it is told as it is.

    Examples
    --------
    >>> places = Scale(zero=11.0, one=1.0, records=1000)
    >>> places.success(3.5), places.value(0.75), places.outcome(0.1, Real(3.5))
    (0.75, 3.5, Outcome(alpha=0.1, successes=750, n=1000))
    """

    zero: float = 0.0
    one: float = 1.0
    records: int = 0

    def success(self, value: float) -> float:
        """Return where a value lies; at an end if it lies beyond."""
        return float(np.clip((value - self.zero) / (self.one - self.zero), 0.0, 1.0))

    def value(self, success: float) -> float:
        """Return the value that lies at a place between 0 and 1."""
        return float(self.values(success))

    def values(self, success: ArrayLike) -> Array:
        """Return the values that lie at places, in their shape."""
        return self.zero + np.asarray(success, dtype=float) * (self.one - self.zero)

    def outcome(self, alpha: float, result: Result) -> Outcome:
        """Return what a result at a share α tells a curve."""
        if isinstance(result, Count):
            rises = self.zero < self.one
            return Outcome(
                alpha, result.successes if rises else result.n - result.successes, result.n
            )
        if not self.records:
            return Outcome(alpha, result.value, 1)
        success = self.success(result.value)
        return Outcome(alpha, round(success * self.records), self.records)


SHARES = Scale()
"""The scale of counts, and of shares of a goal: success is what it is."""
FALLING = Scale(1.0, 0.0)
"""That of counts of which lower is better."""


def scale_of(measure: MeasureFacts, results: Sequence[Result], target: float) -> Scale:
    """Return the scale for some results; it holds all of them and the target, with room beyond.

    It goes no farther than the measure's limits.

    Parameters
    ----------
    measure
        What is known of the measure.
    results
        All that are to lie on one scale.
    target
        The value that is wanted, in the measure's unit.

    Examples
    --------
    >>> from criticalmass.measures.measure import MeasureWords
    >>> rank = MeasureFacts("rank", MeasureWords("", ""), "real", True, limits=(1.0, 1e9))
    >>> scale_of(rank, [Real(11.0, 0.1), Real(1.0, 0.1)], target=3.0)
    Scale(zero=12.5, one=1.0, records=1900)
    """
    if not measure.is_real:
        return FALLING if measure.lower_is_better else SHARES
    reals = [result for result in results if isinstance(result, Real)]
    values = np.array([target, *(result.value for result in reals)])
    low, high = float(values.min()), float(values.max())
    room = ROOM * (high - low) or max(abs(target), 1.0)
    low, high = max(low - room, measure.limits[0]), min(high + room, measure.limits[1])
    zero, one = (high, low) if measure.lower_is_better else (low, high)
    return Scale(zero, one, _records(reals, Scale(zero, one), target))


def _records(reals: Sequence[Real], scale: Scale, target: float) -> int:
    """Return how many records a count has whose standard error at the target is that of results."""
    near = sorted(reals, key=lambda real: abs(real.value - target))[: 2 * NEAREST]
    error = float(np.median([real.error for real in near])) if near else 0.0
    part = error / abs(scale.one - scale.zero)
    wanted = scale.success(target)
    variance = wanted * (1 - wanted)
    if part**2 * MOST <= variance:
        return MOST
    return max(FEWEST, round(variance / part**2))
