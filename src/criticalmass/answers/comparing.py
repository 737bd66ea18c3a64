"""`Contrast`: two findings side by side, and how many times as many people one takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from criticalmass.answers.finding import Finding, Status
from criticalmass.errors import ParameterError
from criticalmass.fitting import Ratio, ratio
from criticalmass.studies.facts import Facts

GUESSED = (Status.BELOW_TRIED, Status.BEYOND_TRIED, Status.LAST_TRIED)
"""Findings whose number lies outside of what was tried."""

COMPARED = (Status.FOUND, Status.FALLS, Status.NOBODY_NEEDED, Status.NOT_REACHED, *GUESSED)
"""Findings that say how many people it takes, if only that no number is enough."""


class Difference(Enum):
    """What two findings differ in besides what is compared: then a ratio is not of like things."""

    SIZE = "the populations' sizes"
    RECORDS = "the records to train on"
    TEST_RECORDS = "the test records"
    MEASURE = "what the measure gives, which has the same name"
    QUESTION = "whether the answer is for these records, or for a typical population"
    BOTH = "the learner, and the strategy too"


@dataclass(frozen=True, eq=False)
class Contrast:
    """Two findings for one target and measure. Make one with `contrast`.

    Parameters
    ----------
    first, second
        What is compared.
    ratio
        The critical mass of the first to that of the second: of whole people, or of shares where
        the populations' sizes differ; None where one of the findings has no answer.
    """

    first: Finding
    second: Finding
    ratio: Ratio | None

    @property
    def of_shares(self) -> bool:
        """Whether the ratio is that of two shares, since the populations' sizes differ."""
        return self.first.facts.population.size != self.second.facts.population.size

    @property
    def without_answer(self) -> list[Finding]:
        """Those of the two that do not say how many people it takes."""
        return [one for one in (self.first, self.second) if one.status not in COMPARED]

    @property
    def guessed(self) -> list[Finding]:
        """Those of the two whose number lies outside of what was tried."""
        return [one for one in (self.first, self.second) if one.status in GUESSED]

    @property
    def differences(self) -> list[Difference]:
        """What they differ in besides what is compared; old stores do not tell all of it."""
        first, second = self.first.facts, self.second.facts
        found = []
        if self.of_shares:
            found.append(Difference.SIZE)
        elif _hash(first, "population") != _hash(second, "population"):
            found.append(Difference.RECORDS)
        if any(_hash(first, part) != _hash(second, part) for part in ("test", "marked")):
            found.append(Difference.TEST_RECORDS)
        if _described(self.first) != _described(self.second):
            found.append(Difference.MEASURE)
        if first.population.resampled != second.population.resampled:
            found.append(Difference.QUESTION)
        strategies = self.first.about.description, self.second.about.description
        if first.learner != second.learner and strategies[0] != strategies[1]:
            found.append(Difference.BOTH)
        return found


def contrast(first: Finding, second: Finding) -> Contrast:
    """Set two findings side by side.

    Raises
    ------
    ParameterError
        If they are for different targets or measures, or of the same trials.
    """
    if first.measure != second.measure:
        raise ParameterError(
            f"one critical mass is by the measure {first.measure!r}, the other by "
            f"{second.measure!r}: only those by one measure are compared"
        )
    if first.wanted != second.wanted:
        raise ParameterError(
            f"one study wants a success of {first.wanted:g}, the other of "
            f"{second.wanted:g}: only critical masses for one target are compared"
        )
    if {row.key for row in first.rows} & {row.key for row in second.rows}:
        raise ParameterError(
            f"both hold the same trials of {first.strategy!r}: the studies do not differ in it"
        )
    sizes = {one.facts.population.size for one in (first, second)}
    size = sizes.pop() if len(sizes) == 1 else None
    answered = first.status in COMPARED and second.status in COMPARED
    curve, other = first.in_unit, second.in_unit
    if not answered or curve is None or other is None:
        return Contrast(first, second, None)
    return Contrast(first, second, ratio(curve, other, first.wanted, size))


def shared_measure(first: Sequence[str], second: Sequence[str]) -> str | None:
    """Return the first of some measures that is among others; None if there is none.

    Examples
    --------
    >>> shared_measure(["included", "top1"], ["erased", "top1"])
    'top1'
    """
    return next((measure for measure in first if measure in second), None)


def with_first(answers: Sequence[Finding]) -> list[Contrast]:
    """Compare every other strategy of a study with its first, by a measure that both have.

    Strategies without such a measure are left out.
    """
    by_strategy: dict[str, dict[str, Finding]] = {}
    for answer in answers:
        by_strategy.setdefault(answer.strategy, {})[answer.measure] = answer
    first, *others = by_strategy.values()
    return [
        contrast(other[measure], first[measure])
        for other in others
        if (measure := shared_measure(list(first), list(other))) is not None
    ]


def _described(finding: Finding) -> object:
    """Return the description of a user's own measure; None of one of this package."""
    measures = finding.facts.identity.get("measures", ())
    own = (each for each in measures if isinstance(each, dict))
    return next((each for each in own if each.get("name") == finding.measure), None)


def _hash(facts: Facts, part: str) -> str:
    """Return what tells a study's records from others'; empty where an old store has none."""
    return str(facts.identity.get(part, {}).get("sha256", ""))
