"""Two findings in sentences: which takes fewer people, and how many times as many."""

from __future__ import annotations

import math

from criticalmass.answers.comparing import Contrast, Difference
from criticalmass.answers.finding import Finding, Status
from criticalmass.fitting.comparing import Ratio, Verdict
from criticalmass.messages import capitalised, paragraph, say
from criticalmass.words.amounts import wanted
from criticalmass.words.finding import in_short
from criticalmass.words.numbers import heads, percent, probability, quoted, times


def by_strategy(finding: Finding) -> str:
    """Name a finding by its strategy: by “mark”."""
    return say("by {strategy}", strategy=quoted(finding.strategy))


def of_study(finding: Finding, folder: object, *, alone: bool) -> str:
    """Name a finding by its study's folder, and by its strategy unless that says nothing."""
    if alone:
        return say("in {folder}", folder=quoted(folder))
    strategy = quoted(finding.strategy)
    return say("by {strategy} in {folder}", strategy=strategy, folder=quoted(folder))


def heading(contrast: Contrast) -> str:
    """Name the measure and the target: included, 90% wanted."""
    first = contrast.first
    return say("{measure}, {target} wanted", measure=first.measure, target=wanted(first))


def number(finding: Finding) -> str:
    """Say in short how many people it takes."""
    (short, span), mass, size = in_short(finding), finding.mass, finding.facts.population.size
    if mass is None or not mass.reached or finding.status is Status.UNSETTLED:
        return say("{number} ({span})", number=short, span=span)
    if finding.only_by_everybody:
        return say(
            "more than {people} out of {size} ({span})",
            people=heads(max(finding.tried)),
            size=size,
            span=span,
        )
    people = heads(mass.people(size)[0] or 0)
    return say("{people} out of {size} ({span})", people=people, size=size, span=span)


def sentence(contrast: Contrast, first: str, second: str) -> str:
    """Say which takes fewer people, if that is settled, and how many times as many.

    Parameters
    ----------
    contrast
        The two findings.
    first, second
        What they are called, such as ``by “mark”``.
    """
    return capitalised(_sentence(contrast, first, second))


def _sentence(contrast: Contrast, first: str, second: str) -> str:
    found = contrast.ratio
    if found is None:
        return _without_answer(contrast, first, second)
    if found.verdict is Verdict.NOBODY_NEEDED:
        return say(
            "Neither {first} nor {second} does anybody need to join.", first=first, second=second
        )
    if found.verdict is Verdict.NEITHER_REACHED:
        return say(
            "There is no ratio: more likely than not no collective reaches the target {first}, and "
            "none {second}.",
            first=first,
            second=second,
        )
    if found.verdict is Verdict.SAME:
        return say("{first} it takes just as many people as {second}.", first=first, second=second)
    if found.verdict is Verdict.ONE_NOT_REACHED:
        return _one_not_reached(contrast, found, first, second)
    if found.verdict is Verdict.FEWER:
        found, first, second = found.inverse(), second, first
    if math.isinf(found.value) or found.value == 0:
        return _nobody(found, first, second)
    ratio = _ratio(found, second, of_shares=contrast.of_shares)
    if not found.settled:
        return _open(found, ratio, first, second)
    if contrast.guessed:
        return say(
            "If success goes on as fitted outside of the sizes that were tried, {first} it takes "
            "{ratio}.",
            first=first,
            ratio=ratio,
        )
    return say("{first} it takes {ratio}.", first=first, ratio=ratio)


def _without_answer(contrast: Contrast, first: str, second: str) -> str:
    """Say so where the trials of one or both do not say how many people it takes."""
    names = [first] * (contrast.first in contrast.without_answer)
    names += [second] * (contrast.second in contrast.without_answer)
    if len(names) == 1:
        return say(
            "There is no ratio, because the trials do not say how many people it takes {name}.",
            name=names[0],
        )
    return say(
        "There is no ratio, because the trials do not say how many people it takes {first} nor "
        "{second}.",
        first=first,
        second=second,
    )


def _ratio(found: Ratio, second: str, *, of_shares: bool) -> str:
    """Say how many times as many people it takes as the second way, with the range."""
    values = {
        "times": times(found.value),
        "second": second,
        "span": _span(found),
        "sure": percent(found.confidence),
    }
    if of_shares and found.value == 1:
        return say(
            "as large a share as {second} ({span}, with {sure} probability)",
            **values,
        )
    if of_shares:
        return say(
            "{times} times as large a share as {second} ({span}, with {sure} probability)",
            **values,
        )
    if found.value == 1:
        return say("as many people as {second} ({span}, with {sure} probability)", **values)
    return say(
        "{times} times as many people as {second} ({span}, with {sure} probability)", **values
    )


