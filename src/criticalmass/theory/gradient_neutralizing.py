"""Theorem 7 and Corollary 8: how near a model comes to one whose gradient members cancel."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import checked_parts, checked_shares
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import Bound


@dataclass(frozen=True, repr=False)
class GradientNeutralizingBound(Bound):
    """Theorem 7 and Corollary 8: ‖θ − θ*‖ ≤ max((1−α)‖g_{P₀}(θ*)‖ − α‖g_{P'}(θ*)‖, 0) / μ.

    Success is the share of the way from θ₀ to θ* that the firm's parameters go,
    1 − ‖θ − θ*‖/‖θ₀ − θ*‖. A target of 1, θ* itself, is allowed: its critical mass is Corollary 8.

    Parameters
    ----------
    gradient
        ‖g_{P₀}(θ*)‖, at least 0.
    neutralizing
        ‖g_{P'}(θ*)‖, the opposite gradient that members' records have, above 0 (it may be inf).
    convexity
        μ: the firm's risk is μ-strongly convex, at least on the ball of radius ``way`` around θ*.
        0 leaves Corollary 8: nothing below the critical mass, θ* from it on.
    way
        ‖θ₀ − θ*‖, in which success is counted; for a convex utility U/‖∇u(θ*)‖.

    Examples
    --------
    >>> bound = GradientNeutralizingBound(gradient=0.01, neutralizing=0.99, convexity=0.02, way=1.0)
    >>> bound.critical_mass(1.0).alpha, bound.success([0.005, 0.01]).round(2).tolist()
    (0.01, [0.75, 1.0])
    """

    theorem = "Theorem 7"

    gradient: float
    neutralizing: float
    convexity: float
    way: float

    def __post_init__(self) -> None:
        check_fields(self)
        for field in fields(self):
            value = getattr(self, field.name)
            endless = value == math.inf and field.name != "neutralizing"
            if not value >= 0 or endless:
                raise ParameterError(f"{field.name} must be a number from 0 on, not {value:g}")
        if self.neutralizing == 0:
            raise ParameterError("neutralizing must be above 0: members' records have no pull")

    def distance(self, alpha: ArrayLike) -> Array:
        """Return the bound of ‖θ − θ*‖; inf where nothing is known."""
        shares = checked_shares(alpha)
        pull = shares * self.neutralizing if math.isfinite(self.neutralizing) else np.inf
        left = np.maximum((1 - shares) * self.gradient - pull, 0)
        left = np.where(left <= 1e-12 * self.gradient, 0.0, left)
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.where(left > 0, left / self.convexity, 0.0)
        # beyond that distance the risk need not be so convex
        return np.asarray(np.where(far < self.way, far, np.where(left > 0, np.inf, 0.0)))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of the share of the way that the firm goes."""
        far = self.distance(alpha)
        with np.errstate(divide="ignore", invalid="ignore"):
            short = np.where(far > 0, far / self.way, 0.0)
        return np.asarray(np.clip(1 - short, 0, 1))

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each share of the way."""
        short = (1 - checked_parts(target)) * self.way * self.convexity
        if not math.isfinite(self.neutralizing):
            return np.zeros_like(short)
        both = self.gradient + self.neutralizing
        return np.asarray(np.maximum(self.gradient - short, 0.0) / both)

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^{α*} (target − S(α))₊ dα, exactly; ``upto`` is α*.

        Success is 0 up to where the distance is less than the way, and a straight line from there.
        """
        whole = self.way * self.convexity
        if upto == 0 or whole == 0:
            return target * upto
        begins = max(self.gradient - whole, 0.0) / (self.gradient + self.neutralizing)
        first = max(1 - self.gradient / whole, 0.0)
        return target * begins + (target - first) * (upto - begins) / 2
