"""Theorem 3: planting a signal where labels cannot be changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from criticalmass.fields import check_fields
from criticalmass.theory.bound import NearOptimalBound, check_probability
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense


@dataclass(frozen=True, repr=False)
class FeatureOnlyBound(NearOptimalBound):
    """Theorem 3: planting a signal where labels cannot be changed.

    S(α) ≥ 1 − ρ − C (1 − p)/(pα) · ξ, where C is 1 at ε = 0, 1/(1 − 2ε) under contamination and
    (1 + 2ε)/(1 − 2ε) under conditional-tv; joint-tv has C = 1 and subtracts 2ε/(pα). Published:
    C = 1, minus ε/(1 − ε), which is no guarantee for ε > 0. With ρ > 0, where p holds only on a
    region R, 1 − p becomes 1, because the signal set may lie outside R. The critical mass is
    Corollary 4.

    With ``opposing`` the bound is sharper: S(α) ≥ 1 − ρ − C u/(pα), and p need hold on fibres only,
    P₀(y*|g(x) = x') ≥ p for the x' that records are led to, but for a share ρ of the records. Here
    u = P₀(x ∈ X*, y ≠ y*), which is at most (1 − p)ξ; at ε = 0 and under joint-tv the smaller
    r = Σ max_{y≠y*} P₀(x', y) over X* will do. Where y* does not win at x', the share s of y* on
    its fibre has (1 − λ)αG(x')s ≤ r(x') + λP₀(x', y ≠ y*), λ being `Suboptimality.lead`. So
    1 ≤ (1 − s/p)₊ + (r(x') + λP₀(x', y ≠ y*)) / ((1 − λ)pαG(x')), of which the first term adds up
    to at most ρ, and the second to at most C u/(pα).

    Parameters
    ----------
    uniqueness
        ξ ≥ P₀(X*), the share of base records that carry the signal already; in [0, 1].
    positivity
        p ≤ P₀(y*|x) for every x (of R), or p ≤ P₀(y*|g(x)) with ``opposing``; in [0, 1]. With
        p = 0 nothing is guaranteed.
    outside
        ρ ≥ 1 − P₀(R), the share of records that p does not hold for; in [0, 1).
    epsilon, suboptimality
        The firm's suboptimality and what it means, as in `FeatureLabelBound`.
    opposing
        u, the share of base records that carry the signal already and have another label than y*;
        in [0, 1]. None if you do not know: then p must hold for every x.

    Examples
    --------
    >>> FeatureOnlyBound(uniqueness=0.001, positivity=0.1).critical_mass(0.9).alpha.__round__(6)
    0.09
    >>> FeatureOnlyBound(0.001, positivity=0.2, outside=0.02).critical_mass(0.9).alpha.__round__(6)
    0.0625
    >>> FeatureOnlyBound(0.001, 0.2, 0.02, opposing=0.0004).critical_mass(0.9).alpha.__round__(6)
    0.025
    """

    theorem = "Theorem 3"

    uniqueness: float
    positivity: float
    outside: float = 0.0
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"
    opposing: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("uniqueness", self.uniqueness)
        check_probability("positivity", self.positivity)
        check_probability("outside", self.outside)
        if self.opposing is not None:
            check_probability("opposing", self.opposing)
        _ = self.slack  # refuses an ε that has no meaning

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, in the one form that all these bounds have."""
        e, p, out = self.epsilon, self.positivity, self.outside
        if p == 0:
            return Guarantee(spent=math.inf)
        printed = (1 - p if out == 0 else 1) / p * self.uniqueness
        spent = printed if self.opposing is None else self.opposing / p
        match self.suboptimality:
            case "contamination":
                return Guarantee(spent=spent / (1 - 2 * e), lost=out)
            case "conditional-tv":
                return Guarantee(spent=spent * (1 + 2 * e) / (1 - 2 * e), lost=out)
            case "joint-tv":
                return Guarantee(spent=spent + 2 * e / p, lost=out)
            case "published":
                return Guarantee(spent=printed, lost=out + e / (1 - e))

    @property
    def deciding(self) -> str:
        """u where it is known; otherwise ξ."""
        return "uniqueness" if self.opposing is None else "opposing"
