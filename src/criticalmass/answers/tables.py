"""Tables of a strategy: what was measured with how many people, and how many for which success."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from criticalmass.answers.finding import Finding
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
        Success, by measure.
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
        The success measure, and the success.
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
    size, own = answers[0].facts.population.size, answers[0].facts.target
    table = []
    for answer in answers:
        if answer.curve is None:
            continue
        sigmoid = _sigmoid(answer)
        for target in sorted({*TARGETS, own}):
            mass = answer.curve.critical_mass(target)
            simple = sigmoid.critical_mass(target) if sigmoid else None
            if simple and not (simple.reached and 0 < simple.alpha <= answer.curve.largest):
                simple = None
            table.append(
                MassWanted(
                    measure=answer.measure,
                    target=target,
                    own=target == own,
                    mass=mass,
                    people=mass.people(size),
                    guess=mass.reached and mass.alpha > answer.largest[0].alpha,
                    sigmoid=simple.people(size)[0] if simple else None,
                )
            )
    return table


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
