"""Bounds and curves of steering a model (paper, Section 4.1): Theorem 7, Corollary 8, Prop. 9.

Success is counted as a share in [0, 1], as everywhere: of the way from θ₀ to θ* that the firm's
parameters go, 1 − ‖θ − θ*‖/‖θ₀ − θ*‖, or of the gain in utility that was wanted. A target of 1, θ*
itself, is allowed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import CriticalMass, checked_shares
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields


@dataclass(frozen=True)
class GradientNeutralizingBound:
    """Theorem 7 and Corollary 8: ‖θ − θ*‖ ≤ max((1−α)‖g_{P₀}(θ*)‖ − α‖g_{P'}(θ*)‖, 0) / μ.

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
        short = (1 - _checked(target)) * self.way * self.convexity
        if not math.isfinite(self.neutralizing):
            return np.zeros_like(short)
        both = self.gradient + self.neutralizing
        return np.asarray(np.maximum(self.gradient - short, 0.0) / both)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass; for a target of 1 it is Corollary 8's."""
        alpha = float(self.critical_alpha(target))
        return CriticalMass(float(target), alpha, 0.0, alpha)


@dataclass(frozen=True)
class UtilityBound:
    """Proposition 9: α* ≤ βU / (g_lb ‖∇u(θ₀)‖ + βU), for a convex utility u.

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
        needed = self.smoothness * self.gain * _checked(target)
        if not math.isfinite(self.smoothness):
            return np.full_like(needed, np.nan)
        return np.asarray(needed / (self.pull * self.slope + needed))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass."""
        alpha = float(self.critical_alpha(target))
        if math.isnan(alpha):
            reason = "the loss is not smooth (β is infinite), as Proposition 9 needs it"
            return CriticalMass(float(target), alpha, 0.0, math.inf, reason=reason)
        return CriticalMass(float(target), alpha, 0.0, alpha)


@dataclass(frozen=True, eq=False)
class PathCurve:
    """Success that was computed at some shares, and is a straight line between them.

    Parameters
    ----------
    alphas
        Ascending, the first 0, (m,); beyond the last success stays as it is.
    values
        Success there, (m,).

    Examples
    --------
    >>> curve = PathCurve(np.array([0.0, 0.1, 0.2]), np.array([0.0, 0.5, 1.0]))
    >>> curve.success(0.05).item(), round(curve.critical_mass(0.9).alpha, 3)
    (0.25, 0.18)
    """

    alphas: Array
    values: Array

    def __post_init__(self) -> None:
        alphas, values = self.alphas, self.values
        if alphas.ndim != 1 or alphas.shape != values.shape or not (np.diff(alphas) > 0).all():
            raise ParameterError("a path needs ascending shares, and one value each")
        if not len(alphas) or alphas[0] != 0 or alphas[-1] > 1:
            raise ParameterError("a path goes from a share of 0 to one of 1 at most")
        if not ((values >= 0) & (values <= 1)).all():
            raise ParameterError("a path's success lies between 0 and 1")

    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α)."""
        return np.asarray(np.interp(checked_shares(alpha), self.alphas, self.values))

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α from which success stays at or above the target."""
        wanted = float(_checked(target)) - 1e-7  # a minimiser is exact to about that
        below = np.flatnonzero(self.values < wanted)
        if len(below) and below[-1] == len(self.values) - 1:
            reason = f"success is {self.values[-1]:.6g} at most, {target:g} is wanted"
            return CriticalMass(float(target), math.nan, 0.0, math.inf, reason=reason)
        if not len(below):
            return CriticalMass(float(target), 0.0, 0.0, 0.0)
        here = below[-1]
        (a, b), (low, high) = self.alphas[here : here + 2], self.values[here : here + 2]
        alpha = float(a + (b - a) * (wanted - low) / (high - low))
        return CriticalMass(float(target), alpha, alpha, alpha)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the smallest α at which the target is reached."""
        wanted = float(_checked(target)) - 1e-7
        there = np.flatnonzero(self.values >= wanted)
        if not len(there) or there[0] == 0:
            return self.critical_mass(target) if not len(there) else _at(target, 0.0)
        here = there[0] - 1
        (a, b), (low, high) = self.alphas[here : here + 2], self.values[here : here + 2]
        return _at(target, float(a + (b - a) * (wanted - low) / (high - low)))


def _at(target: float, alpha: float) -> CriticalMass:
    return CriticalMass(float(target), alpha, alpha, alpha)


def _checked(target: ArrayLike) -> Array:
    """Return shares of the way, or raise `ParameterError` if one is outside (0, 1]."""
    wanted = np.asarray(target, dtype=float)
    if not np.all((wanted > 0) & (wanted <= 1)):
        outside = wanted[~((wanted > 0) & (wanted <= 1))].flat[0]
        raise ParameterError(f"target is a share above 0 and up to 1, not {outside:g}")
    return wanted
