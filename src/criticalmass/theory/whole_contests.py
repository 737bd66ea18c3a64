"""What it takes to win a point with whole people, and the probability that n members do.

At a point x̃ there are C_y records by label, and D more that the signal leads there. Members are n
people drawn at random: r_y of them were at x̃ with label y, and T in all are led there without
having been there with y*. They all report y*, so y* wins iff T > C_y − r_y − C_{y*} for every other
label y. T is hypergeometric, and given T so are the r_y.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, hypergeom

from criticalmass.arrays import Array, Rows, short_repr

Counts = NDArray[np.int64]
FAR = 9
"""Numbers of members farther than this many standard deviations off, and `FEW`, never occur."""
FEW = 30


@dataclass(frozen=True, eq=False, repr=False)
class WholeContests:
    """The contests of a wanted label, one for each point.

    Parameters
    ----------
    own
        Records at each point that hold the wanted label already, (points,): C_{y*}.
    rivals
        Records there of each other label, (points, labels − 1).
    arriving
        Records elsewhere that members would bring there, (points,): D.
    relabelled
        Whether members who are there with another label give it up.

    Examples
    --------
    One record of another label is at a point to which 10 others of 100 are led. It takes that
    one among 20 members, or two of the 10:

    >>> here = WholeContests(np.array([0]), np.array([[1]]), np.array([10]), relabelled=True)
    >>> here.won(20, 100).round(4).tolist()
    [0.7147]
    """

    own: Counts
    rivals: Counts
    arriving: Counts
    relabelled: bool

    def won(self, people: int, among: int) -> Array:
        """Return the probability that each contest is won by n members, drawn from N.

        Parameters
        ----------
        people
            The number of members, n.
        among
            How many they are drawn from, N.
        """
        kinds = self._kinds
        sure, lost = kinds.decided(people, among)
        chances, left = sure.astype(float), np.flatnonzero(~(sure | lost))
        ahead = hypergeom.sf(kinds.lead[left], max(among, 1), kinds.pool[left], people)
        chances[left] = np.where(kinds.lead[left] < 0, 1.0, ahead)
        if self.relabelled:
            rows, led = self._undecided(left, people, among)
            came = _drawn(led, kinds.pool[rows], people, among)
            np.add.at(chances, rows, came * kinds.taken_away(rows, led))
        return np.asarray(np.clip(chances, 0, 1)[self._kind_of])

    def __repr__(self) -> str:
        return short_repr(self)

    @cached_property
    def _distinct(self) -> tuple[Counts, Rows]:
        """Contests that differ, and which of them each point has."""
        falling = -np.sort(-self.rivals, axis=1)
        contests = np.column_stack([self.own, self.arriving, falling])
        distinct, place = np.unique(contests, axis=0, return_inverse=True)
        return distinct, place.reshape(-1)

    @property
    def _kind_of(self) -> Rows:
        return self._distinct[1]

    @cached_property
    def _kinds(self) -> _Kinds:
        distinct, _ = self._distinct
        return _Kinds(distinct[:, 0], distinct[:, 2:], distinct[:, 1], self.relabelled)

    def _undecided(self, kinds: Rows, people: int, among: int) -> tuple[Rows, Counts]:
        """Return contests and numbers of members led there that win by whom they take away.

        More than the lead win whoever they are. At most half of it never do.
        """
        lead, pool = self._kinds.lead[kinds], self._kinds.pool[kinds]
        mean, spread = _usual(pool, people, among)
        fewest = np.maximum(np.maximum(lead // 2 + 1, np.floor(mean - spread)), 1)
        most = np.minimum(np.minimum(lead, np.ceil(mean + spread)), np.minimum(people, pool))
        many = np.maximum(most - fewest + 1, 0).astype(np.int64)
        rows = np.repeat(np.arange(len(many)), many)
        begin = np.cumsum(many) - many
        led = fewest.astype(np.int64)[rows] + np.arange(len(rows)) - begin[rows]
        return kinds[rows], led


@dataclass(frozen=True, eq=False)
class _Kinds:
    """Contests that differ from each other, each once; the strongest rival is the first."""

    own: Counts
    rivals: Counts
    arriving: Counts
    relabelled: bool

    @cached_property
    def lead(self) -> Counts:
        """By how much the strongest rival is ahead of the wanted label."""
        strongest = self.rivals.max(axis=1, initial=0)
        return np.asarray(strongest - self.own)

    @cached_property
    def pool(self) -> Counts:
        """All whose joining brings the wanted label a vote."""
        return self.arriving + self.rivals.sum(axis=1) if self.relabelled else self.arriving

    def decided(self, people: int, among: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which contests so many members win, and lose, whoever is drawn."""
        led, spread = _usual(self.pool, people, among)
        leaving = self.rivals if self.relabelled else np.zeros_like(self.rivals)
        taken, spreads = _usual(leaving, people, among)
        ahead = (led + self.own)[:, None] + taken - self.rivals
        far = spread[:, None] + spreads
        return np.asarray((ahead > far).all(axis=1)), np.asarray((ahead < -far).any(axis=1))

    def taken_away(self, rows: Rows, led: Counts) -> Array:
        """Return the probability that so many led there take enough votes away from rivals."""
        needed = self.rivals[rows] - self.own[rows, None] - led[:, None] + 1
        contenders = (needed > 0).sum(axis=1)
        chances = hypergeom.sf(needed[:, 0] - 1, self.pool[rows], self.rivals[rows, 0], led)
        for place in np.flatnonzero(contenders > 1):
            several = needed[place, : contenders[place]]
            votes = self.rivals[rows[place], : contenders[place]]
            chances[place] = _all_of(several, votes, int(self.pool[rows[place]]), int(led[place]))
        return np.asarray(chances)


def _usual(pool: Counts, people: int, among: int) -> tuple[Array, Array]:
    """Return how many of a pool are drawn on average, and how far off that they never are."""
    part = pool / max(among, 1)  # where nobody can be drawn, pools are empty
    mean = np.asarray(people * part)
    return mean, np.asarray(FAR * np.sqrt(mean * (1 - part)) + FEW)


def _drawn(many: Counts, pool: Counts, people: int, among: int) -> Array:
    """Return the probability that so many of a pool are among n people drawn from N.

    By three binomials of any one rate: scipy's own takes a thousand times as long for large N.
    """
    if people == among:
        return np.asarray(many == pool, dtype=float)
    rate = people / among
    inside, outside = binom.pmf(many, pool, rate), binom.pmf(people - many, among - pool, rate)
    return np.asarray(inside * outside / binom.pmf(people, among, rate))


def _all_of(needed: Counts, groups: Counts, pool: int, drawn: int) -> float:
    """Return P(r_j ≥ needed_j for all j) when so many are drawn from a pool with these groups.

    The numbers drawn from disjoint groups are independent binomials of any one rate, given their
    sum.
    """
    if needed.sum() > drawn:
        return 0.0
    if drawn == pool:
        return 1.0
    rate = drawn / pool
    others = pool - int(groups.sum())
    total = binom.pmf(np.arange(drawn + 1), others, rate)
    for least, size in zip(needed, groups, strict=True):
        taken = binom.pmf(np.arange(drawn + 1), size, rate)
        taken[:least] = 0
        total = np.convolve(total, taken)[: drawn + 1]
    return float(total[drawn] / binom.pmf(drawn, pool, rate))
