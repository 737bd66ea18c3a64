"""Proposition 9: how many people a gain in a convex utility takes at most."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import Unreached, Why
from criticalmass.curves.curve import checked_parts, checked_shares
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import Bound


@dataclass(frozen=True, repr=False)
class UtilityBound(Bound):
    """Proposition 9: α* ≤ βU / (g_lb ‖∇u(θ₀)‖ + βU), for a convex utility u.

    Success is the share of the gain that was wanted, (u(θ) − u(θ₀))/U. A target of 1 is allowed.

    Parameters
    ----------
    smoothness
        β: the firm's gradient changes by at most β‖θ − θ'‖.
    gain
        U, the wanted gain in utility, above 0.
    slope
        ‖∇u(θ₀)‖, above 0.
    pull
        g_lb: smallest ‖g_{P'}(θ)‖ of the neutralizing records, over the θ between θ₀ and
        θ₀ + U∇u(θ₀)/‖∇u(θ₀)‖², which are those that the proof needs.

    Examples
    --------
    >>> bound = UtilityBound(smoothness=0.25, gain=0.1, slope=1.0, pull=0.475)
    >>> round(bound.critical_mass(1.0).alpha, 4)
    0.05
    """

    theorem = "Proposition 9"

    smoothness: float
    gain: float
    slope: float
    pull: float

    def __post_init__(self) -> None:
        check_fields(self)
        for field in fields(self):
            value = getattr(self, field.name)
            endless = value == math.inf and field.name in ("gain", "slope")
            if not value > 0 or endless:
                raise ParameterError(f"{field.name} must be a number above 0, not {value:g}")

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of the share of the gain, (u(θ) − u(θ₀))/U."""
        shares = checked_shares(alpha)
        if not math.isfinite(self.smoothness):  # as for Poisson loss: nothing is known
            return np.zeros_like(shares)
        with np.errstate(divide="ignore"):
            gained = shares * self.pull * self.slope / ((1 - shares) * self.smoothness * self.gain)
        # a critical mass, put back into this formula, must not fall short by rounding
        return np.asarray(np.where(gained >= 1 - 1e-12, 1.0, gained))

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each share of the gain."""
        needed = self.smoothness * self.gain * checked_parts(target)
        if not math.isfinite(self.smoothness):
            return np.full_like(needed, np.nan)
        return np.asarray(needed / (self.pull * self.slope + needed))

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^{α*} (target − S(α))₊ dα in closed form; ``upto`` is α*.

        With S(α) = kα/(1 − α) it is k (t − ln(1 + t)), where t = target/k.
        """
        slope = self.pull * self.slope / (self.smoothness * self.gain)
        ratio = target / slope
        if ratio > 0.01:
            return slope * (ratio - math.log1p(ratio))
        # a difference of numbers that are nearly equal: its series
        series: float = sum((-ratio) ** n / n for n in range(2, 12))
        return slope * series

    def _why_unreached(self, target: float) -> Unreached:
        return Unreached(Why.NOT_SMOOTH)
