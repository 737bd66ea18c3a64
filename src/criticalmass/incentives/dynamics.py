"""`Dynamics`: people whose costs differ join while it pays, and leave when it does not.

Threshold dynamics as Granovetter's (1978): at m of n members joining is worth (1 − γ) S(m/n), so
everybody with a smaller cost wants to be in. Where more want in than are in the collective
grows, else it shrinks. People look at today's size only: they neither trust in others to follow nor
bargain, so what they have to be paid is what it costs at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Rows
from criticalmass.curves import CurveLike
from criticalmass.errors import ParameterError

NOBODY = 1e-9
"""The share at which success without a collective is read off a curve."""


@dataclass(frozen=True)
class Equilibrium:
    """A size at which nobody wants to join or leave.

    Parameters
    ----------
    people
        The size; for an unstable one, the smallest from which the collective grows by itself.
    stable
        Whether a collective a little smaller or larger comes back to it.
    """

    people: int
    stable: bool


@dataclass(frozen=True, eq=False)
class Subsidies:
    """Payments, in order, that bring a collective to a size.

    Parameters
    ----------
    order
        Row numbers of the people, in the order in which they join.
    payments
        What each is paid, in units of what full success is worth to one person; 0: they join by
        themselves.
    """

    order: Rows
    payments: Array

    @property
    def total(self) -> float:
        """All payments together."""
        return float(self.payments.sum())

    @property
    def paid(self) -> int:
        """How many people are paid anything."""
        return int((self.payments > 0).sum())


@dataclass(frozen=True, eq=False)
class Dynamics:
    """How a collective grows and shrinks by itself, in whole people.

    Parameters
    ----------
    curve
        How success depends on the share that has joined.
    costs
        What joining costs each person, (n,), in units of what full success is worth to one person.
        For a distribution: its quantiles, such as ``scipy.stats.lognorm(1, scale=0.1).ppf((k + ½) /
        n)``.
    free_ride
        γ in [0, 1], what those who do not join have of the success.

    Examples
    --------
    Success in proportion to the square of the share, and costs spread evenly:

    >>> from criticalmass.curves import PathCurve
    >>> shares = np.linspace(0, 1, 1001)
    >>> curve = PathCurve(shares, shares**2)
    >>> dynamics = Dynamics(curve, np.linspace(0.02, 0.5, 1000))
    >>> [(each.people, each.stable) for each in dynamics.equilibria()]
    [(0, True), (520, False), (1000, True)]
    >>> dynamics.smallest_seed(), round(dynamics.subsidies().total, 1)
    (162, 28.5)
    """

    curve: CurveLike
    costs: Array
    free_ride: float = 0.0

    def __post_init__(self) -> None:
        costs = np.asarray(self.costs, dtype=float)
        if costs.ndim != 1 or not len(costs) or not (np.isfinite(costs) & (costs > 0)).all():
            raise ParameterError("dynamics need one positive cost per person")
        if not 0 <= self.free_ride <= 1:
            raise ParameterError(f"free_ride is a share between 0 and 1, not {self.free_ride:g}")

    def __len__(self) -> int:
        return len(self.costs)

    @cached_property
    def worth(self) -> Array:
        """What joining gives a person at m members, (1 − γ) S(m/n), for m from 0 to n."""
        shares = np.arange(len(self) + 1) / len(self)
        return (1 - self.free_ride) * self.curve.success(np.maximum(shares, NOBODY))

    @cached_property
    def willing(self) -> Rows:
        """How many want to be in at m members, for m from 0 to n."""
        return np.searchsorted(np.sort(self.costs), self.worth, side="left")

    def equilibria(self) -> list[Equilibrium]:
        """Return every size at which the collective rests, and from which it grows, ascending.

        Sizes that rest side by side are one, the smallest of them.
        """
        growth = np.sign(self.willing - np.arange(len(self) + 1))
        around = np.concatenate([[1], growth, [-1]])  # below nobody, above everybody
        still = around == 0
        begins = np.flatnonzero(still[1:] & ~still[:-1])
        ends = np.flatnonzero(still[:-1] & ~still[1:])
        found = [
            Equilibrium(int(begin), True)
            for begin, end in zip(begins, ends, strict=True)
            if around[begin] > 0 or around[end + 1] < 0
        ]
        turns = np.flatnonzero((growth[:-1] > 0) & (growth[1:] < 0))  # where success falls
        found += [Equilibrium(int(m), True) for m in turns]
        tips = 1 + np.flatnonzero((growth[:-1] <= 0) & (growth[1:] > 0))
        found += [Equilibrium(int(m), False) for m in tips]
        return sorted(found, key=lambda equilibrium: equilibrium.people)

    def path(self, seed: int | Sequence[int] | Rows, *, reach: float = 1.0) -> Rows:
        """Return the sizes of a collective, round after round, until it rests.

        Parameters
        ----------
        seed
            Who is in from the beginning and stays, whatever it costs: row numbers, or how many of
            those whom it costs most.
        reach
            Share of the others that is asked to think again in each round: recruitment in stages.

        Returns
        -------
        ndarray of int
            The sizes, the first that of the seed group.
        """
        if not 0 < reach <= 1:
            raise ParameterError(f"reach is a share in (0, 1], not {reach:g}")
        if isinstance(seed, int | np.integer):
            self._goal(int(seed))  # so many people there are
        seeds = (
            self.costliest[:seed]
            if isinstance(seed, int | np.integer)
            else np.asarray(seed, dtype=np.intp)
        )
        if len(seeds) and (
            len(np.unique(seeds)) < len(seeds) or not 0 <= seeds.min() <= seeds.max() < len(self)
        ):
            raise ParameterError(f"a seed group is different people of {len(self):,}")
        others = np.sort(np.delete(self.costs, seeds))
        sizes = [len(seeds)]
        while len(sizes) <= 10 * len(self) + 10:
            now = sizes[-1]
            then = len(seeds) + int(np.searchsorted(others, self.worth[now], side="left"))
            step = then - now
            moved = now + int(np.sign(step)) * int(np.ceil(reach * abs(step)))
            if moved == now or (len(sizes) > 1 and moved == sizes[-2]):
                break
            sizes.append(moved)
        return np.array(sizes)

    @cached_property
    def costliest(self) -> Rows:
        """The people, from those whom joining costs most."""
        return np.argsort(-self.costs, kind="stable")

    def smallest_seed(self, goal: int | None = None, order: ArrayLike | None = None) -> int:
        """Return how many must begin, whatever it costs them, for the rest to follow.

        Parameters
        ----------
        goal
            The size to be reached; by default the largest that sustains itself.
        order
            People in the order in which they are asked to begin; by default those first whom it
            costs most, who would not follow by themselves: no other seed group is smaller.

        Returns
        -------
        int
            The smallest number; ``goal`` itself, if only that is enough.
        """
        goal = self._goal(goal)
        asked = self.costliest if order is None else np.asarray(order, dtype=np.intp)
        low, high = 0, min(goal, len(asked))
        while low < high:  # more people who begin never make it smaller
            middle = (low + high) // 2
            if self.path(asked[:middle]).max() >= goal:
                high = middle
            else:
                low = middle + 1
        return low

    def subsidies(self, goal: int | None = None) -> Subsidies:
        """Return the cheapest payments after which the collective has a size.

        People join from the cheapest on, each paid what they lack at that moment: c − (1 − γ) S. No
        other order costs less in all, because what is lacked, (c − v)₊, is convex: dear people are
        best paired with late, large gains. With equal costs it is the paper's area B(α_crit),
        times n.

        Parameters
        ----------
        goal
            The size to be reached; by default the largest that sustains itself.
        """
        goal = self._goal(goal)
        order = np.argsort(self.costs, kind="stable")[:goal]
        return Subsidies(order, np.maximum(self.costs[order] - self.worth[:goal], 0.0))

    def _goal(self, goal: int | None) -> int:
        if goal is None:
            return max((e.people for e in self.equilibria() if e.stable), default=0)
        if not 0 <= goal <= len(self):
            raise ParameterError(f"a number of people goes from 0 to {len(self):,}, not {goal}")
        return goal
