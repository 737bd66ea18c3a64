"""`RepeatedCurve`: success that is a number rather than a rate, from repeated trials."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess, Outcome, Shortfall, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target
from criticalmass.curves.shortfall import area_below
from criticalmass.errors import ParameterError
from criticalmass.fitting.falling import isotonic

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False, repr=False)
class RepeatedCurve(FittedSuccess):
    """Every repetition of a study as one curve, not decreasing and straight in log α.

    The share of the way that a model was steered is no count of successes, so there is no
    binomial law to fit. Each repetition gives its own critical mass, on a straight line between the
    largest share that was too little and the smallest that was enough. The trials do not know where
    between those two it lies: the interval goes as far below the mean logarithm of the first, and
    above that of the second, as Student's does around that of the critical masses. It begins at 0
    where a repetition gets there with the smallest share tried, and is open above where one does
    not with the largest, or nobody is left to join.

    Parameters
    ----------
    alphas
        The shares that were tried, ascending, (m,).
    values
        Success there, (repetitions, m), not decreasing.
    floor
        Success without a collective.
    largest
        The largest share that could be recruited.

    Examples
    --------
    >>> trials = [Outcome(a, min(1.0, a / b), 1) for a in (0.01, 0.02, 0.04) for b in (0.03, 0.031)]
    >>> RepeatedCurve.fit(trials).critical_mass(0.9).reached
    True
    """

    alphas: Array
    values: Array
    floor: float = 0.0
    largest: float = 1.0
    confidence: ClassVar[float] = CONFIDENCE

    def __post_init__(self) -> None:
        checked_shares(self.alphas)
        checked_shares(self.largest)
        shape, steps = self.values.shape, np.diff(self.alphas)
        if len(shape) != 2 or min(shape) < 2 or shape[1:] != self.alphas.shape:
            raise ParameterError("a curve needs two shares or more, each tried at least twice")
        rates = ((self.values >= 0) & (self.values <= 1)).all() and 0 <= self.floor <= 1
        if (steps <= 0).any() or not rates or (np.diff(self.values) < 0).any():
            raise ParameterError("a curve needs ascending shares, and rates that do not decrease")

    @classmethod
    def fit(cls, outcomes: Iterable[Outcome], *, largest: float = 1.0) -> RepeatedCurve:
        """Make the curve of trials; those at one share are repetitions, in their order.

        Raises
        ------
        ParameterError
            If there are fewer than two shares, or fewer than two repetitions of any.
        """
        by_share: dict[float, list[float]] = defaultdict(list)
        for outcome in outcomes:
            by_share[outcome.alpha].append(outcome.rate)
        floor = by_share.pop(0.0, [0.0])
        repetitions = min((len(values) for values in by_share.values()), default=0)
        if len(by_share) < 2 or repetitions < 2:
            raise ParameterError("a curve needs two shares or more, each tried at least twice")
        alphas = np.array(sorted(by_share))
        values = np.array([by_share[alpha][:repetitions] for alpha in alphas]).T
        rising = np.array([isotonic(row) for row in values])
        return cls(alphas, rising, float(np.mean(floor)), largest)

    def success(self, alpha: ArrayLike) -> Array:
        """Return the mean success of the repetitions; beyond what was tried, that at the end."""
        return np.asarray(self._rows(checked_shares(alpha)).mean(axis=0))

    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the lowest and the highest success of the repetitions."""
        rows = self._rows(checked_shares(alpha))
        return rows.min(axis=0), rows.max(axis=0)

    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Return shares that the curve does not fit: it goes through all of them."""
        return {}

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the mean critical mass of the repetitions, with a 95 % interval for it."""
        target = checked_target(target)
        if self.floor >= target:
            return CriticalMass(target, 0.0, 0.0, 0.0, CONFIDENCE)
        brackets = np.array([self._bracket(row, target) for row in self.values])
        below, masses, enough = brackets.T
        reached = masses[np.isfinite(masses)]
        never = 1 - len(reached) / len(masses)
        # one that did not get there needs more than the largest share: at least that counts
        scatter = np.log(np.minimum(masses, self.alphas[-1])).std(ddof=1)
        quantile = _quantile(len(masses) - 1)
        half = quantile * scatter / math.sqrt(len(masses))
        low = math.exp(float(np.log(below).mean()) - half) if below.all() else 0.0
        if not len(reached) and 0.5 ** len(masses) > (1 - CONFIDENCE) / 2:
            low = 0.0  # so few might all have failed by chance
        if never > 0.5:
            reason = Unreached(Why.REPETITIONS_BELOW, {"target": target})
            return CriticalMass.unreached(
                target, reason, low=low, never=never, confidence=CONFIDENCE
            )
        alpha, end = math.exp(float(np.log(reached).mean())), float(np.log(enough).mean()) + half
        high = math.inf if end > math.log(self.largest) + 1e-9 else math.exp(end)
        return CriticalMass(target, alpha, min(low, alpha), max(high, alpha), CONFIDENCE, never)

    def shortfall(self, target: float) -> Shortfall:
        """Return the mean over the repetitions of what is missing, with a 95 % interval.

        The interval is Student's, of the logarithm.
        """
        mass = self.critical_mass(target)
        if not mass.reached:
            return Shortfall.unreached(mass)
        if mass.alpha == 0:
            return Shortfall(target, 0.0, 0.0, 0.0, CONFIDENCE)
        reached = [self._bracket(row, target)[1] for row in self.values]
        missing = [
            area_below(partial(self._row, row), target, alpha, self.alphas)
            for row, alpha in zip(self.values, reached, strict=True)
            if math.isfinite(alpha)
        ]
        areas = np.log(missing)
        quantile = _quantile(max(len(areas) - 1, 1))
        spread = float(areas.std(ddof=1)) if len(areas) > 1 else math.inf
        half = quantile * spread / math.sqrt(len(areas))
        middle = float(areas.mean())
        high = math.exp(middle + half) if math.isfinite(mass.high) else math.inf
        return Shortfall(target, math.exp(middle), math.exp(middle - half), high, CONFIDENCE)

    def probability(self, target: float, alpha: float) -> float:
        """Return the share of the repetitions in which a collective of a share α gets there."""
        masses = np.array([self._bracket(row, checked_target(target))[1] for row in self.values])
        return float((masses <= float(checked_shares(alpha))).mean())

    def _row(self, row: Array, shares: Array) -> Array:
        return np.asarray(np.interp(np.log(shares), np.log(self.alphas), row))

    def _rows(self, shares: Array) -> Array:
        rows = [self._row(row, np.atleast_1d(shares)) for row in self.values]
        return np.array(rows).reshape(len(rows), *shares.shape)

    def _bracket(self, row: Array, target: float) -> tuple[float, float, float]:
        """Return the last share that is too little, the critical mass, the first that is enough.

        The first is 0 where the smallest share tried is enough; the others are infinite where the
        largest is not.
        """
        reached = np.flatnonzero(row >= target)
        if not len(reached):
            return float(self.alphas[-1]), math.inf, math.inf
        after = int(reached[0])
        if after == 0:
            return 0.0, float(self.alphas[0]), float(self.alphas[0])
        part = (target - row[after - 1]) / (row[after] - row[after - 1])
        low, high = self.alphas[after - 1 : after + 1]
        return float(low), float(low * (high / low) ** part), float(high)


def _quantile(freedom: int) -> float:
    """Return how far Student's interval goes, in standard errors, at so many degrees of freedom."""
    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
