"""`PartlyActing`: members who joined but do not act."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, CurveLike, Shortfall, SuccessCurve, Unreached, Why
from criticalmass.curves.curve import checked_shares, probability, shortfall
from criticalmass.errors import ParameterError


@dataclass(frozen=True)
class PartlyActing(SuccessCurve):
    """The success curve of a collective of which a share η does nothing: S((1 − η)α).

    Members who do not act leave the firm's data as it was: it is the data of a smaller
    collective. Which of them act must not depend on their records.

    Parameters
    ----------
    curve
        The curve of members who all act.
    inactive
        η in [0, 1), the share of members who do not.

    Examples
    --------
    >>> from criticalmass.theory import FeatureLabelBound
    >>> curve = PartlyActing(FeatureLabelBound(uniqueness=0.001), inactive=0.5)
    >>> round(curve.critical_mass(0.9).alpha, 5)  # twice what it takes where all act
    0.0198
    """

    curve: CurveLike
    inactive: float

    def __post_init__(self) -> None:
        if not 0 <= self.inactive < 1:
            raise ParameterError(f"inactive is a share in [0, 1), not {self.inactive:g}")

    def success(self, alpha: ArrayLike) -> Array:
        """Return S((1 − η)α)."""
        return self.curve.success(checked_shares(alpha) * (1 - self.inactive))

    def shortfall(self, target: float) -> Shortfall:
        """Return what is missing up to the critical mass: every size is 1/(1 − η) as large."""
        missing, acts = shortfall(self.curve, target), 1 - self.inactive
        if not self.critical_mass(target).reached:
            return Shortfall.unreached(self.critical_mass(target))
        return replace(
            missing, low=missing.low / acts, value=missing.value / acts, high=missing.high / acts
        )

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches the target."""
        return probability(self.curve, target, alpha * (1 - self.inactive))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest share that must join; more than everybody is out of reach."""
        mass = self.curve.critical_mass(target)
        acts = 1 - self.inactive
        low, alpha, high = mass.low / acts, mass.alpha / acts, mass.high / acts
        high = high if high <= 1 else math.inf
        if alpha > 1:
            reason = Unreached(Why.MORE_THAN_ACT, {"needed": mass.alpha, "act": acts})
            never = max(mass.never, 0.5) if mass.confidence < 1 else 1.0
            return replace(
                mass, alpha=math.nan, low=min(low, 1.0), high=high, never=never, reason=reason
            )
        return replace(mass, alpha=alpha, low=low, high=high)
