"""What somebody supposes: the numbers that can be moved on the planner's page."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

from criticalmass.errors import ParameterError
from criticalmass.incentives import Incentives

TARGETS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
"""Successes for which draws of a study's critical mass are kept, among others; see `trials_of`."""
NEARLY = 1e-9
"""What a number of people may be above a whole one and still be that one."""


class Field(NamedTuple):
    """What one number that can be moved may be.

    Parameters
    ----------
    low, high, usual
        The lowest and the highest that it may be, and what it is before anybody moves it.
    step
        By how much a key moves it.
    whole
        Whether it counts something.
    log
        Whether it is moved in logarithms.
    percent
        Whether it is a share, which people write in percent.
    slide
        The ends of its slider, where these are nearer; beyond them it is typed.
    """

    low: float
    high: float
    usual: float
    step: float = 1.0
    whole: bool = False
    log: bool = False
    percent: bool = False
    slide: tuple[float, float] | None = None


FIELDS = {
    "population": Field(1, 10**9, 20_000, whole=True, log=True),
    "slip": Field(0.0, 0.9, 0.1, 0.01, percent=True),
    "target": Field(TARGETS[0], TARGETS[-1], 0.9, 0.01, percent=True),
    "others": Field(-(10**6), 10**6, 0, whole=True, slide=(-500, 500)),
    "cost": Field(0.0, 1.0, 0.0, 0.01),
    "free_ride": Field(0.0, 1.0, 0.0, 0.01, percent=True),
    "kept": Field(0, 10**5, 0, whole=True, slide=(0, 200)),
    "broken": Field(0, 10**5, 0, whole=True, slide=(0, 200)),
    "sure": Field(0.5, 0.99, 0.95, 0.01, percent=True),
    "carriers": Field(0, 10**9, 3, whole=True, slide=(0, 100)),
    "gap": Field(0.0, 1.0, 1.0, 0.01),
    "kinds": Field(1, 10**6, 50, whole=True, log=True),
}
"""The numbers that can be moved, by their names in a `Scenario`."""


@dataclass(frozen=True)
class Scenario:
    """What somebody supposes.

    Parameters
    ----------
    population
        How many people there are.
    slip
        The share of those who join that forget, or do nothing.
    target
        The success that is wanted.
    others
        How many more must act because others act against it; negative if others help.
    cost, free_ride
        What joining costs, in units of what full success is worth to a person, and what those have
        of the success who do not join, as in `Incentives`. A cost of 0: nobody asks whether
        joining pays.
    kept, broken
        How many promises were kept and broken so far.
    sure
        The probability with which a number of promises is to be enough.
    carriers
        How many people at most carry the signal already; all, if there are fewer people.
    gap
        By how much another label leads the target label among these, Δ.
    kinds
        How many kinds of records there are, each as frequent as another; as many as there are
        people, if these are fewer.

    Raises
    ------
    ParameterError
        If one of them is not what `FIELDS` says that it may be.
    """

    population: int = 20_000
    slip: float = 0.1
    target: float = 0.9
    others: int = 0
    cost: float = 0.0
    free_ride: float = 0.0
    kept: int = 0
    broken: int = 0
    sure: float = 0.95
    carriers: int = 3
    gap: float = 1.0
    kinds: int = 50

    def __post_init__(self) -> None:
        for field in fields(self):
            value, may = getattr(self, field.name), FIELDS[field.name]
            if not may.low <= value <= may.high or (may.whole and value != int(value)):
                raise ParameterError(
                    f"{field.name} lies between {may.low:g} and {may.high:g}, not {value!r}"
                )

    @property
    def threshold(self) -> float:
        """The success from which on joining pays; 0 if nobody asks, infinite if it never does."""
        return Incentives(self.cost, self.free_ride).threshold if self.cost else 0.0

    @property
    def carrying(self) -> int:
        """How many people at most carry the signal already: no more than there are."""
        return min(self.carriers, self.population)

    @property
    def different(self) -> int:
        """How many kinds of records there are: no more than there are people."""
        return min(self.kinds, self.population)

    def joining(self, acting: float, recruitable: float = 1.0) -> int | None:
        """Return how many must join for so many to act beside the others.

        Parameters
        ----------
        acting
            How many act without the others; infinite if no number is enough.
        recruitable
            The share of the population that could join.

        Returns
        -------
        int or None
            None if there are not so many.

        Examples
        --------
        >>> Scenario(slip=0.1).joining(27), Scenario(slip=0.1, others=9).joining(27)
        (30, 40)
        >>> Scenario(population=100, slip=0.5).joining(60) is None
        True
        """
        needed = max(acting + self.others, 0.0) / (1 - self.slip)
        most = math.floor(recruitable * self.population + NEARLY)
        return math.ceil(needed - NEARLY) if needed - NEARLY <= most else None
