"""How many people are enough under what somebody supposes: the numbers of the planner's page.

The page computes them in a browser, whenever one of them is moved; here they are in Python, for the
sentence with which it opens, and for the tests that compare the two.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import logit

from criticalmass.answers.finding import Finding
from criticalmass.answers.growth import Growth
from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess
from criticalmass.errors import ParameterError, StudyError
from criticalmass.incentives import FollowThrough, Incentives, Pledge
from criticalmass.measures.scale import SHARES
from criticalmass.theory import FeatureLabelBound

TARGETS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
"""Successes for which draws of a study's critical mass are kept, among others; see `trials_of`."""
APART = 0.03
"""How far, in logarithms, a critical mass may be from a straight line between two successes whose
draws are kept; where it is further, draws are kept for more successes."""
DRAWS = 400
"""So many quantiles of what a critical mass may be are kept for each of them."""
POINTS = 121
"""So many points of a curve are kept."""
NO_GROWTH: Mapping[str, Growth | None] = {}
"""For a study that was tried in one size."""
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


@dataclass(frozen=True, eq=False)
class Trials(Source):
    """What the trials of one strategy of a study say.

    Parameters
    ----------
    strategy, study
        The names of both.
    size
        How many people the study's population has.
    recruitable
        The share of them that could join.
    tried
        The largest share that was tried.
    inactive
        The share of the study's members who do nothing.
    target
        The success that the study asks for.
    targets
        Successes in ascending order, every whole percent among them, shape (targets,). Below the
        first of them success may be as high with nobody, so nothing is said.
    masses
        The critical mass for each as a share, lower end, middle and upper end of its interval,
        shape (targets, 3); infinite where it is not reached.
    drawn_at
        Those of the successes whose draws are kept, shape (some,).
    draws_of
        Quantiles of what the critical mass for each of these may be, shape (some, draws).
    shares, curve
        Shares in ascending order, and success there: its lower edge, its mean and its upper edge,
        shapes (shares,) and (shares, 3).
    growth
        How the number for the study's target grows with the population, where that is known.
    """

    strategy: str
    study: str
    size: int
    recruitable: float
    tried: float
    inactive: float
    target: float
    targets: Array
    masses: Array
    drawn_at: Array
    draws_of: Array
    shares: Array
    curve: Array
    growth: Growth | None = None

    def acting(self, scenario: Scenario, target: float) -> list[Acting]:
        """Return how many must act, by one reading or by two.

        The study says it of a population as large as its own. A size law says it of others, from
        the smallest size that was measured on; for another target than the study's the law's
        numbers change by the same factor as the study's own. Without a law there are two readings:
        as many people as in the study, and the same share as there.

        Raises
        ------
        ParameterError
            If the success is below the lowest of which the trials say anything.
        """
        self._check(target)
        low, middle, high = between(self.targets, self.masses, target).tolist()
        growth = self.law(scenario)
        if growth is not None:
            factor = middle / self.measured
            first, most, last = (factor * growth.at(scenario.population)).tolist()
            return [Acting("law", first if low else 0.0, most, last if high < math.inf else high)]
        if scenario.population == self.size:
            return [Acting("same", *(x * self.size for x in (low, middle, high)))]
        return [
            Acting("heads", *(x * self.size for x in (low, middle, high))),
            Acting("share", *(x * scenario.population for x in (low, middle, high))),
        ]

    def draws(self, scenario: Scenario) -> Array:
        """Return draws of the number, by the law or by the reading that takes more.

        As many draws of the law are infinite as of the study itself.

        Raises
        ------
        ParameterError
            If the scenario's target is below the lowest of which the trials say anything.
        """
        self._check(scenario.target)
        shares = between(self.drawn_at, self.draws_of, scenario.target)
        growth = self.law(scenario)
        if growth is None:
            return np.asarray(shares * max(self.size, scenario.population))
        factor = between(self.targets, self.masses, scenario.target)[1] / self.measured
        people = factor * growth.draws(scenario.population, len(shares))
        return np.where(np.isinf(shares), np.inf, people)

    def law(self, scenario: Scenario) -> Growth | None:
        """Return the size law if it speaks of a scenario's population."""
        growth, population = self.growth, scenario.population
        if growth is None or population == self.size or not growth.knows(population):
            return None
        return growth

    @property
    def lowest(self) -> float:
        """The smallest success of which the trials say how many people it takes."""
        return float(self.targets[0])

    def _check(self, target: float) -> None:
        if target < self.lowest - NEARLY:
            raise ParameterError(
                f"the trials of {self.strategy!r} say nothing of a target of {target:g}: with "
                f"nobody success may be as high already; {self.lowest:g} is the lowest that they "
                "know"
            )

    @property
    def measured(self) -> float:
        """The critical mass for the study's target, as a share: a law speaks of this success."""
        return float(between(self.targets, self.masses, self.target)[1])


