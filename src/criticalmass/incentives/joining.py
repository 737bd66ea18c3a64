"""`Incentives`: from which size on joining pays, and what it takes to get a collective there.

Everybody gains S(α) from a collective of size α that they are in, at a cost c, and γ S(α) from one
that they are not in. Joining is rational iff S(α) − c > γ S(α) (paper, Section 6; the model is
Olson's, 1965).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Mask
from criticalmass.curves import CriticalMass, CurveLike, Unreached, Why
from criticalmass.curves.curve import probability, shortfall
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.incentives.dynamics import Dynamics


@dataclass(frozen=True)
class Investment:
    """The most that a principal pays until the collective sustains itself.

    Parameters
    ----------
    value
        B(α_crit), in shares of the population times what full success is worth to one person; nan
        if joining pays at no size, or more likely than not at none.
    low, high
        Interval for ``value``; ``high`` is infinite where the interval does not exclude that
        joining pays at no size.
    confidence
        Probability that the interval holds; 1 for curves known exactly.

    Examples
    --------
    >>> Investment(0.002, 0.001, 0.003, 0.95).total(25_000)
    (50.0, 25.0, 75.0)
    """

    value: float
    low: float
    high: float
    confidence: float = 1.0

    def total(self, population_size: int) -> tuple[float, float, float]:
        """Return the investment and its interval in units of what full success is worth to one."""
        low, value, high = (part * population_size for part in (self.low, self.value, self.high))
        return value, low, high


@dataclass(frozen=True)
class Incentives:
    """What joining costs a person, and how much of the gain others have without it.

    Parameters
    ----------
    cost
        c > 0, in units of what full success (S = 1) is worth to a person: 0.05 is a twentieth. One
        number if it is the same for everybody; several, in any order, if it differs: the costs of
        everybody, or of a sample of them.
    free_ride
        γ in [0, 1]: what those who do not join have of the collective's success.

    Raises
    ------
    ParameterError
        If a cost is not positive, or γ is not a share.

    Examples
    --------
    >>> from criticalmass.theory import FeatureLabelBound
    >>> incentives = Incentives(cost=0.4, free_ride=0.2)
    >>> bound = FeatureLabelBound(uniqueness=0.01)
    >>> round(incentives.critical_threshold(bound).alpha, 5)  # where success is guaranteed to be ½
    0.01961
    >>> round(incentives.investment(bound).value, 5)
    0.00547
    """

    cost: float | tuple[float, ...]
    free_ride: float = 0.0

    def __post_init__(self) -> None:
        given: object = self.cost
        if isinstance(given, (np.ndarray, list)):
            object.__setattr__(self, "cost", tuple(np.asarray(given).tolist()))
        check_fields(self)
        costs = np.atleast_1d(np.asarray(self.cost, dtype=float))
        if not len(costs):
            raise ParameterError("incentives need a cost")
        if not (np.isfinite(costs) & (costs > 0)).all():
            wrong = costs[~(np.isfinite(costs) & (costs > 0))][0]
            raise ParameterError(
                f"incentives: a cost is a number above 0, in units of what full success is worth "
                f"to a person, not {wrong:g}"
            )
        if not 0 <= self.free_ride <= 1:
            raise ParameterError(
                f"incentives: free_ride is a share between 0 and 1, not {self.free_ride:g}"
            )

    @property
    def threshold(self) -> float:
        """The success c/(1 − γ) from which on joining pays; infinite if γ is 1.

        Raises
        ------
        ParameterError
            If costs differ: then every person has their own.
        """
        if isinstance(self.cost, tuple):
            raise ParameterError("costs differ, so there is no one threshold: use dynamics")
        return math.inf if self.free_ride == 1 else self.cost / (1 - self.free_ride)

    def joins(self, curve: CurveLike, alpha: ArrayLike) -> Mask:
        """Say at which sizes joining pays: S(α)(1 − γ) > c."""
        return np.asarray(curve.success(alpha) > self.threshold)

    def critical_threshold(self, curve: CurveLike) -> CriticalMass:
        """Return α_crit, the size from which on joining pays: the critical mass for c/(1 − γ)."""
        if self.threshold >= 1:
            return CriticalMass.unreached(self.threshold, self._hopeless())
        return curve.critical_mass(self.threshold)

    def investment(self, curve: CurveLike) -> Investment:
        """Return B(α_crit) = ∫₀^{α_crit} (c − (1 − γ) S(a))₊ da, the area of the paper's Figure 7.

        So much makes up for what everybody up to α_crit lacks on joining; past it the collective
        sustains itself. For a curve that is a guarantee, it is at most that.
        """
        if self.threshold >= 1:
            return Investment(math.nan, math.inf, math.inf)
        missing, part = shortfall(curve, self.threshold), 1 - self.free_ride
        low, value, high = (part * area for area in (missing.low, missing.value, missing.high))
        return Investment(value, low, high, missing.confidence)

    def sustains(self, curve: CurveLike, alpha: float) -> float:
        """Return the probability that a collective of a share α sustains itself.

        For a bound, the probability with which that is guaranteed.
        """
        if self.threshold >= 1:
            return 0.0
        return probability(curve, self.threshold, alpha)

    def costs(self, people: int) -> Array:
        """Return one cost for each of so many people: quantiles of the costs given."""
        given = np.atleast_1d(np.asarray(self.cost, dtype=float))
        if len(given) in (1, people):
            return np.resize(given, people)
        return np.asarray(np.quantile(given, (np.arange(people) + 0.5) / people))

    def dynamics(self, curve: CurveLike, people: int) -> Dynamics:
        """Return how a collective among so many people grows and shrinks."""
        return Dynamics(curve, self.costs(people), self.free_ride)

    def _hopeless(self) -> Unreached:
        if self.free_ride == 1:
            return Unreached(Why.FREE_RIDE)
        assert not isinstance(self.cost, tuple)
        return Unreached(Why.COSTS_MORE, {"cost": self.cost, "gain": 1 - self.free_ride})
