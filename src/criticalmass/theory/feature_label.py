"""Theorem 1: planting a signal by changing features and labels."""

from __future__ import annotations

from dataclasses import dataclass

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

    Examples
    --------
    >>> bound = FeatureLabelBound(uniqueness=0.001, gap=1)
    >>> round(bound.critical_mass(0.9).alpha, 8)
    0.00990099
    >>> bound.critical_alpha([0.5, 0.9, 0.99]).round(5).tolist()
    [0.002, 0.0099, 0.09091]
    """

    theorem = "Theorem 1"

    uniqueness: float
    gap: float = 1.0
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("uniqueness", self.uniqueness)
        check_probability("gap", self.gap)
        _ = self.slack  # refuses an ε that has no meaning

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, in the one form that all these bounds have."""
        e, xi, gap = self.epsilon, self.uniqueness, self.gap
        match self.suboptimality:
            case "contamination":
                return Guarantee(shared=((1 - e) * gap + e) / (1 - 2 * e) * xi)
            case "conditional-tv":
                return Guarantee(shared=(gap + 2 * e) / (1 - 2 * e) * xi)
            case "joint-tv":
                return Guarantee(shared=gap * xi, spent=2 * e)
            case "published":
                return Guarantee(shared=gap * xi, lost=e / (1 - e))
