"""Theorem 1 beside other collectives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import checked_shares, checked_targets
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import NearOptimalBound, check_probability
from criticalmass.theory.feature_label import FeatureLabelBound
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense


@dataclass(frozen=True, repr=False)
class FeatureLabelBesideBound(NearOptimalBound):
    """Theorem 1 beside others: S(α) ≥ 1 − ((1 − α − β) K ξ + ρ c + 2ε [joint-tv]) / α.

    β is the share of all other collectives, ρ ≤ β the share of those that may report another label
    at our marks. K is that of `FeatureLabelBound`; c is 1, 1/(1 − 2ε) under contamination and
    (1 + 2ε)/(1 − 2ε) under conditional-tv. With β = ρ = 0 it is Theorem 1.

    *Proof.* The others are a cross-section of everybody before they act. Let q(x̃) be the records
    that the ρ send to labels other than y* at an image x̃, and e(x̃) the lead of the strongest rival
    in P₀. What others send to y* only helps. So if y* does not win at x̃, then, with λ the
    `Suboptimality.lead`,

        α G(x̃)(1 − λ) ≤ (1 − α − β)(e(x̃) + λ P₀(x̃)) + (1 + λ) q(x̃).

    Sum over these x̃: Σ q ≤ ρ, and Σ (e + λ P₀) ≤ (Δ + λ) ξ. Under joint-tv λ is 0, and the firm's
    flips add up to 2ε on the right.

    With ρ = β the guarantee falls as β grows, because K ξ ≤ c: an upper limit of β does as well.

    Parameters
    ----------
    uniqueness, gap, epsilon, suboptimality
        As of `FeatureLabelBound`; the published formula has no form beside others.
    others
        β, the share of all other collectives together, in [0, 1).
    rivals
        ρ, the share of those of them that may report other labels than y* at our marks.

    Examples
    --------
    >>> alone = FeatureLabelBesideBound(uniqueness=0.001)
    >>> beside = FeatureLabelBesideBound(uniqueness=0.001, others=0.02, rivals=0.02)
    >>> [round(bound.critical_mass(0.9).alpha, 4) for bound in (alone, beside)]
    [0.0099, 0.2077]
    """

    theorem = "Theorem 1 beside others"

    uniqueness: float
    gap: float = 1.0
    others: float = 0.0
    rivals: float = 0.0
    epsilon: float = 0.0
    suboptimality: Sense = "contamination"

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("uniqueness", "gap", "others", "rivals"):
            check_probability(name, getattr(self, name))
        if self.rivals > self.others * (1 + 1e-12):
            raise ParameterError(
                f"rivals are some of the others: at most {self.others:g}, not {self.rivals:g}"
            )
        if not self.others < 1:
            raise ParameterError("others leave somebody who may join: others is less than 1")
        if self.suboptimality == "published":
            raise ParameterError(
                "the paper prints no formula beside others: name contamination, conditional-tv or "
                "joint-tv"
            )
        _ = self.slack  # refuses an ε that has no meaning

    @property
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, for shares α up to 1 − β."""
        alone = FeatureLabelBound(self.uniqueness, self.gap, self.epsilon, self.suboptimality)
        known, e = alone.guarantee, self.epsilon
        each = {
            "contamination": 1 / (1 - 2 * e),
            "conditional-tv": (1 + 2 * e) / (1 - 2 * e),
        }.get(self.suboptimality, 1.0)
        spent = known.spent + self.rivals * each - self.others * known.shared
        return Guarantee(shared=known.shared, spent=spent)

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α); beyond 1 − β nobody is left to join."""
        return self.guarantee.success(np.minimum(checked_shares(alpha), 1 - self.others))

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target, nan where none does."""
        alpha = self.guarantee.critical_alpha(checked_targets(target))
        return np.where(alpha <= 1 - self.others, alpha, np.nan)
