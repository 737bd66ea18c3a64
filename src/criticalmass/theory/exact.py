"""`ExactCurve`: success on a finite population, for every α at once.

What the firm predicts at a point depends on an inequality that is linear in α, so success at each
point holds on an interval of α. S(α) is the weight of the intervals that α lies in: one sort.
The inequalities come from `criticalmass.theory.contests`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, ExactSuccess, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target

CLOSE = 1e-12
"""Success within this much of a target counts as reaching it; shares nearer than this are equal."""


@dataclass(frozen=True, eq=False, repr=False)
class ExactCurve(ExactSuccess):
    """The exact curve S(α) = Σ weight · 1[low < α < high] / size.

    Make one with the ``exact`` method of a strategy, or with `exact_feature_label`,
    `exact_feature_only` and `exact_erasure`.

    Parameters
    ----------
    low, high
        Each point's interval of α, shape (points,); −inf and inf where it has no end.
    weight
        How many records each point stands for.
    size
        Number of all records.

    Examples
    --------
    >>> curve = ExactCurve(np.array([0.1, 0.2]), np.array([0.5, np.inf]), np.array([1, 3]), 4)
    >>> curve.success([0.15, 0.3, 0.7]).tolist()
    [0.25, 1.0, 0.75]
    >>> curve.critical_mass(0.9).reached, curve.first_reached(0.9).alpha
    (False, 0.2)
    """

    low: Array
    high: Array
    weight: Array
    size: float

    def recruited(self, share: float) -> ExactCurve:
        """Return the curve of a collective drawn from this share of the population only.

        The intervals of this curve are then read as shares of those who can be recruited; once all
        of them have joined, success stays as it is.
        """
        if share == 0:  # nobody ever joins: what holds without a collective stays
            low = np.where((self.low < 0) & (self.high > 0), -np.inf, np.inf)
            return ExactCurve(low, np.full_like(low, np.inf), self.weight, self.size)
        # an end within rounding of 1 is a tie once all have joined, and the tie stays
        low = np.where(self.low < 1 - CLOSE, self.low * share, np.inf)
        high = np.where(self.high <= 1 + CLOSE, self.high * share, np.inf)
        return ExactCurve(low, high, self.weight, self.size)

    @cached_property
    def _begin(self) -> tuple[Array, Array]:
        return _cumulative(self.low, self.weight, self.low < self.high)

    @cached_property
    def _end(self) -> tuple[Array, Array]:
        return _cumulative(self.high, self.weight, self.low < self.high)

    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α)."""
        return self._at(checked_shares(alpha))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α from which success stays at or above the target.

        It is an infimum: at a tie the firm may predict either label, so success begins just
        above it. 0 means that any collective will do, however small.
        """
        target = checked_target(target)
        below = self._steps[self._at(self._steps) < target - CLOSE]
        if not len(below):
            return CriticalMass.exactly(target, 0.0)
        if below[-1] < 1:
            return CriticalMass.exactly(target, float(below[-1]))
        best = self.first_reached(target)
        everybody = {"everybody": float(self._at(np.array(1.0)))}
        reason = Unreached(Why.WITH_EVERYBODY, everybody)
        if best.reached:
            reason = Unreached(Why.LOST_BEFORE_EVERYBODY, {"above": best.alpha, **everybody})
        return CriticalMass.unreached(target, reason)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the smallest α at which success reaches the target, if only for a while."""
        target = checked_target(target)
        starts = np.concatenate([[0.0], self._steps])
        between = (starts[:-1] + starts[1:]) / 2  # success is constant between the steps
        reached = np.flatnonzero(self._at(between) >= target - CLOSE)
        if len(reached):
            return CriticalMass.exactly(target, float(starts[reached[0]]))
        best = float(self._at(np.concatenate([between, [1.0]])).max())
        if best >= target - CLOSE:
            return CriticalMass.exactly(target, 1.0)
        reason = Unreached(Why.NEVER_EXCEEDS, {"best": best})
        return CriticalMass.unreached(target, reason)

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^upto (target − S(α))₊ dα: a sum over the steps."""
        ends = np.concatenate([[0.0], self._steps[self._steps < upto], [upto]])
        missing = np.maximum(target - self._at((ends[:-1] + ends[1:]) / 2), 0)
        return float(missing @ np.diff(ends))

    @cached_property
    def _steps(self) -> Array:
        """Every α in (0, 1] at which success may change, and 1."""
        ends = np.concatenate([self.low, self.high, [1.0]])
        return np.unique(ends[(ends > 0) & (ends <= 1)])

    def _at(self, shares: Array) -> Array:
        begin, begun = self._begin
        end, ended = self._end
        # The last digit of a quotient does not decide a tie.
        entered = begun[np.searchsorted(begin, shares * (1 - CLOSE), side="left")]
        left = ended[np.searchsorted(end, shares * (1 + CLOSE), side="right")]
        return np.asarray(np.clip((entered - left) / self.size, 0, 1))


def _cumulative(ends: Array, weight: Array, kept: NDArray[np.bool_]) -> tuple[Array, Array]:
    order = np.argsort(ends[kept], kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[kept][order], dtype=float)])
    return ends[kept][order], total
