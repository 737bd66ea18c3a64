"""`SuccessCurve`, the one interface of everything that says how success depends on α."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields


@dataclass(frozen=True)
class CriticalMass:
    """The smallest share α of the population that reaches a wanted success (paper, Definition 1).

    Parameters
    ----------
    target
        The wanted success S*.
    alpha
        The critical mass in (0, 1]; 0 if the target is reached without a collective; nan if no
        collective reaches it, or more likely than not none does.
    low, high
        Interval for ``alpha``; ``high`` is infinite where the interval does not exclude that no
        collective reaches the target. Equal to ``alpha`` for curves that are known exactly.
    confidence
        Probability that the interval holds the critical mass; 1 for curves known exactly.
    never
        Probability that no collective reaches the target.
    reason
        Why ``alpha`` is nan, in words; empty otherwise.

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
    reason: str = ""

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


@dataclass(frozen=True)
class Outcome:
    """What one trial tells the curve: k successes of n at a share α (0 for the reference).

    Where success is a share of the way rather than a count, it is that share of n = 1.
    """

    alpha: float
    successes: float
    n: int

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.alpha <= 1 or not 0 <= self.successes <= self.n or self.n < 1:
            raise ParameterError(
                f"an outcome needs 0 ≤ alpha ≤ 1 and 0 ≤ successes ≤ n, not alpha={self.alpha:g}, "
                f"successes={self.successes:g}, n={self.n}"
            )
        if self.n > 1 and self.successes != int(self.successes):
            raise ParameterError(
                f"successes is how many of the {self.n} test records, not {self.successes:g}"
            )

    @property
    def rate(self) -> float:
        """Success in [0, 1]."""
        return self.successes / self.n


class SuccessCurve(Protocol):
    """How success S depends on the share α of the population that joins.

    Bounds, exact curves and curves fitted to trials are all success curves; plots and reports take
    any of them. `criticalmass.contracts.checks.check_curve` tests the promises made here.
    """

    def success(self, alpha: ArrayLike) -> NDArray[np.float64]:
        """Return S(α) in [0, 1], for shares α in (0, 1], in the shape of ``alpha``."""
        ...

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α with S(α) ≥ ``target``, for a target in (0, 1)."""
        ...


def probability(curve: SuccessCurve, target: float, alpha: float) -> float:
    """Return the probability that a collective of a share α reaches a target, and larger ones do.

    Of a curve that is known exactly it is 0 or 1; of a guarantee, how sure it is.

    Examples
    --------
    >>> from criticalmass import FeatureLabelBound
    >>> [probability(FeatureLabelBound(0.001), 0.9, alpha) for alpha in (0.005, 0.02)]
    [0.0, 1.0]
    """
    own: Any = getattr(curve, "probability", None)
    if own is not None:
        return float(own(target, alpha))
    mass = curve.critical_mass(target)
    return mass.confidence if mass.reached and alpha >= mass.alpha else 0.0


def checked_shares(alpha: ArrayLike) -> NDArray[np.float64]:
    """Return α as a float array, or raise `ParameterError` if a share is outside (0, 1]."""
    shares = np.asarray(alpha, dtype=float)
    if not np.all((shares > 0) & (shares <= 1)):
        outside = shares[~((shares > 0) & (shares <= 1))].flat[0]
        raise ParameterError(f"alpha is a share of the population in (0, 1], not {outside:g}")
    return shares


def checked_target(target: float) -> float:
    """Return the wanted success, or raise `ParameterError` if it is outside (0, 1)."""
    if not 0 < target < 1:
        raise ParameterError(f"target is a success rate between 0 and 1, not {target:g}")
    return float(target)
