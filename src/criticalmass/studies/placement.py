"""Placement: which shares α are tried, and how often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from criticalmass.curves import Outcome
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields, check_value, kind

Point = tuple[float, int]
"""A share α and the number that tells trials at it apart."""


class Tried(NamedTuple):
    """A point that was tried.

    Parameters
    ----------
    alpha, repetition
        The point as it was placed; α is 0 for the reference.
    outcome
        What its trial tells the curve; None if the trial failed.
    """

    alpha: float
    repetition: int
    outcome: Outcome | None


MOST = 1_000_000
"""A grid of more trials than this is a slip of the pen."""


@dataclass(frozen=True)
class Search:
    """The critical mass that a placement looks for, for one strategy of a study.

    Parameters
    ----------
    size
        Number of people in the population.
    recruitable
        How many of them can be recruited.
    measure
        The strategy's first success measure.
    target
        The success S* whose critical mass is wanted.
    certain
        A share with which success is certain; infinite if none is.
    guess
        A first guess of the critical mass, as a share, from one training without a collective; None
        where there is none.
    """

    size: int
    recruitable: int
    measure: str
    target: float
    certain: float = math.inf
    guess: float | None = None


@kind("a placement, such as Grid((0.01, 0.1))")
@runtime_checkable
class Placement(Protocol):
    """A rule for which shares of the population are tried, and how often."""

    def shares(self, search: Search) -> tuple[float, ...]:
        """Return shares that stand for all that may be tried; a study is rehearsed with them."""
        ...

    def next_block(self, search: Search, tried: Sequence[Sequence[Tried]]) -> list[Point]:
        """Return the points to try next, none that was tried before; none at the end.

        A pure function of what was tried so far, so a study that is stopped goes on as it
        would have.

        Parameters
        ----------
        search
            What is looked for.
        tried
            The blocks so far, in order; the reference may be among the points of the first.
        """
        ...


@dataclass(frozen=True)
class Grid:
    """Fixed shares, each tried equally often, as in the paper.

    Parameters
    ----------
    alphas
        Shares of the population that join, each in (0, 1].
    repetitions
        Number of trials at each share, with other members each.

    Examples
    --------
    >>> grid = Grid.logarithmic(low=0.001, high=0.1, points=3, repetitions=2)
    >>> grid.alphas
    (0.001, 0.01, 0.1)
    """

    alphas: tuple[float, ...]
    repetitions: int = 3

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.alphas:
            raise ParameterError("a grid needs at least one share alpha")
        for alpha in self.alphas:
            if not 0 < alpha <= 1:
                raise ParameterError(f"alpha is a share of the population in (0, 1], not {alpha:g}")
        if len(set(self.alphas)) < len(self.alphas):
            raise ParameterError("a share alpha stands twice in the grid; use repetitions")
        if self.repetitions < 1:
            raise ParameterError(f"repetitions must be at least 1, not {self.repetitions}")
        if (trials := len(self.alphas) * self.repetitions) > MOST:
            raise ParameterError(f"a grid of {trials:,} trials is too large: {MOST:,} at most")

    @classmethod
    def logarithmic(cls, *, low: float, high: float, points: int, repetitions: int = 3) -> Grid:
        """Return a grid of ``points`` shares, evenly in log α from ``low`` to ``high``."""
        for name, value in (("low", low), ("high", high)):
            check_value(f"placement.{name}", value, float)
        check_value("placement.points", points, int)
        if not 0 < low < high <= 1:
            raise ParameterError(
                f"a grid needs 0 < low < high ≤ 1, not low={low:g} and high={high:g}"
            )
        if points > MOST:
            raise ParameterError(f"a grid of {points:,} points is too large: {MOST:,} at most")
        if points < 2:
            raise ParameterError(f"a grid from low to high needs at least 2 points, not {points}")
        inner = np.geomspace(low, high, points)[1:-1]
        return cls((low, *(float(f"{alpha:.6g}") for alpha in inner), high), repetitions)

    def shares(self, search: Search) -> tuple[float, ...]:
        """Return the shares of the grid."""
        return self.alphas

    def points(self) -> list[Point]:
        """Return every (alpha, repetition): all shares once before any is repeated."""
        return [(alpha, again) for again in range(self.repetitions) for alpha in self.alphas]

    def next_block(self, search: Search, tried: Sequence[Sequence[Tried]]) -> list[Point]:
        """Return all points at once, whatever they give, and then none."""
        return [] if tried else self.points()