def between(targets: Array, values: Array, target: float) -> Array:
    """Return values for a target from those of some targets: straight in log share and log odds.

    Where one of two neighbours is 0 or infinite, the larger one is returned; beyond the last target
    infinity, and before the first its value.

    Parameters
    ----------
    targets
        Successes in ascending order, shape (targets,).
    values
        Shares for each, shape (targets, …).
    target
        A success.

    Examples
    --------
    >>> between(np.array([0.2, 0.8]), np.array([[0.01, 0.0], [0.04, 0.1]]), 0.5).round(6).tolist()
    [0.02, 0.1]
    """
    if target > targets[-1]:
        return np.full_like(values[-1], np.inf)
    place = bisect_right(targets.tolist(), target) - 1
    if place < 0 or target == targets[place]:
        return np.asarray(values[max(place, 0)])
    before, after = values[place], values[place + 1]
    first, last = logit(targets[place]), logit(targets[place + 1])
    part = (logit(target) - first) / (last - first)
    straight = np.isfinite(before) & np.isfinite(after) & (before > 0) & (after > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mixed = np.exp((1 - part) * np.log(before) + part * np.log(after))
    return np.asarray(np.where(straight, mixed, np.maximum(before, after)))


def trials_of(found: Finding, growth: Growth | None = None) -> Trials | None:
    """Return what a finding's trials say for every target; None if they say too little.

    Success must be a share: of a measure in a unit of its own nothing is said.

    Parameters
    ----------
    found
        What a study found for a strategy.
    growth
        How the number of people grows, from studies of several sizes. It is left out where the
        study's own trials give no number for its target, or the page does not show that target.
    """
    curve, size = found.curve, found.facts.population.size
    if curve is None or found.scale != SHARES or not found.largest:
        return None
    upto = found.fall.reached[1] if found.fall and found.fall.reached else curve.largest
    shares = np.geomspace(min(0.5 / size, upto / 2), upto, POINTS)
    low, high = curve.band(shares)
    means = curve.success(shares)
    own = round(found.target, 6)
    lowest = _lowest(own, float(means[0]), float(high[0]))
    percents = (np.arange(round(100 * lowest), 100) / 100).tolist()
    asked = sorted({own, *percents} if lowest < own < TARGETS[-1] else percents)
    mass_of = {target: curve.critical_mass(target) for target in asked}
    targets, masses = np.array(asked), np.array([_ends(mass) for mass in mass_of.values()])
    drawn_at = _drawn_at(targets, masses[:, 1], {lowest, own, *TARGETS})
    trials = Trials(
        strategy=found.strategy,
        study=found.facts.name,
        size=size,
        recruitable=found.about.recruitable,
        tried=max(found.tried) / size,
        inactive=float(found.about.description.get("inactive") or 0.0),
        target=min(max(found.target, lowest, TARGETS[0]), TARGETS[-1]),
        targets=targets,
        masses=masses,
        drawn_at=drawn_at,
        draws_of=np.array([_draws(curve, mass_of[target]) for target in drawn_at.tolist()]),
        shares=_rounded(shares, 5),
        curve=np.stack([low, means, high], axis=1).round(4),
    )
    if found.target != trials.target or not 0 < trials.measured < math.inf:
        return trials
    return replace(trials, growth=growth)


def trials_of_all(
    found: Sequence[Finding], growth: Mapping[str, Growth | None] = NO_GROWTH
) -> tuple[list[Trials], list[str]]:
    """Return what the trials of each strategy say, and the strategies that say too little.

    Parameters
    ----------
    found
        What a study found for each strategy.
    growth
        How the number of people grows, by strategy, where that is known.

    Raises
    ------
    StudyError
        If all do.
    """
    each = {one.strategy: trials_of(one, growth.get(one.strategy)) for one in found}
    known = [one for one in each.values() if one is not None]
    if not known:
        raise StudyError(
            "no strategy of this study has trials that say how many people it takes, of a success "
            "that is a share; `criticalmass show` says what there is"
        )
    return known, [name for name, one in each.items() if one is None]


def _lowest(own: float, mean: float, high: float) -> float:
    """Return the smallest success, in whole percent, of which a curve says how many it takes.

    With nobody success may be all that the curve's band holds there, so no number is known to be
    needed for less than its upper edge. The study's own target is kept if it is above the mean.

    Parameters
    ----------
    own
        The success that the study asks for.
    mean, high
        Success with nobody: the curve's mean, and the upper edge of its band.

    Examples
    --------
    >>> _lowest(0.9, 0.12, 0.163), _lowest(0.155, 0.12, 0.163), _lowest(0.9, 0.01, 0.02)
    (0.17, 0.15, 0.02)
    """
    lowest = math.ceil(100 * high - NEARLY) / 100
    if mean < own < lowest:
        lowest = math.floor(100 * own + NEARLY) / 100
    return min(max(lowest, 0.01), TARGETS[-1])


def _drawn_at(targets: Array, masses: Array, wanted: set[float]) -> Array:
    """Return the wanted targets, and those whose critical mass is far from a line between others.

    Examples
    --------
    >>> targets, masses = np.array([0.2, 0.3, 0.4, 0.5]), np.array([0.01, 0.012, 0.08, 0.09])
    >>> _drawn_at(targets, masses, {0.2, 0.5}).tolist()
    [0.2, 0.3, 0.4, 0.5]
    """
    kept = np.isin(targets, list(wanted))
    while True:
        straight = np.array([between(targets[kept], masses[kept], one) for one in targets.tolist()])
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.where(straight == masses, 0.0, np.abs(np.log(straight / masses)))
        worst = int(np.argmax(off))
        if off[worst] <= APART:
            return np.asarray(targets[kept])
        kept[worst] = True


def _ends(mass: CriticalMass) -> tuple[float, float, float]:
    return mass.low, mass.alpha if mass.reached else math.inf, mass.high


def _draws(curve: FittedSuccess, mass: CriticalMass) -> Array:
    if mass.never == 1:
        return np.full(DRAWS, np.inf)
    draws = np.sort(curve.critical_masses(mass.target))
    places = (np.arange(DRAWS) + 0.5) / DRAWS * len(draws)
    return _rounded(draws[places.astype(int)], 6)


def _rounded(values: Array, digits: int) -> Array:
    """Return values with so many significant digits, as a page writes them."""
    return np.array([float(f"{value:.{digits}g}") for value in values.tolist()])
