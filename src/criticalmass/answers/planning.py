"""How many people are enough under what somebody supposes, by a theorem or by a count.

The page computes these numbers in a browser, whenever one of them is moved; here they are in
Python, for the sentence with which it opens, and for the tests that compare the two. What the
trials of a study say is in `criticalmass.answers.study_trials`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from criticalmass.answers.scenario import NEARLY, Scenario
from criticalmass.arrays import Array
from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.theory import FeatureLabelBound

Reading = Literal["same", "heads", "share", "law"]
"""How a number of one population is read for another."""


class Acting(NamedTuple):
    """How many must act, by one reading of what is known; infinite where no number is enough.

    Parameters
    ----------
    reading
        ``same`` where the number was found for this very population; ``law`` where several sizes
        were measured, and a law says how it grows. Without one there are two: ``heads`` where as
        many people are taken to be enough here as there, ``share`` where the same share is.
    low, middle, high
        The number, and its interval.
    """

    reading: Reading
    low: float
    middle: float
    high: float


class People(NamedTuple):
    """How many must join, by one reading, with its interval; None for more than there are."""

    reading: Reading
    low: int | None
    middle: int | None
    high: int | None


class Source(ABC):
    """Where the number comes from: a theorem, a count, or the trials of a study.

    Parameters
    ----------
    recruitable
        The share of the population that could join.
    """

    recruitable: float

    @property
    def lowest(self) -> float:
        """The smallest success of which it says how many people it takes; 0 if of every one."""
        return 0.0

    @abstractmethod
    def acting(self, scenario: Scenario, target: float) -> list[Acting]:
        """Return how many must act for a success; one for each reading of what is known."""

    @abstractmethod
    def draws(self, scenario: Scenario) -> Array:
        """Return what that number may be for the scenario's target, each draw as probable."""

    def people(self, scenario: Scenario, target: float) -> list[People]:
        """Return how many must join for a success; one for each reading of what is known."""
        return [
            People(reading, *(scenario.joining(n, self.recruitable) for n in numbers))
            for reading, *numbers in self.acting(scenario, target)
        ]

    def pledge(self, scenario: Scenario) -> Pledge:
        """Return how many must promise; whoever breaks a promise is in it, so nobody slips."""
        return Pledge(
            np.maximum(self.draws(scenario) + scenario.others, 0.0),
            FollowThrough().after(kept=scenario.kept, broken=scenario.broken),
            scenario.sure,
            max(math.floor(self.recruitable * scenario.population + NEARLY), 1),
        )


@dataclass(frozen=True)
class Theorem(Source):
    """Theorem 1: enough against the best possible model, where few carry the signal already.

    Examples
    --------
    >>> Theorem().people(Scenario(), 0.9)
    [People(reading='same', low=0, middle=34, high=34)]
    """

    recruitable: float = 1.0

    def acting(self, scenario: Scenario, target: float) -> list[Acting]:
        """Return the guaranteed number, at least one person."""
        n = self._enough(scenario, target)
        return [Acting("same", -math.inf, n, n)]

    def draws(self, scenario: Scenario) -> Array:
        """Return the guaranteed number."""
        return np.array([self._enough(scenario, scenario.target)])

    def _enough(self, scenario: Scenario, target: float) -> float:
        bound = FeatureLabelBound(scenario.carrying / scenario.population, scenario.gap)
        return max(bound.critical_mass(target).alpha * scenario.population, 1.0)


@dataclass(frozen=True)
class Kinds(Source):
    """A count: nobody carries the signal, and a kind of record is won once one of it acts.

    That is a platform that learns every kind of record by itself. Success is a mean over who joins.

    Examples
    --------
    >>> Kinds().people(Scenario(), 0.9)
    [People(reading='same', low=127, middle=127, high=127)]
    """

    recruitable: float = 1.0

    def acting(self, scenario: Scenario, target: float) -> list[Acting]:
        """Return the smallest number of people whose expected success reaches the target."""
        n = float(self._enough(scenario, target))
        return [Acting("same", n, n, n)]

    def draws(self, scenario: Scenario) -> Array:
        """Return that number."""
        return np.array([float(self._enough(scenario, scenario.target))])

    def _enough(self, scenario: Scenario, target: float) -> int:
        size, group = scenario.population, scenario.population // scenario.different
        low, high, wanted = 0, 1, math.log1p(-target) + NEARLY
        while missed(size, group, high) > wanted:
            low, high = high, min(2 * high, size)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if missed(size, group, middle) <= wanted else (middle, high)
        return high


def missed(size: int, group: int, acting: int) -> float:
    """Return ln of the probability that none of so many is of a group: ln C(N−G, n)/C(N, n).

    Parameters
    ----------
    size, group
        How many people there are, N, and how many of them are of the group, G.
    acting
        How many of all are drawn, n.

    Examples
    --------
    Of four people two are of the group; two others are drawn in one of six cases:

    >>> round(math.exp(missed(4, 2, 2)), 6), missed(4, 2, 3)
    (0.166667, -inf)
    """
    if group + acting > size:
        return -math.inf
    few, many = sorted((group, acting))
    return float(np.log1p(-many / (size - np.arange(few))).sum())
