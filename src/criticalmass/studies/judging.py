"""Which measures a study may have, and which of them judge a strategy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from criticalmass.curves.curve import checked_target
from criticalmass.errors import ParameterError, StudyError, require_choice, unknown
from criticalmass.fields import misfit, shown
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.known import MEASURES
from criticalmass.measures.measure import Measure, Need
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.steering.kinds import Aiming
from criticalmass.strategies.strategy import Strategy
from criticalmass.studies.identity.describe import describe
from criticalmass.studies.trial import Row

LONGEST = 40
"""Characters that a measure's name has at most: it heads columns."""
COLUMNS = ("count", "n", "error")
"""What follows a measure's name in other columns of exported rows, after an underscore."""


def named(measure: str | Measure) -> str | Measure:
    """Return a measure of this package by its name, and one of the user's as it is.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if isinstance(measure, str):
        require_choice("success measure", measure, MEASURES)
        return measure
    return measure.name if MEASURES.get(measure.name) == measure else measure


def check_measures(measures: Iterable[str | Measure], target: float) -> None:
    """Raise for a measure that a study cannot have.

    Parameters
    ----------
    measures
        As `named` returns them.
    target
        The study's, which is that of measures without one of their own.

    Raises
    ------
    StudyError, ParameterError
        If it has an impossible name or another's, is no dataclass, or needs another target.
    """
    seen = {field.name for field in fields(Row)}  # columns of exported rows, with what follows
    known: list[Measure] = []
    for given in measures:
        measure = MEASURES[given] if isinstance(given, str) else given
        if measure in known:
            raise StudyError(f"measure {measure.name!r} is named twice")
        known.append(measure)
        if measure is given:
            _check_own(measure)
        columns = {measure.name.lower(), *(f"{measure.name}_{more}".lower() for more in COLUMNS)}
        if both := columns & seen:
            raise StudyError(
                f"two columns of exported rows would be called {min(both)!r}: give measure "
                f"{measure.name!r} another name (a field `name`)"
            )
        seen |= columns
        target_of(MeasureFacts.of(measure), target)


def _check_own(measure: Measure) -> None:
    """Raise for a measure of the user's that cannot be named in rows and stores."""
    name, own = measure.name, type(measure).__name__
    part: object = measure
    if not is_dataclass(part):
        raise StudyError(f"measure {own} must be a frozen dataclass: its fields name trials")
    if misfit(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST:
        raise StudyError(
            f"the name of measure {own} must be a text of 1 to {LONGEST} characters in one line, "
            f"not {shown(name)}"
        )
    if not name[0].isalnum():
        raise StudyError(f"the name of measure {own} must begin with a letter, not {name!r}")
    if measure.needs is not None and measure.needs not in get_args(Need):
        raise StudyError(f"measure {own}: {unknown('need', measure.needs, get_args(Need))}")
    if name in MEASURES:
        raise StudyError(
            f"measure {own} is called {name!r}, which is the name of one of this package's: give "
            "it another"
        )


def target_of(measure: MeasureFacts, target: float) -> float:
    """Return what is wanted by a measure, in its own unit; ``target`` is the study's.

    Raises
    ------
    ParameterError
        If it cannot be reached, or goes without saying.

    Examples
    --------
    >>> target_of(MeasureFacts.named("top1"), 0.8)
    0.8
    """
    wanted = target if measure.target is None else measure.target
    if not measure.is_real:
        return checked_target(wanted)
    low, high = measure.limits
    if measure.target is None and not 0 <= low < high <= 1:
        raise ParameterError(
            f"measure {measure.name!r} needs a target in its own unit: give it a field `target`, "
            "or limits = (0, 1) for the study's"
        )
    if not low < wanted < high:
        raise ParameterError(
            f"the target of measure {measure.name!r} lies between its limits, {low:g} and "
            f"{high:g}, not at {wanted:g}"
        )
    return wanted


def fits(measure: Measure, strategy: Strategy) -> bool:
    """Return whether a measure judges a strategy that does not name it."""
    match measure.needs:
        case "marks":
            return isinstance(strategy, Marking)
        case "target":
            wants = strategy.target_label is not None and not strategy.unplants
            return isinstance(strategy, Marking) and wants
        case "number":
            return isinstance(strategy, Marking) and strategy.wanted_number is not None
        case "parameters":
            return isinstance(strategy, Aiming)
        case _:
            return False


def described(measure: str | Measure) -> Any:
    """Return a measure as trials are named by it: by what it gives, whatever is wanted of it."""
    if isinstance(measure, str):
        return measure
    kept = describe(measure, f"measures.{measure.name}")
    return {"name": measure.name} | {key: each for key, each in kept.items() if key != "target"}
