"""How many people are enough under what somebody supposes, by the trials of a study."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logit

from criticalmass.answers.finding import Finding
from criticalmass.answers.growth import Growth
from criticalmass.answers.planning import Acting, Source
from criticalmass.answers.scenario import NEARLY, TARGETS, Scenario
from criticalmass.arrays import Array
from criticalmass.curves import CriticalMass, FittedSuccess
from criticalmass.errors import ParameterError, StudyError
from criticalmass.measures.scale import SHARES

APART = 0.03
"""How far, in logarithms, a critical mass may be from a straight line between two successes whose
draws are kept; where it is further, draws are kept for more successes."""
DRAWS = 400
"""So many quantiles of what a critical mass may be are kept for each of them."""
POINTS = 121
"""So many points of a curve are kept."""
NO_GROWTH: Mapping[str, Growth | None] = {}
"""For a study that was tried in one size."""


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
