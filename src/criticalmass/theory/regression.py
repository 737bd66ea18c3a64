"""Planting a signal where the firm predicts a number (the authors' slides; squared loss).

The firm predicts f(x) = E[y|x]. Members report (g(x), y*), y* a number, so at x' = g(x)

    f(x') − y* = (1 − α) P₀(x') (μ(x') − y*) / (α G(x') + (1 − α) P₀(x')),

with μ(x') = E₀[y|x'] and G(x') = P₀(g⁻¹(x')). Success is Pr{|f(g(x)) − y*| < tolerance}. An
ε-optimal firm may be off by ε at every point, so what counts is tolerance − ε. Proof:
docs/proofs.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, ExactSuccess
from criticalmass.curves.curve import checked_shares
from criticalmass.data.records import Features, numbered
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import SignalBound, check_probability
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.guarantee import Guarantee


@dataclass(frozen=True, repr=False)
class RegressionBound(SignalBound):
    """Planting a value under squared loss: S(α) ≥ 1 − (1 − α)/α · (D − t)/t · ξ, t = tolerance − ε.

    Parameters
    ----------
    uniqueness
        ξ ≥ P₀(X*), the share of base records that carry the signal already; in [0, 1].
    distance
        D ≥ |E₀[y|x'] − y*| on the signal set, in the units of y.
    tolerance
        How near the prediction must come to y*, in the units of y.
    epsilon
        How far the firm's prediction may be from E[y|x] at any x, less than the tolerance.

    Examples
    --------
    >>> bound = RegressionBound(uniqueness=0.01, distance=20, tolerance=2)
    >>> round(bound.critical_mass(0.9).alpha, 4)
    0.4737
    """

    theorem = "The bound for squared loss"

    uniqueness: float
    distance: float
    tolerance: float
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("uniqueness", self.uniqueness)
        if not 0 <= self.distance < np.inf:
            raise ParameterError(f"distance is at least 0 and finite, not {self.distance:g}")
        check_tolerance(self.tolerance, self.epsilon)

    @property
    def guarantee(self) -> Guarantee:
        """The bound's numbers, in the one form that all these bounds have."""
        near = self.tolerance - self.epsilon
        return Guarantee(shared=max(self.distance - near, 0) / near * self.uniqueness)

    def residual(self, alpha: ArrayLike) -> Array:
        """Return an upper bound of E|f(g(x)) − y*|: D (1 − α)ξ/(α + (1 − α)ξ) + ε."""
        shares = checked_shares(alpha)
        carrying = (1 - shares) * self.uniqueness
        return np.asarray(self.distance * carrying / (shares + carrying) + self.epsilon)


@dataclass(frozen=True, eq=False, repr=False)
class ExactRegression(ExactSuccess):
    """The exact value of planting a number, on a finite population.

    Parameters
    ----------
    base
        Records of the population at each image point, (points,): P₀(x').
    means
        Their mean value μ(x'), (points,); any number where there are none.
    images
        Records that the signal leads there, (points,): G(x').
    target_value
        The number y* that members report.
    tolerance, epsilon
        As in `RegressionBound`.

    Examples
    --------
    >>> curve = ExactRegression(np.array([9.0]), np.array([30.0]), np.array([100.0]), 10.0, 2.0)
    >>> round(curve.critical_mass(0.9).alpha, 4), round(float(curve.residual(0.5)), 4)
    (0.4475, 1.6514)
    """

    base: Array
    means: Array
    images: Array
    target_value: float
    tolerance: float
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        check_tolerance(self.tolerance, self.epsilon)
        if not self.base.shape == self.means.shape == self.images.shape == (len(self.base),):
            raise ParameterError("base, means and images hold one number per point each")
        if (self.base < 0).any() or (self.images < 0).any() or not self.images.sum() > 0:
            raise ParameterError("numbers of records are not negative, and not all 0")
        given = (self.base, self.means, self.images, np.array(self.target_value))
        if not all(np.isfinite(values).all() for values in given):
            raise ParameterError("records, means and the target value must be finite numbers")

    @classmethod
    def of(
        cls,
        features: Features,
        values: ArrayLike,
        marked: Features,
        *,
        target_value: float,
        tolerance: float,
        epsilon: float = 0.0,
    ) -> ExactRegression:
        """Return the exact value for records: features x, values y and marked features g(x)."""
        if not len(features) == len(np.asarray(values)) == len(marked):
            raise ParameterError(
                f"{len(features)} records, {len(np.asarray(values))} values and {len(marked)} "
                "marked records; each record needs one of each"
            )
        points_of, images_of = numbered(features, marked)
        points = max(points_of.max(), images_of.max()) + 1
        base = np.bincount(points_of, minlength=points)
        sums = np.bincount(points_of, weights=np.asarray(values, dtype=float), minlength=points)
        images = np.bincount(images_of, minlength=points)
        means = sums / np.maximum(base, 1)
        kept = images > 0
        records, arriving = base[kept].astype(float), images[kept].astype(float)
        return cls(records, means[kept], arriving, target_value, tolerance, epsilon)

    @cached_property
    def curve(self) -> ExactCurve:
        """The curve of success, by α."""
        near = self.tolerance - self.epsilon
        behind = self.base * (np.abs(self.means - self.target_value) - near)
        ahead = np.where(self.base > 0, np.maximum(behind, 0), 0.0)
        low = np.where(ahead > 0, ahead / (ahead + self.images * near), -np.inf)
        return ExactCurve(low, np.full_like(low, np.inf), self.images, float(self.images.sum()))

    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α)."""
        return self.curve.success(alpha)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α (an infimum) from which success stays at or above the target."""
        return self.curve.critical_mass(target)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the same: success never falls as α grows."""
        return self.curve.first_reached(target)

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^upto (target − S(α))₊ dα: a sum over the steps."""
        return self.curve.area_below(target, upto)

    def residual(self, alpha: ArrayLike) -> Array:
        """Return E|f(g(x)) − y*| of a firm that predicts E[y|x], plus ε."""
        shares = checked_shares(alpha)[..., None]
        others = (1 - shares) * self.base
        off = others / (shares * self.images + others) * np.abs(self.means - self.target_value)
        return np.asarray(off @ (self.images / self.images.sum()) + self.epsilon)


def check_tolerance(tolerance: float, epsilon: float) -> None:
    """Raise `ParameterError` where a firm may be off by as much as is still near enough."""
    if not 0 <= epsilon < tolerance:
        raise ParameterError(
            f"tolerance must exceed epsilon, and epsilon be at least 0, not tolerance="
            f"{tolerance:g} and epsilon={epsilon:g}"
        )
