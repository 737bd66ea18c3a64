"""Unplanting: marked records are no longer to get a label y*. Theorem 1 with its labels exchanged.

Members report another label ŷ at x' = g(x), so P(x', ŷ) = (1 − α) P₀(x', ŷ) + α G(x'), and y* is
not given where ŷ is ahead of it. That fails only where α G(x')(1 − λ) ≤ (1 − α)(P₀(x', y*) −
P₀(x', ŷ) + λ P₀(x')), with λ as in `criticalmass.theory.contests`; the failing G add up to
(1 − α)/α · (u* + λξ)/(1 − λ) at most, with u* = P₀(x ∈ X*, y = y*) and ξ = P₀(X*).
"""

from __future__ import annotations

from dataclasses import dataclass

from criticalmass.fields import check_fields
from criticalmass.theory.bound import NearOptimalBound, check_probability
from criticalmass.theory.feature_label import FeatureLabelBound
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense


@dataclass(frozen=True, repr=False)
class UnplantBound(NearOptimalBound):
    """S(α) ≥ 1 − (1 − α)/α · u* at ε = 0: Theorem 1 with Δξ replaced by u*.

    Only records that carry the signal already and hold y* can stand in the way.

    Parameters
    ----------
    held
        u* ≥ P₀(x ∈ X*, y = y*), the share of records that carry the signal and hold y*; in [0, 1].
    uniqueness
        ξ ≥ P₀(X*), the share of records that carry the signal; in [held, 1]. For ε > 0 only.
    epsilon, suboptimality
        As of `FeatureLabelBound`.

    Examples
    --------
    >>> bound = UnplantBound(held=0.001)
    >>> round(bound.critical_mass(0.9).alpha, 8)
    0.00990099
    >>> round(UnplantBound(0.001, uniqueness=0.01, epsilon=0.1).critical_mass(0.9).alpha, 4)
    0.0232
    """

    theorem = "Theorem 1 for unplanting"

    held: float
    uniqueness: float = 1.0
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("held", self.held)
        check_probability("uniqueness", self.uniqueness)
        _ = self.slack  # refuses an ε that has no meaning

    @property
    def guarantee(self) -> Guarantee:
        """The numbers of Theorem 1 with Δξ = u*."""
        xi = max(self.uniqueness, self.held)
        gap = min(self.held / xi, 1.0) if xi else 0.0
        return FeatureLabelBound(min(xi, 1.0), gap, self.epsilon, self.suboptimality).guarantee
