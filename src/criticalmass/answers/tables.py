"""Tables of a strategy: what was measured with how many people, and how many for which success."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from criticalmass.answers.finding import Finding, Status
from criticalmass.curves import CriticalMass
from criticalmass.errors import CriticalMassError
from criticalmass.fitting import SigmoidCurve

TARGETS = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Successes whose critical masses are tabulated, besides the study's own target."""


@dataclass(frozen=True)
class Spread:
    """The mean of some trials, the lowest and the highest."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class SizeTried:
    """What the trials of one size of collective gave, on average.

    Parameters
    ----------
    members, alpha
        How many joined, and the share that they are.
    changed
        How many records changed.
    trials
        The number of trials.
    rates
        Success by measure, in its unit.
    accuracy, precision, recall
        Of the model on test records as they are.
    otherwise
        The share of these whose predicted labels are not those without a collective.
    mean_error
        Where labels are numbers: how far predictions of these are off, on average; otherwise None.
    """

    members: int
    alpha: float
    changed: float
    trials: int
    rates: Mapping[str, Spread]
    accuracy: float
    precision: float
    recall: float
    otherwise: float
    mean_error: float | None


@dataclass(frozen=True)
class MassWanted:
    """How many people it takes for one success, by one measure.

    Parameters
    ----------
    measure, target
        The success measure, and the success, in its unit.
    own
        Whether it is the study's target.
    mass
        The critical mass.
    people
        The same in heads, with its interval; None where there is none.
    guess
        Whether that is more than were tried.
    sigmoid
        The number by the paper's sigmoid; None where it does not say.
    """

    measure: str
    target: float
    own: bool
    mass: CriticalMass
    people: tuple[int | None, int | None, int | None]
    guess: bool
    sigmoid: int | None


def sizes_tried(answers: list[Finding]) -> list[SizeTried]:
    """Summarise the trials of each size, by all measures of one strategy."""
    ordered = sorted(answers[0].rows, key=lambda row: (row.members, row.asked, row.repetition))
    table = []
    for members, group in groupby(ordered, key=lambda row: row.members):
        same = list(group)
        rates = {a.measure: [row.rate(a.measure) for row in same] for a in answers}
        table.append(
            SizeTried(
                members=members,
                alpha=same[0].alpha,
                changed=_mean(row.changed for row in same),
                trials=len(same),
                rates={m: Spread(_mean(r), min(r), max(r)) for m, r in rates.items()},
                accuracy=_mean(row.accuracy for row in same),
                precision=_mean(row.precision for row in same),
                recall=_mean(row.recall for row in same),
                otherwise=_mean(row.otherwise for row in same),
                mean_error=_mean_of_known(row.mean_error for row in same),
            )
        )
    return table


def masses_wanted(answers: list[Finding]) -> list[MassWanted]:
    """Tabulate critical masses for several targets, by all measures of one strategy."""
    size, table = answers[0].facts.population.size, []
    for answer in answers:
        if answer.curve is None or answer.status is Status.NOTHING_CHANGED:
            continue
        sigmoid, own = _sigmoid(answer), answer.wanted
        for wanted in sorted({*_targets(answer), own}):
            target = answer.scale.success(wanted)
            mass = answer.curve.critical_mass(target)
            simple = sigmoid.critical_mass(target) if sigmoid else None
            if simple and not (simple.reached and 0 < simple.alpha <= answer.curve.largest):
                simple = None
            table.append(
                MassWanted(
                    measure=answer.measure,
                    target=wanted,
                    own=wanted == own,
                    mass=mass,
                    people=mass.people(size),
                    guess=mass.reached and mass.alpha > answer.largest[0].alpha,
                    sigmoid=simple.people(size)[0] if simple else None,
                )
            )
    return table


def _targets(answer: Finding) -> tuple[float, ...]:
    """Return what critical masses are tabulated for: round values that the trials tell of."""
    if not answer.measure_facts.is_real:
        return tuple(round(answer.scale.value(target), 10) for target in TARGETS)
    values = [row.rate(answer.measure) for row in answer.rows]
    return tuple(round_values(min(values), max(values)))


def round_values(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers strictly between two: multiples of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> round_values(0.31, 0.97), round_values(1.2, 14.9)
    ([0.4, 0.6, 0.8], [5.0, 10.0])
    """
    if not low < high:
        return []
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(s * power for s in (1, 2, 5, 10) if (high - low) / (s * power) <= most)
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _sigmoid(answer: Finding) -> SigmoidCurve | None:
    """Return the paper's sigmoid, if it is one for this measure and can be fitted."""
    if answer.steers:
        return None
    try:
        return SigmoidCurve.fit(answer.outcomes)
    except (CriticalMassError, RuntimeError):  # too few shares, or no convergence
        return None


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _mean_of_known(values: Iterable[float | None]) -> float | None:
    """Return the mean of those values that there are; None if there is none."""
    known = [value for value in values if value is not None]
    return _mean(known) if known else None
