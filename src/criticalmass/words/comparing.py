"""Two findings in sentences: which takes fewer people, and how many times as many."""

from __future__ import annotations

import math

from criticalmass.answers.comparing import Contrast, Difference
from criticalmass.answers.finding import Finding, Status
from criticalmass.fitting.comparing import Ratio, Verdict
from criticalmass.words.amounts import wanted
from criticalmass.words.finding import in_short
from criticalmass.words.numbers import percent, probability, quoted, times


def by_strategy(finding: Finding) -> str:
    """Name a finding by its strategy: by “mark”."""
    return f"by {quoted(finding.strategy)}"


def of_study(finding: Finding, folder: object, *, alone: bool) -> str:
    """Name a finding by its study's folder, and by its strategy unless that says nothing."""
    place = f"in {quoted(folder)}"
    return place if alone else f"{by_strategy(finding)} {place}"


def heading(contrast: Contrast) -> str:
    """Name the measure and the target: included, 90% wanted."""
    return f"{contrast.first.measure}, {wanted(contrast.first)} wanted"


def number(finding: Finding) -> str:
    """Say in short how many people it takes."""
    people, span = in_short(finding)
    known = finding.mass is not None and finding.mass.reached
    if known and finding.status is not Status.UNSETTLED:
        of = "person" if people == "1" else "people"
        return f"{people} {of} out of {finding.facts.population.size:,} ({span})"
    return f"{people} ({span})"


def sentence(contrast: Contrast, first: str, second: str) -> str:
    """Say which takes fewer people, if that is settled, and how many times as many.

    Parameters
    ----------
    contrast
        The two findings.
    first, second
        What they are called, such as ``by “mark”``.
    """
    found = contrast.ratio
    if found is None:
        names = [first] * (contrast.first in contrast.without_answer)
        names += [second] * (contrast.second in contrast.without_answer)
        return (
            f"There is no ratio, because the trials do not say how many people it takes "
            f"{' nor '.join(names)}."
        )
    if found.verdict is Verdict.NOBODY_NEEDED:
        return f"Neither {first} nor {second} does anybody need to join."
    if found.verdict is Verdict.NEITHER_REACHED:
        return (
            "There is no ratio: more likely than not no collective reaches the target "
            f"{first}, and none {second}."
        )
    if found.verdict is Verdict.SAME:
        return f"{_begin(first)} it takes just as many people as {second}."
    if found.verdict is Verdict.ONE_NOT_REACHED:
        return _one_not_reached(contrast, found, first, second)
    if found.verdict is Verdict.FEWER:
        found, first, second = found.inverse(), second, first
    if math.isinf(found.value) or found.value == 0:
        return _nobody(found, first, second)
    unit = "times as large a share" if contrast.of_shares else "times as many people"
    sure = f"with {percent(found.confidence)} probability"
    if found.settled:
        begin = first
        if contrast.guessed:
            begin = f"If success goes on as fitted outside of the sizes that were tried, {first}"
        return (
            f"{_begin(begin)} it takes {times(found.value)} {unit} as {second} "
            f"({_span(found)}, {sure})."
        )
    return (
        f"The trials do not settle which takes fewer: {first} it takes about "
        f"{times(found.value)} {unit} as {second} ({_span(found)}, {sure}). Probability that it "
        f"takes fewer {first}: {probability(found.fewer)}; {second}: "
        f"{probability(found.more)}{_equal(found)}."
    )


def _equal(found: Ratio) -> str:
    """Say how probable it is that both take equally many, where that is not rare."""
    equal = 1 - found.fewer - found.more
    return f"; that both take as many: {probability(equal)}" if equal > 0.01 else ""


def in_cells(contrast: Contrast) -> tuple[str, str, str]:
    """Return the ratio, its range and the probability that the first takes fewer, for a table."""
    found = contrast.ratio
    if found is None:
        return "–", "too few trials, or not settled", "–"
    fewer = probability(found.fewer)
    if math.isnan(found.value):
        return "–", "not reached", fewer
    low, high = ("?" if math.isinf(end) else times(end) for end in (found.low, found.high))
    return "∞" if math.isinf(found.value) else times(found.value), f"{low} to {high}", fewer


def cautions(contrast: Contrast, first: str, second: str) -> list[str]:
    """Say what makes a ratio less than it looks, a sentence each."""
    said = []
    names = {id(contrast.first): first, id(contrast.second): second}
    if contrast.ratio is not None:
        said += [
            f"{_begin(names[id(one)])} the number of people lies outside of the sizes that were "
            "tried: it is a guess, and so is the comparison."
            for one in contrast.guessed
        ]
        said += [
            f"{_begin(names[id(one)])} the curve does not fit everywhere, so trust this less."
            for one in (contrast.first, contrast.second)
            if one.misfit is not None
        ]
        said += [
            f"{_begin(names[id(one)])} success falls again where more people join."
            for one in (contrast.first, contrast.second)
            if one.fall is not None
        ]
    why = {
        Difference.SIZE: "the populations differ in size, so shares of them are compared",
        Difference.RECORDS: "the studies have different records to train on",
        Difference.TEST_RECORDS: "the studies measure success on different test records",
        Difference.MEASURE: "the studies have different measures of this name",
        Difference.QUESTION: (
            "one study is for its own records, the other for a typical population like them"
        ),
        Difference.BOTH: "the studies differ in learner and strategy, and the ratio is of both",
    }
    return said + [
        f"This does not set like beside like: {why[difference]}."
        for difference in contrast.differences
    ]


def _one_not_reached(contrast: Contrast, found: Ratio, first: str, second: str) -> str:
    finding, sure = contrast.second, found.fewer
    if contrast.first.mass is not None and not contrast.first.mass.reached:
        finding, first, second, sure = contrast.first, second, first, found.more
    assert finding.mass is not None
    return (
        f"There is no ratio: more likely than not no collective reaches the target {second} "
        f"(probability: {probability(finding.mass.never)}). Probability that it takes fewer people "
        f"{first}: {probability(sure)}."
    )


def _nobody(found: Ratio, first: str, second: str) -> str:
    """Say so where one of two needs nobody."""
    if found.value == 0:
        found, first, second = found.inverse(), second, first
    begin = f"{_begin(second)} nobody needs to join; {first} it takes people."
    if found.settled:
        return begin
    return (
        f"{begin} But that is not settled: the probability that it takes fewer {second} is "
        f"{probability(found.more)}."
    )


def _span(found: Ratio) -> str:
    if found.low == 0 and math.isinf(found.high):
        return "by any factor"
    if found.low == 0:
        return f"at most {times(found.high)} times"
    if math.isinf(found.high):
        return f"{times(found.low)} times or more"
    return f"between {times(found.low)} and {times(found.high)} times"


def _begin(name: str) -> str:
    return name[0].upper() + name[1:]
