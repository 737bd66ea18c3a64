"""`Growth`: how many must act in a population of any size, by a size law that a store keeps.

A store keeps of each size that was measured a number of people with its interval. From these the
law is made anew, and asked at sizes up to 10⁹; between two of them numbers lie on a straight line
in logarithms, here and in the planner's page.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.arrays import Array
from criticalmass.fitting import SizeLaw
from criticalmass.fitting.size_law import DRAWS

FAR = 100
"""Beyond so many times the largest size the answer rests on the laws more than on trials."""
LARGEST = 10**9
"""The largest population that is asked for."""
POINTS = 41
"""The law is asked at so many sizes."""


@dataclass(frozen=True, eq=False)
class Growth:
    """What a size law says of populations from the smallest measured size to 10⁹.

    Parameters
    ----------
    measured
        The sizes that were measured, ascending.
    verdict
        The name of a `SizeVerdict`.
    confidence
        Probability that ranges hold.
    sizes
        Populations at which the law was asked, ascending, shape (sizes,).
    people
        How many must act there: lower end, middle and upper end of the union of both laws' ranges,
        shape (sizes, 3).

    Examples
    --------
    >>> sizes, people = np.array([100.0, 10_000.0]), np.array([[4.0, 5.0, 9.0], [40.0, 50.0, 90.0]])
    >>> growth = Growth((100, 200, 400), "BETWEEN", 0.95, sizes, people)
    >>> growth.at(1000).round(1).tolist()
    [12.6, 15.8, 28.5]
    """

    measured: tuple[int, ...]
    verdict: str
    confidence: float
    sizes: Array
    people: Array

    def knows(self, population: int) -> bool:
        """Say whether the law speaks of so many people: of fewer than were measured it does not."""
        return bool(self.sizes[0] <= population <= self.sizes[-1])

    def at(self, population: int) -> Array:
        """Return how many must act among so many: lower end, middle and upper end, shape (3,)."""
        place = bisect_right(self.sizes.tolist(), population) - 1
        if population == self.sizes[place]:
            return np.asarray(self.people[place])
        first, last = math.log(self.sizes[place]), math.log(self.sizes[place + 1])
        part = (math.log(population) - first) / (last - first)
        before, after = np.log(self.people[place]), np.log(self.people[place + 1])
        return np.asarray(np.minimum(np.exp((1 - part) * before + part * after), population))

    def draws(self, population: int, count: int) -> Array:
        """Return so many quantiles of that number, in ascending order, shape (count,).

        Below the middle and above it they are those of a log-normal law each, which reaches the
        ends of the interval where it should.
        """
        low, middle, high = self.at(population)
        return split_log_normal(low, middle, high, scores(count, self.confidence))


def growth_of(numbers: LawNumbers) -> Growth | None:
    """Return what a kept law says of every size; None where a measured interval has an open end.

    Parameters
    ----------
    numbers
        What a store keeps of the law.

    Raises
    ------
    ParameterError
        If its sizes are fewer than three, or do not ascend.

    Examples
    --------
    >>> people = ((20.0, 18.0, 22.0), (40.0, 37.0, 43.0), (80.0, 75.0, 85.0))
    >>> kept = LawNumbers(10**6, (1000, 4000, 16_000), people, (0.5, 0.48, 0.52), "BETWEEN",
    ...                   (500.0, 4000.0), (75.0, 5000.0), 0.95)
    >>> low, middle, high = growth_of(kept).at(4000)
    >>> bool(low < 40 < high)
    True
    """
    ends = np.array(numbers.people)
    if numbers.sizes[0] >= LARGEST or not np.isfinite(ends).all() or (ends <= 0).any():
        return None
    each = scores(DRAWS, numbers.confidence)
    masses = [split_log_normal(low, middle, high, each) for middle, low, high in ends]
    law = SizeLaw.of(numbers.sizes, masses, confidence=numbers.confidence)
    sizes = np.unique(np.geomspace(law.sizes[0], LARGEST, POINTS).round())
    unions = [law.at(int(size)).union for size in sizes]
    people = np.array([(union.low, union.value, union.high) for union in unions])
    return Growth(law.sizes, numbers.verdict, numbers.confidence, sizes, people)


def scores(count: int, confidence: float) -> Array:
    """Return normal quantiles, so many, as multiples of the one at which an interval ends.

    Examples
    --------
    >>> scores(4, 0.5).round(2).tolist()
    [-1.71, -0.47, 0.47, 1.71]
    """
    return np.asarray(ndtri((np.arange(count) + 0.5) / count) / ndtri((1 + confidence) / 2))


def split_log_normal(low: float, middle: float, high: float, each: Array) -> Array:
    """Return numbers that lie at ``low`` for a score of −1, ``middle`` for 0, ``high`` for 1.

    Examples
    --------
    >>> split_log_normal(50.0, 100.0, 400.0, np.array([-2.0, -1.0, 0.0, 0.5, 1.0])).tolist()
    [25.0, 50.0, 100.0, 200.0, 400.0]
    """
    return np.asarray(middle * np.where(each < 0, middle / low, high / middle) ** each)
