"""`Suboptimality`: how far the firm may be from Bayes-optimal, ε and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from criticalmass.errors import ParameterError, require_choice
from criticalmass.fields import check_value

Sense = Literal["contamination", "conditional-tv", "joint-tv", "published"]
SENSES: tuple[Sense, ...] = ("contamination", "conditional-tv", "joint-tv", "published")


@dataclass(frozen=True)
class Suboptimality:
    """The firm's ε, and in which sense its model f is ε-optimal.

    ``"contamination"``
        f(x) = argmax_y (1 − ε) P(y|x) + ε Q_x(y), for any Q_x.
    ``"conditional-tv"``
        f is Bayes-optimal for a P' with TV(P(·|x), P'(·|x)) ≤ ε at every x.
    ``"joint-tv"``
        f is Bayes-optimal for a P' with TV(P, P') ≤ ε: Definition 2 of the paper as written.
    ``"published"``
        The formula printed in the paper. For ε > 0 it is not a guarantee: success can lie below it.

    At ε = 0 all four agree with the paper's Theorems 1, 3 and 5. Proofs: docs/proofs.md.

    Parameters
    ----------
    epsilon
        ε, in [0, ½); in [0, 1) for joint-tv and published.
    sense
        What ε means.

    Raises
    ------
    ParameterError
        If ε has no meaning, or a value that its meaning does not allow.

    Examples
    --------
    >>> Suboptimality(0.2).lead, Suboptimality(0.2, "conditional-tv").lead
    (0.25, 0.4)
    """

    epsilon: float = 0.0
    sense: Sense = "contamination"

    def __post_init__(self) -> None:
        check_value("epsilon", self.epsilon, float)
        require_choice("suboptimality", self.sense, SENSES)
        most = 1.0 if self.sense in ("joint-tv", "published") else 0.5
        if not 0 <= self.epsilon < most:
            raise ParameterError(
                f"epsilon must be at least 0 and less than {most:g} under {self.sense}, "
                f"not {self.epsilon:g}"
            )

    @classmethod
    def of(
        cls, epsilon: float = 0.0, suboptimality: Sense | Suboptimality = "contamination"
    ) -> Suboptimality:
        """Return the firm's ε and its sense from the keywords ``epsilon`` and ``suboptimality``.

        Examples
        --------
        >>> Suboptimality.of(epsilon=0.1, suboptimality="joint-tv")
        Suboptimality(epsilon=0.1, sense='joint-tv')
        >>> Suboptimality.of(suboptimality=Suboptimality(0.1)) == Suboptimality.of(epsilon=0.1)
        True
        """
        if not isinstance(suboptimality, Suboptimality):
            return cls(epsilon, suboptimality)
        if epsilon not in (0.0, suboptimality.epsilon):
            raise ParameterError(f"epsilon is {suboptimality.epsilon:g} already: leave {epsilon:g}")
        return suboptimality

    @property
    def guarantees(self) -> bool:
        """Whether bounds with it are guarantees: the published formula is none for ε > 0."""
        return self.sense != "published" or self.epsilon == 0

    @property
    def is_joint(self) -> bool:
        """Whether the firm may spend ε where it hurts most, rather than so much at every point."""
        return self.sense == "joint-tv" and self.epsilon > 0

    @property
    def lead(self) -> float:
        """The lead λ: a label surely wins at x iff it leads the others by more than λ P(x).

        0 where ε is not an error at every point.
        """
        if self.sense == "contamination":
            return self.epsilon / (1 - self.epsilon)
        return 2 * self.epsilon if self.sense == "conditional-tv" else 0.0

    @property
    def lost(self) -> float:
        """The success that the published formula takes off, ε/(1 − ε)."""
        return self.epsilon / (1 - self.epsilon) if self.sense == "published" else 0.0


class EpsilonWithSense(TypedDict, total=False):
    """The keywords by which functions take ε with its sense, to be read by `Suboptimality.of`.

    ``epsilon=0.1, suboptimality="joint-tv"``, or ``suboptimality=Suboptimality(0.1, "joint-tv")``.
    """

    epsilon: float
    suboptimality: Sense | Suboptimality
