"""Theorem 5: erasing a signal."""

from __future__ import annotations

from dataclasses import dataclass

from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import NearOptimalBound, check_probability
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense


@dataclass(frozen=True, repr=False)
class ErasureBound(NearOptimalBound):
    """Theorem 5: erasing a signal g that is idempotent and stays in the support of P₀.

    S(α) ≥ 1 − 2(1 − α)τ/(α − κ) for α > κ, where κ is 0 at ε = 0, ε/(1 − ε) under contamination and
    2ε under conditional-tv. For joint-tv with ε > 0 there is no bound of this form. Published:
    κ = 0, minus ε/(1 − ε), which is no guarantee for ε > 0. The critical mass is Corollary 6.

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

    theorem = "Theorem 5"

    sensitivity: float
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        check_probability("sensitivity", self.sensitivity)
        if self.slack.is_joint:
            raise ParameterError(
                "erasure has no bound under joint-tv with epsilon > 0; use contamination or "
                "conditional-tv, or the exact curve of a finite population"
            )

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, in the one form that all these bounds have."""
        shared, slack = 2 * self.sensitivity, self.slack
        return Guarantee(shared=shared, offset=slack.lead, lost=slack.lost)
