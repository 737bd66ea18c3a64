"""Theorem 1: planting a signal by changing features and labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from criticalmass.fields import check_fields
from criticalmass.theory.bound import NearOptimalBound, check_probability
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense


@dataclass(frozen=True, repr=False)
class FeatureLabelBound(NearOptimalBound):
    """Theorem 1: planting a signal by changing features and labels.

    S(α) ≥ 1 − (1 − α)/α · K ξ, where K is Δ at ε = 0, ((1 − ε)Δ + ε)/(1 − 2ε) under contamination
    and (Δ + 2ε)/(1 − 2ε) under conditional-tv; joint-tv has K = Δ and subtracts 2ε/α. Published:
    K = Δ, minus ε/(1 − ε), which is no guarantee for ε > 0. The critical mass is Corollary 2.

    What it needs of Δξ is an upper limit of U = Σ (max_{y≠y*} P₀(x', y) − P₀(x', y*))₊ over X*, and
    U is at most u = P₀(x ∈ X*, y ≠ y*), the share of records that speak against y* there. With
    ``opposing`` ≥ u also S(α) ≥ 1 − (1 − α)/α · C u holds, where C is 1 at ε = 0 and under
    joint-tv, 1/(1 − 2ε) under contamination and (1 + 2ε)/(1 − 2ε) under conditional-tv. The bound
    is the better of both forms. (Where y* does not win, (1 − λ)αG ≤ (1 − α)(d + λP₀) with the lead
    d of the strongest rival and λ of `Suboptimality.lead`; d + λP₀ ≤ (1 + λ)P₀(x', y ≠ y*).)

    Parameters
    ----------
    uniqueness
        ξ ≥ P₀(X*), the share of base records that carry the signal already; in [0, 1].
    gap
        Δ, the most by which another label beats y* on the signal set, in [0, 1].
    epsilon
        ε, the firm's suboptimality, in [0, ½); in [0, 1) for joint-tv and published.
    suboptimality
        What ε means: see `Suboptimality`.
    opposing
        u ≥ P₀(x ∈ X*, y ≠ y*), the share of base records that carry the signal already and have
        another label than y*; in [0, 1]. None if you do not know.

    Examples
    --------
    >>> bound = FeatureLabelBound(uniqueness=0.001, gap=1)
    >>> round(bound.critical_mass(0.9).alpha, 8)
    0.00990099
    >>> bound.critical_alpha([0.5, 0.9, 0.99]).round(5).tolist()
    [0.002, 0.0099, 0.09091]
    >>> FeatureLabelBound(uniqueness=0.001, opposing=0.0004).critical_mass(0.9).alpha.__round__(6)
    0.003984
    """

    theorem = "Theorem 1"

    uniqueness: float
    gap: float = 1.0
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"
    opposing: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("uniqueness", self.uniqueness)
        check_probability("gap", self.gap)
        if self.opposing is not None:
            check_probability("opposing", self.opposing)
        _ = self.slack  # refuses an ε that has no meaning

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, in the one form that all these bounds have."""
        e, xi, gap = self.epsilon, self.uniqueness, self.gap
        u = 1.0 if self.opposing is None else self.opposing
        match self.suboptimality:
            case "contamination":
                return Guarantee(shared=min(((1 - e) * gap + e) * xi, u) / (1 - 2 * e))
            case "conditional-tv":
                return Guarantee(shared=min((gap + 2 * e) * xi, (1 + 2 * e) * u) / (1 - 2 * e))
            case "joint-tv":
                return Guarantee(shared=min(gap * xi, u), spent=2 * e)
            case "published":
                return Guarantee(shared=gap * xi, lost=e / (1 - e))

    @property
    def opposed(self) -> bool:
        """Whether the form with u decides, rather than the one with ξ and Δ."""
        without = replace(self, opposing=None)
        return self.guarantee.shared < without.guarantee.shared

    @property
    def deciding(self) -> str:
        """u where the form with it decides; otherwise ξ."""
        return "opposing" if self.opposed else "uniqueness"
