"""What the theorems of Section 3 guarantee, one small class a theorem.

All bounds depend on α in one way, `Guarantee`; a theorem says what its numbers are. What
"ε-optimal" means decides that, so it has a name:

``"contamination"``
    f(x) = argmax_y (1 − ε) P(y|x) + ε Q_x(y), for any Q_x.
``"conditional-tv"``
    f is Bayes-optimal for a P' with TV(P(·|x), P'(·|x)) ≤ ε at every x.
``"joint-tv"``
    f is Bayes-optimal for a P' with TV(P, P') ≤ ε: Definition 2 of the paper as written.
``"published"``
    The formula printed in the paper. For ε > 0 it is not a guarantee: success can lie below it.

At ε = 0 all four agree with the paper's Theorems 1, 3 and 5. Derivations: docs/theory.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal

from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import CriticalMass
from criticalmass.errors import ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.theory.guarantee import Guarantee

Suboptimality = Literal["contamination", "conditional-tv", "joint-tv", "published"]
SUBOPTIMALITIES = ("contamination", "conditional-tv", "joint-tv", "published")


@dataclass(frozen=True, repr=False)
class FeatureLabelBound:
    """Theorem 1: planting a signal by changing features and labels.

    S(α) ≥ 1 − (1 − α)/α · K ξ, where K is Δ at ε = 0, ((1 − ε)Δ + ε)/(1 − 2ε) under contamination
    and (Δ + 2ε)/(1 − 2ε) under conditional-tv; joint-tv has K = Δ and subtracts 2ε/α. Published:
    K = Δ, minus ε/(1 − ε), which is no guarantee for ε > 0.

    Parameters
    ----------
    uniqueness
        ξ ≥ P₀(X*), the share of base records that carry the signal already; in [0, 1].
    gap
        Δ, the most by which another label beats y* on the signal set, in [0, 1].
    epsilon
        ε, the firm's suboptimality, in [0, ½); in [0, 1) for joint-tv and published.
    suboptimality
        What ε means: see `criticalmass.theory.bounds`.

    Examples
    --------
    >>> bound = FeatureLabelBound(uniqueness=0.001, gap=1)
    >>> round(bound.critical_mass(0.9).alpha, 8)
    0.00990099
    >>> bound.critical_alpha([0.5, 0.9, 0.99]).round(5).tolist()
    [0.002, 0.0099, 0.09091]
    """

    uniqueness: float
    gap: float = 1.0
    epsilon: float = 0.0
    suboptimality: Suboptimality = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        _check_share("uniqueness", self.uniqueness)
        _check_share("gap", self.gap)
        check_epsilon(self.epsilon, self.suboptimality)

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers."""
        e, xi, gap = self.epsilon, self.uniqueness, self.gap
        match self.suboptimality:
            case "contamination":
                return Guarantee(shared=((1 - e) * gap + e) / (1 - 2 * e) * xi)
            case "conditional-tv":
                return Guarantee(shared=(gap + 2 * e) / (1 - 2 * e) * xi)
            case "joint-tv":
                return Guarantee(shared=gap * xi, spent=2 * e)
            case _:
                return Guarantee(shared=gap * xi, lost=e / (1 - e))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α)."""
        return self.guarantee.success(alpha)

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target (Corollary 2), nan where none does."""
        return self.guarantee.critical_alpha(target)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass, with the reason where there is none."""
        return self.guarantee.critical_mass(target, holds=is_guarantee(self))

    def __repr__(self) -> str:
        return _representation(self)


@dataclass(frozen=True, repr=False)
class FeatureOnlyBound:
    """Theorem 3: planting a signal where labels cannot be changed.

    S(α) ≥ 1 − ρ − C (1 − p)/(pα) · ξ, where C is 1 at ε = 0, 1/(1 − 2ε) under contamination and
    (1 + 2ε)/(1 − 2ε) under conditional-tv; joint-tv has C = 1 and subtracts 2ε/(pα). Published:
    C = 1, minus ε/(1 − ε), which is no guarantee for ε > 0. With ρ > 0, where p holds only on a
    region R, 1 − p becomes 1, as the signal set may lie outside R.

    Parameters
    ----------
    uniqueness
        ξ ≥ P₀(X*), the share of base records that carry the signal already; in [0, 1].
    positivity
        p ≤ P₀(y*|x) for every x (of R); in [0, 1]. With p = 0 nothing is guaranteed.
    outside
        ρ ≥ 1 − P₀(R), the share of records that p does not hold for; in [0, 1).
    epsilon, suboptimality
        The firm's suboptimality and what it means, as in `FeatureLabelBound`.

    Examples
    --------
    >>> FeatureOnlyBound(uniqueness=0.001, positivity=0.1).critical_mass(0.9).alpha.__round__(6)
    0.09
    >>> FeatureOnlyBound(0.001, positivity=0.2, outside=0.02).critical_mass(0.9).alpha.__round__(6)
    0.0625
    """

    uniqueness: float
    positivity: float
    outside: float = 0.0
    epsilon: float = 0.0
    suboptimality: Suboptimality = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        _check_share("uniqueness", self.uniqueness)
        _check_share("positivity", self.positivity)
        _check_share("outside", self.outside)
        check_epsilon(self.epsilon, self.suboptimality)

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers."""
        e, p, out = self.epsilon, self.positivity, self.outside
        if p == 0:
            return Guarantee(spent=math.inf)
        spent = (1 - p if out == 0 else 1) / p * self.uniqueness
        match self.suboptimality:
            case "contamination":
                return Guarantee(spent=spent / (1 - 2 * e), lost=out)
            case "conditional-tv":
                return Guarantee(spent=spent * (1 + 2 * e) / (1 - 2 * e), lost=out)
            case "joint-tv":
                return Guarantee(spent=spent + 2 * e / p, lost=out)
            case _:
                return Guarantee(spent=spent, lost=out + e / (1 - e))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α)."""
        return self.guarantee.success(alpha)

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target (Corollary 4), nan where none does."""
        return self.guarantee.critical_alpha(target)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass, with the reason where there is none."""
        return self.guarantee.critical_mass(target, holds=is_guarantee(self))

    def __repr__(self) -> str:
        return _representation(self)


@dataclass(frozen=True, repr=False)
class ErasureBound:
    """Theorem 5: erasing a signal g that is idempotent and stays in the support of P₀.

    S(α) ≥ 1 − 2(1 − α)τ/(α − κ) for α > κ, where κ is 0 at ε = 0, ε/(1 − ε) under contamination and
    2ε under conditional-tv. For joint-tv with ε > 0 there is no bound of this form. Published:
    κ = 0, minus ε/(1 − ε), which is no guarantee for ε > 0.

    Parameters
    ----------
    sensitivity
        τ = E max_y |P₀(y|x) − P₀(y|g(x))|, in [0, 1].
    epsilon, suboptimality
        The firm's suboptimality and what it means, as in `FeatureLabelBound`.

    Examples
    --------
    >>> ErasureBound(sensitivity=0.01).critical_mass(0.9).alpha.__round__(4)
    0.1667
    >>> ErasureBound(0.01, epsilon=0.1, suboptimality="published")
    ErasureBound(sensitivity=0.01, epsilon=0.1, suboptimality='published': no guarantee)
    """

    sensitivity: float
    epsilon: float = 0.0
    suboptimality: Suboptimality = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        _check_share("sensitivity", self.sensitivity)
        check_epsilon(self.epsilon, self.suboptimality)
        if self.suboptimality == "joint-tv" and self.epsilon > 0:
            raise ParameterError(
                "erasure has no bound under joint-tv with epsilon > 0; use contamination or "
                "conditional-tv, or the exact curve of a finite population"
            )

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers."""
        e, shared = self.epsilon, 2 * self.sensitivity
        match self.suboptimality:
            case "contamination":
                return Guarantee(shared=shared, offset=e / (1 - e))
            case "conditional-tv":
                return Guarantee(shared=shared, offset=2 * e)
            case "joint-tv":
                return Guarantee(shared=shared)
            case _:
                return Guarantee(shared=shared, lost=e / (1 - e))

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α)."""
        return self.guarantee.success(alpha)

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target (Corollary 6), nan where none does."""
        return self.guarantee.critical_alpha(target)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass, with the reason where there is none."""
        return self.guarantee.critical_mass(target, holds=is_guarantee(self))

    def __repr__(self) -> str:
        return _representation(self)


Bound = FeatureLabelBound | FeatureOnlyBound | ErasureBound


def is_guarantee(bound: Bound) -> bool:
    """Tell a bound that holds from a published formula that does not (for ε > 0)."""
    return bound.suboptimality != "published" or bound.epsilon == 0


def check_epsilon(epsilon: float, suboptimality: str) -> None:
    """Raise `ParameterError` unless ε has a meaning, and a value that this meaning allows."""
    require_choice("suboptimality", suboptimality, SUBOPTIMALITIES)
    most = 1.0 if suboptimality in ("joint-tv", "published") else 0.5
    if not 0 <= epsilon < most:
        raise ParameterError(
            f"epsilon must be at least 0 and less than {most:g} under {suboptimality}, "
            f"not {epsilon:g}"
        )


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1 + 1e-12:  # sums of shares may exceed 1 in the last digit
        raise ParameterError(f"{name} is a probability between 0 and 1, not {value:g}")


def _representation(bound: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(bound, field.name)!r}" for field in fields(bound))
    warning = "" if is_guarantee(bound) else ": no guarantee"
    return f"{type(bound).__name__}({shown}{warning})"
