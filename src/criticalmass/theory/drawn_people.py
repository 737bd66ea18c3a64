"""`DrawnPeople`: a curve of whole people at some sizes, small enough for a store or a figure."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Rows
from criticalmass.curves import CriticalMass, ExactSuccess, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target
from criticalmass.errors import ParameterError
from criticalmass.theory.exact import CLOSE

if TYPE_CHECKING:  # a store is read without
    from criticalmass.theory.whole_people import PeopleCurve

SIZES = 24
"""So many sizes of a collective are drawn from an eighth of the critical mass to eight times it."""
AROUND = 8
FARTHER = 6
"""And so many below, and above."""
RISE = 0.02
"""Where success rises by more between two sizes, one between them is drawn, too,"""
MOST = 200
"""until there are so many."""


@dataclass(frozen=True, eq=False, repr=False)
class DrawnPeople(ExactSuccess):
    """The curve of whole people that was computed at some sizes: a straight line between them.

    Make one of a `PeopleCurve` with `of`. Expected success is then at most .02 off between the
    sizes, and what is sure at most .02 too low: sizes that are not next to each other are drawn
    until success rises by no more from one to the next, or there are 200, where it stops. Curves
    that an earlier version kept have fewer sizes, and can be far off where success jumps.

    Parameters
    ----------
    people
        Sizes of a collective, ascending from 0, (m,).
    expected
        Expected success there, (m,).
    sure
        What a single collective of that size reaches or exceeds with the confidence, (m,).
    size
        Number of all records.
    confidence
        How sure that is, in (0, 1).
    from_below
        Whether success is at least what is said, rather than exactly that.

    Examples
    --------
    >>> from criticalmass.theory import whole_people_feature_label
    >>> exact = whole_people_feature_label([[0, 9]], [100], target=0)
    >>> curve = DrawnPeople.of(exact, target=0.9)
    >>> curve.critical_mass(0.9).people(100)[0], round(curve.success(0.09).item(), 3)
    (10, 0.588)
    """

    people: Rows
    expected: Array
    sure: Array
    size: int
    confidence: float = 0.95
    from_below: bool = False

    def __post_init__(self) -> None:
        people = self.people
        if people.ndim != 1 or not len(people) or people[0] != 0 or not (np.diff(people) > 0).all():
            raise ParameterError("sizes of a collective ascend from 0")
        for success in (self.expected, self.sure):
            if success.shape != people.shape or not ((success >= 0) & (success <= 1)).all():
                raise ParameterError("a collective of each size has one success, between 0 and 1")
        if self.size < people[-1] or not 0 < self.confidence < 1:
            raise ParameterError("no more people join than there are, and nothing is certain")

    @classmethod
    def of(cls, curve: PeopleCurve, target: float, confidence: float = 0.95) -> DrawnPeople:
        """Return a curve at some sizes, most of them around its critical masses.

        Parameters
        ----------
        curve
            The curve of whole people.
        target
            The wanted success, in (0, 1).
        confidence
            How sure a single collective is to reach what `floor` says.
        """
        masses = curve.critical_mass(target), curve.floor_mass(target, confidence)
        ends = [round(mass.alpha * curve.size) for mass in masses if mass.reached]
        low = max(min(ends, default=1) // AROUND, 1)
        high = max(min(max(ends, default=curve.size) * AROUND, curve.recruitable), low)
        everybody = max(curve.recruitable, 1)
        ranges = ((1, low, FARTHER), (low, high, SIZES), (high, everybody, FARTHER))
        drawn = [np.geomspace(*each).round().astype(np.intp) for each in ranges]
        exact = [end + step for end in ends for step in (-1, 0)]
        people = np.unique(np.concatenate([[0], *drawn, exact]).astype(np.intp))
        people = people[(people >= 0) & (people <= curve.recruitable)]
        found = {int(n): curve.expected_and_least(int(n), confidence) for n in people}
        _refine(found, lambda n: curve.expected_and_least(n, confidence))
        sizes = sorted(found)
        success = np.array([found[n] for n in sizes])
        return cls(
            np.array(sizes, dtype=np.intp),
            success[:, 0],
            success[:, 1],
            curve.size,
            confidence,
            curve.from_below,
        )

    def success(self, alpha: ArrayLike) -> Array:
        """Return E S(n) for shares α, with n = ⌊α N⌋ people, in the shape of ``alpha``."""
        return np.asarray(np.interp(self._people(alpha), self.people, self.expected))

    def floor(self, alpha: ArrayLike) -> Array:
        """Return what a single collective reaches: of the next smaller size that was computed."""
        place = np.searchsorted(self.people, self._people(alpha), side="right") - 1
        return np.asarray(self.sure[place])

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest number of people whose expected success reaches the target."""
        target = checked_target(target)
        enough = np.flatnonzero(self.expected >= target - CLOSE)
        if not len(enough):
            best = {"best": float(self.expected.max()), "target": target}
            return CriticalMass.unreached(target, Unreached(Why.AT_MOST, best))
        end = int(enough[0])
        if end == 0:
            return CriticalMass.exactly(target, 0.0)
        (a, b), (low, high) = self.people[end - 1 : end + 1], self.expected[end - 1 : end + 1]
        between = a + (b - a) * (target - low) / (high - low)
        return CriticalMass.exactly(target, min(float(np.ceil(between - 1e-9)), b) / self.size)

    def first_reached(self, target: float) -> CriticalMass:
        """Return the same as `critical_mass`: expected success does not fall as people join."""
        return self.critical_mass(target)

    def floor_mass(self, target: float) -> CriticalMass:
        """Return the smallest size that was computed and surely reaches the target.

        For the target that it was made with, that is the size of the whole curve.
        """
        target = checked_target(target)
        enough = np.flatnonzero(self.sure >= target - CLOSE)
        if not len(enough):
            best = {"best": float(self.sure.max()), "target": target}
            why = Unreached(Why.NOT_GUARANTEED, best)
            return CriticalMass.unreached(target, why, low=0.0, confidence=self.confidence)
        people = int(self.people[enough[0]])
        return CriticalMass.at_most(target, people / self.size, self.confidence)

    def _people(self, alpha: ArrayLike) -> Array:
        return np.asarray(np.floor(checked_shares(alpha) * self.size * (1 + CLOSE)))


def _refine(
    found: dict[int, tuple[float, float]], at: Callable[[int], tuple[float, float]]
) -> None:
    """Add sizes where success rises by more than `RISE` from one to the next, the largest first."""
    waiting: list[tuple[float, int, int]] = []

    def look(low: int, high: int) -> None:
        rise = max(abs(b - a) for a, b in zip(found[low], found[high], strict=True))
        if rise > RISE and high - low > 1:
            heapq.heappush(waiting, (-rise, low, high))

    sizes = sorted(found)
    for low, high in pairwise(sizes):
        look(low, high)
    while waiting and len(found) < MOST:
        _, low, high = heapq.heappop(waiting)
        middle = (low + high) // 2
        found[middle] = at(middle)
        look(low, middle)
        look(middle, high)
