"""`CriticalMass`: the smallest collective that reaches a wanted success."""

from __future__ import annotations

import math
from dataclasses import dataclass

from criticalmass.curves.unreached import Unreached


@dataclass(frozen=True)
class CriticalMass:
    """The smallest share α of the population that reaches a target (paper, Definition 1).

    Make one with `exactly`, `at_most` or `unreached`, unless it has an interval of another kind.

    Parameters
    ----------
    target
        The target S*: the success that is wanted.
    alpha
        The critical mass in (0, 1]; 0 if the target is reached without a collective; nan if no
        collective reaches it, or more likely than not none does.
    low, high
        Interval for ``alpha``; ``high`` is infinite where the interval does not exclude that no
        collective reaches the target. Equal to ``alpha`` for curves that are known exactly.
    confidence
        Probability that the interval holds the critical mass; 1 for curves known exactly.
    never
        Probability that no collective reaches the target. For a guarantee it is 1 where no
        collective is guaranteed to, although one may.
    reason
        Why ``alpha`` is nan; empty otherwise. A curve of one's own may say it in its own words.

    Examples
    --------
    >>> CriticalMass(0.9, alpha=0.001, low=0.0008, high=0.0013, confidence=0.95).people(25_000)
    (25, 20, 33)
    """

    target: float
    alpha: float
    low: float
    high: float
    confidence: float = 1.0
    never: float = 0.0
    reason: Unreached | str = ""

    @classmethod
    def exactly(cls, target: float, alpha: float) -> CriticalMass:
        """Return a critical mass that is known exactly.

        Examples
        --------
        >>> CriticalMass.exactly(0.9, 0.01).people(1000)
        (10, 10, 10)
        """
        return cls(float(target), alpha, alpha, alpha)

    @classmethod
    def at_most(cls, target: float, alpha: float, confidence: float = 1.0) -> CriticalMass:
        """Return a guarantee: a share α is enough, and fewer may be enough, too.

        Examples
        --------
        >>> CriticalMass.at_most(0.9, 0.01).people(1000)
        (10, 0, 10)
        """
        return cls(float(target), alpha, 0.0, alpha, confidence)

    @classmethod
    def unreached(
        cls,
        target: float,
        reason: Unreached | str,
        *,
        low: float = math.inf,
        never: float = 1.0,
        confidence: float = 1.0,
    ) -> CriticalMass:
        """Return what there is to say where no collective reaches the target.

        Parameters
        ----------
        target
            The target S*: the success that is wanted.
        reason
            Why it is not reached; of a curve of one's own, in its own words.
        low
            The share below which nobody reaches it; 0 of a guarantee, since success may be higher.
        never, confidence
            As of `CriticalMass`. A curve fitted to trials is never certain that ``never`` is 1.

        Examples
        --------
        >>> mass = CriticalMass.unreached(0.9, "with everybody success is 0.8")
        >>> mass.reached, mass.never, mass.people(1000)
        (False, 1.0, (None, None, None))
        """
        return cls(float(target), math.nan, low, math.inf, confidence, never, reason)

    @property
    def reached(self) -> bool:
        """Whether some collective (more likely than not) reaches the target."""
        return not math.isnan(self.alpha)

    def within(self, precision: float) -> bool:
        """Say whether both ends of the interval lie within a share of the critical mass."""
        widest = 1 + precision
        return self.low * widest >= self.alpha and self.high <= self.alpha * widest

    def is_whole(self, population_size: int) -> bool:
        """Say whether the interval is no wider than one person."""
        _, fewest, most = self.people(population_size)
        return fewest is not None and most is not None and most - fewest <= 1

    def people(self, population_size: int) -> tuple[int | None, int | None, int | None]:
        """Return the critical mass and its interval as head counts, rounded up.

        None stands for a number that does not exist: the target is not reached.
        """

        def heads(alpha: float) -> int | None:
            return math.ceil(alpha * population_size - 1e-9) if math.isfinite(alpha) else None

        return heads(self.alpha), heads(self.low), heads(self.high)