def _open(found: Ratio, ratio: str, first: str, second: str) -> str:
    """Say so where the trials do not settle which takes fewer."""
    values = {
        "first": first,
        "second": second,
        "fewer": probability(found.fewer),
        "more": probability(found.more),
    }
    if found.low == 0 and math.isinf(found.high):  # a probability would only tell where trials end
        return say(
            "The trials do not tell which takes fewer: {first} it may take any number of times as "
            "many people as {second}.",
            first=first,
            second=second,
        )
    begin = say(
        "The trials do not settle which takes fewer: {first} it takes about {ratio}.",
        first=first,
        ratio=ratio,
    )
    equal = 1 - found.fewer - found.more
    if equal > 0.01:
        return paragraph(
            begin,
            say(
                "Probability that it takes fewer {first}: {fewer}; {second}: {more}; that both "
                "take as many: {equal}.",
                equal=probability(equal),
                **values,
            ),
        )
    return paragraph(
        begin,
        say("Probability that it takes fewer {first}: {fewer}; {second}: {more}.", **values),
    )


def in_cells(contrast: Contrast) -> tuple[str, str, str]:
    """Return the ratio, its range and the probability that the first takes fewer, for a table."""
    found = contrast.ratio
    if found is None:
        return "–", say("too few trials, or not settled"), "–"
    fewer = probability(found.fewer)
    if math.isnan(found.value):
        return "–", say("not reached"), fewer
    low, high = ("?" if math.isinf(end) else times(end) for end in (found.low, found.high))
    span = say("{low} to {high}", low=low, high=high)
    return "∞" if math.isinf(found.value) else times(found.value), span, fewer


def cautions(contrast: Contrast, first: str, second: str) -> list[str]:
    """Say what makes a ratio less than it looks, a sentence each."""
    said = []
    if contrast.ratio is not None:
        names = {id(contrast.first): first, id(contrast.second): second}
        said += [_guessed(names[id(one)]) for one in contrast.guessed]
        both = [(one, names[id(one)]) for one in (contrast.first, contrast.second)]
        said += [_misfit(name) for one, name in both if one.misfit is not None]
        said += [_falls(name) for one, name in both if one.fall is not None]
    return [capitalised(one) for one in said] + [_differs(one) for one in contrast.differences]


def _guessed(name: str) -> str:
    return say(
        "{name} the number of people lies outside of the sizes that were tried: it is a guess, and "
        "so is the comparison.",
        name=name,
    )


def _misfit(name: str) -> str:
    return say("{name} the curve does not fit everywhere, so trust this less.", name=name)


def _falls(name: str) -> str:
    return say("{name} success falls again where more people join.", name=name)


def _differs(difference: Difference) -> str:
    """Say why two findings are not like beside like."""
    match difference:
        case Difference.SIZE:
            return say(
                "This does not set like beside like: the populations differ in size, so shares of "
                "them are compared."
            )
        case Difference.RECORDS:
            return say(
                "This does not set like beside like: the studies have different records to train "
                "on."
            )
        case Difference.TEST_RECORDS:
            return say(
                "This does not set like beside like: the studies measure success on different test "
                "records."
            )
        case Difference.MEASURE:
            return say(
                "This does not set like beside like: the studies have different measures of this "
                "name."
            )
        case Difference.QUESTION:
            return say(
                "This does not set like beside like: one study is for its own records, the other "
                "for a typical population like them."
            )
        case Difference.BOTH:
            return say(
                "This does not set like beside like: the studies differ in learner and strategy, "
                "and the ratio is of both."
            )


def _one_not_reached(contrast: Contrast, found: Ratio, first: str, second: str) -> str:
    """Say which of two is more likely than not never reached."""
    finding, sure = contrast.second, found.fewer
    if contrast.first.mass is not None and not contrast.first.mass.reached:
        finding, first, second, sure = contrast.first, second, first, found.more
    assert finding.mass is not None
    return say(
        "There is no ratio: more likely than not no collective reaches the target {second} "
        "(probability: {never}). Probability that it takes fewer people {first}: {sure}.",
        first=first,
        second=second,
        never=probability(finding.mass.never),
        sure=probability(sure),
    )


def _nobody(found: Ratio, first: str, second: str) -> str:
    """Say so where one of two needs nobody."""
    if found.value == 0:
        found, first, second = found.inverse(), second, first
    nobody = say(
        "{second} nobody needs to join; {first} it takes people.", first=first, second=second
    )
    if found.settled:
        return nobody
    return paragraph(
        nobody,
        say(
            "But that is not settled: the probability that it takes fewer {second} is {more}.",
            second=second,
            more=probability(found.more),
        ),
    )


def _span(found: Ratio) -> str:
    """Say between which factors a ratio lies."""
    low, high = times(found.low), times(found.high)
    if found.low == 0:
        return say("at most as many") if found.high == 1 else say("at most {high} times", high=high)
    if math.isinf(found.high):
        return say("as many or more") if found.low == 1 else say("{low} times or more", low=low)
    return say("between {low} and {high} times", low=low, high=high)
