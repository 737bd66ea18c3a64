"""`EstimatedBound`: a theorem with parameters that come from records."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, SuccessCurve, Unreached, Why
from criticalmass.curves.curve import checked_shares
from criticalmass.theory.bound import Bound

LOW = 0.1
"""Positivity below this, or a larger share outside, is what makes a bound say little."""


@dataclass(frozen=True)
class Estimate:
    """One parameter of a theorem, from records.

    Parameters
    ----------
    name
        The theorem's parameter: ``uniqueness``, ``gap``, ``positivity``, ``gradient``, ….
    value
        What it is on the records at hand.
    limit
        What it is at worst under P₀, with the confidence asked for: an upper limit (positivity:
        a lower one).
    driver
        What decides it, in words.
    cell
        The cell that decides it, as a row of the counts given; −1 if no single one does.
    """

    name: str
    value: float
    limit: float
    driver: str
    cell: int = -1


@dataclass(frozen=True)
class EstimatedBound(SuccessCurve):
    """A theorem's bound with parameters estimated from records.

    Parameters
    ----------
    bound
        The theorem, with the limits of its parameters.
    estimates
        Where they come from.
    confidence
        Probability that all limits hold, and so the bound; 1 if the records are the population.
    share
        Share of the records at hand that can be recruited; the theorem counts α in shares of
        them. Above 1 where some of those who join do not act.
    """

    bound: Bound
    estimates: tuple[Estimate, ...]
    confidence: float
    share: float = 1.0

    @property
    def theorem(self) -> str:
        """The theorem's name in the paper."""
        return self.bound.theorem

    @property
    def holds(self) -> bool:
        """Whether this is a guarantee, if the limits hold."""
        return self.bound.holds

    @property
    def weakest(self) -> Estimate:
        """The estimate to look at if the bound says too little."""
        by_name = {estimate.name: estimate for estimate in self.estimates}
        p, rho = by_name.get("positivity"), by_name.get("outside")
        if p and rho and (p.limit < LOW or rho.limit > LOW):
            return p
        return by_name.get(self.bound.deciding, self.estimates[0])

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α)."""
        shares = checked_shares(alpha)
        if self.share == 0:  # nobody can be recruited
            return np.zeros_like(shares)
        return self.bound.success(np.minimum(shares / self.share, 1.0))

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^upto (target − S(α))₊ dα, where ``upto`` is the critical mass."""
        return self.share * self.bound.area_below(target, upto / self.share)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass, as a share of everybody."""
        mass = self.bound.critical_mass(target)
        if not mass.reached:
            reason = mass.reason
            if isinstance(reason, Unreached):
                reason = replace(reason, parameter=(self.weakest.name, self.weakest.driver))
            return replace(mass, confidence=self.confidence, reason=reason)
        alpha, high = mass.alpha * self.share, mass.high * self.share
        if alpha > 1:  # some of those who join do not act
            reason = Unreached(Why.MORE_THAN_THERE_ARE)
            return CriticalMass.unreached(target, reason, low=0.0, confidence=self.confidence)
        return replace(mass, alpha=alpha, high=high, confidence=self.confidence)
