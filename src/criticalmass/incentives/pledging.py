"""The pledge number: how many must promise so that enough act, with the probability wanted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, gammaln

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError

SURE = 0.95
"""The probability with which a pledge number is to be enough, unless another is asked for."""
LARGE = 100_000
"""From so many promises on, who acts varies as much as the follow-through, and chance adds none."""
CERTAIN = 1e6
"""So many kept and broken promises leave no doubt about the share that is kept."""


@dataclass(frozen=True)
class FollowThrough:
    """What is known of how many of those who promise act: a beta law of the share φ.

    Parameters
    ----------
    acts, fails
        Its two parameters. By default 3 and 1, around three quarters: what is known before anybody
        has kept or broken a promise.

    Raises
    ------
    ParameterError
        If one of them is not positive.

    Examples
    --------
    >>> FollowThrough().mean
    0.75
    >>> FollowThrough().after(kept=40, broken=10).mean.__round__(3)
    0.796
    """

    acts: float = 3.0
    fails: float = 1.0

    def __post_init__(self) -> None:
        if not (self.acts > 0 and self.fails > 0):
            raise ParameterError("of a follow-through both parameters are positive")

    @property
    def mean(self) -> float:
        """The share that is expected to act."""
        return self.acts / (self.acts + self.fails)

    def after(self, *, kept: int, broken: int) -> FollowThrough:
        """Return what is known once so many promises were kept and broken.

        Raises
        ------
        ParameterError
            If a number is negative.
        """
        if kept < 0 or broken < 0:
            raise ParameterError("promises that were kept or broken are counted from 0")
        return FollowThrough(self.acts + kept, self.fails + broken)

    def at_least(self, promised: int, needed: ArrayLike) -> Array:
        """Return the probability that of so many who promise at least so many act.

        Parameters
        ----------
        promised
            How many promise, N.
        needed
            How many are needed, any shape; infinite for a number that nothing reaches.

        Returns
        -------
        ndarray
            P(BetaBinomial(N, acts, fails) ≥ needed), in the shape of ``needed``.

        Examples
        --------
        >>> FollowThrough().at_least(10, [0, 5, 10, 11]).round(3).tolist()
        [1.0, 0.878, 0.231, 0.0]
        """
        want = np.asarray(needed, dtype=float)
        if promised > LARGE:
            share = np.clip((want - 0.5) / promised, 0, 1)
            return np.where(want > promised, 0.0, 1 - betainc(self.acts, self.fails, share))
        from_there = _tails(promised, self.acts, self.fails)
        places = np.clip(np.where(np.isfinite(want), want, promised + 1), 0, promised + 1)
        return np.asarray(from_there[np.ceil(places).astype(np.int64)])


@lru_cache(maxsize=8)
def _tails(promised: int, acts: float, fails: float) -> Array:
    """Return P(at least k act) for every k from 0 to N + 1."""
    k = np.arange(promised + 1)
    ways = gammaln(promised + 1) - gammaln(k + 1) - gammaln(promised - k + 1)
    chance = np.exp(ways + betaln(k + acts, promised - k + fails) - betaln(acts, fails))
    tails = np.append(np.cumsum(chance[::-1])[::-1], 0.0)
    return np.asarray(np.minimum(tails / tails[0], 1.0))


@dataclass(frozen=True, eq=False)
class Pledge:
    """How many promises are enough, from all that the critical mass may be.

    Parameters
    ----------
    needed
        What the critical mass in people may be, each draw as probable as another, shape (draws,);
        infinite where no number is enough. Whatever others cost is part of it.
    follow
        What is known of how many act.
    sure
        The probability with which it is to be enough, in (0, 1).
    most
        So many could promise at most.

    Raises
    ------
    ParameterError
        If there are no draws, one is negative, or a number is out of its range.

    Examples
    --------
    If 100 people are needed for certain and three of four promises are kept, more or less, 133 who
    promise are enough in every second case only:

    >>> pledge = Pledge(np.array([100.0]), FollowThrough(30, 10), most=10_000)
    >>> pledge.number, round(pledge.chance(133), 2)
    (162, 0.53)
    """

    needed: Array
    follow: FollowThrough = field(default_factory=FollowThrough)
    sure: float = SURE
    most: int = 10_000_000

    def __post_init__(self) -> None:
        draws = np.asarray(self.needed, dtype=float)
        if draws.ndim != 1 or not len(draws) or np.isnan(draws).any() or (draws < 0).any():
            raise ParameterError("needed holds draws of a number of people, one at least")
        if not 0 < self.sure < 1:
            raise ParameterError(f"sure must lie in (0, 1), not {self.sure:g}")
        if self.most < 1:
            raise ParameterError(f"at least one person could promise, not {self.most}")

    @cached_property
    def _counted(self) -> tuple[Array, Array]:
        """What may be needed, and how probable each is."""
        values, counts = np.unique(np.ceil(self.needed), return_counts=True)
        return values, counts / counts.sum()

    @property
    def never(self) -> float:
        """The probability that no number of people is enough."""
        return float(np.isinf(self.needed).mean())

    @property
    def possible(self) -> float:
        """The probability that they are enough if everybody promises who could."""
        return self.chance(self.most)

    @cached_property
    def number(self) -> int | None:
        """The smallest number of promises that is enough as surely as wanted; None if none is."""
        return self.for_chance(self.sure)

    def chance(self, promised: int) -> float:
        """Return the probability that enough act of so many who promise."""
        values, weights = self._counted
        return float(self.follow.at_least(promised, values) @ weights)

    def once_acted(self, people: int) -> float:
        """Return the probability that so many are enough, once they have been counted as acting."""
        values, weights = self._counted
        return float(weights[values <= people].sum())

    def for_chance(self, sure: float) -> int | None:
        """Return how many promises are enough with some probability; None if not all are.

        The probability rises with the number, so it is found by halving.
        """
        low, high = -1, 0
        while self.chance(high) < sure:
            if high >= self.most:
                return None
            low, high = high, min(2 * high + 1, self.most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.chance(middle) >= sure else (middle, high)
        return high

    @property
    def if_needed_were_known(self) -> int | None:
        """The number if the critical mass were known to be its median."""
        median = float(np.quantile(self.needed, 0.5, method="inverted_cdf"))
        return replace(self, needed=np.array([median])).number

    @property
    def if_follow_through_were_known(self) -> int | None:
        """The number if the share that acts were known to be its mean."""
        steady = CERTAIN / max(self.follow.mean, 1 - self.follow.mean)
        follow = FollowThrough(steady * self.follow.mean, steady * (1 - self.follow.mean))
        return replace(self, follow=follow).number
