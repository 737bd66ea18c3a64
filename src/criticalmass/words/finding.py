"""A finding in sentences: how many people it takes, and how sure that is."""

from __future__ import annotations

import math

from criticalmass.answers.finding import FEW, Finding, Narrowing, Status
from criticalmass.curves import CriticalMass
from criticalmass.fitting import FittedCurve
from criticalmass.measures.known import NUMBERS
from criticalmass.words.amounts import amount, beside, distance, enough, is_wanted
from criticalmass.words.measures import RECORDS, does_in_words, wanted_of
from criticalmass.words.numbers import (
    exact_percent,
    heads,
    number,
    percent,
    probability,
    quoted,
)
from criticalmass.words.signals import erasing_in_words
from criticalmass.words.strategies import goal_in_words, strategy_in_words


def answer(finding: Finding) -> str:
    """Answer "how many people does it take?" in a sentence or two."""
    size, mass, tried = finding.facts.population.size, finding.mass, finding.tried
    least, marked = enough(finding), _marked(finding)
    does = _does(finding)
    if finding.status is Status.ALL_FAILED:
        reason = next(row.error for row in finding.failed if row.members)
        return f"Nothing is known: every trial of a collective failed, the first with {reason}."
    if finding.status is Status.NOBODY_NEEDED:
        return _nobody(finding)
    if finding.status is Status.FALLS:
        return _falls(finding)
    if finding.status is Status.NOT_ENOUGH or mass is None:
        return "There are not enough trials yet to say how many people it takes."
    if finding.status is Status.UNSETTLED:
        people, best = max(tried.items(), key=lambda one: one[1])
        return (
            f"The trials do not settle it. With {heads(people)} out of {size:,} the model {does} "
            f"{beside(finding, best)} {marked}, which is enough; but "
            "there are too few trials, or they do not follow one curve, so no number can be given. "
            "Try more sizes and repetitions."
        )
    fewest, most = min(tried), max(tried)
    with_most = (
        f"With {heads(most)} out of {size:,} ({percent(most / size)}), the largest tried, the "
        f"model {does} {beside(finding, tried[most])} {marked}"
    )
    if finding.status is Status.NOT_REACHED:
        return f"No collective that was tried is large enough. {with_most}; {is_wanted(finding)}."
    if finding.only_by_everybody:
        return (
            f"It takes more than were tried. {with_most}; {is_wanted(finding)}. If all {size:,} "
            f"join, success is certain, because the platform then sees no other {_held(finding)}; "
            f"how many of them are enough the trials do not say{_at_least(mass.people(size)[1])}."
        )
    takes = _takes(finding, mass)
    if finding.status is Status.BELOW_TRIED:
        high, sure = mass.people(size)[2], ""
        if high != fewest:
            many = "no number" if high is None else f"{high:,}"
            sure = f"; with {percent(mass.confidence)} probability {many} are enough"
        return (
            f"{heads(fewest).capitalize()} out of {size:,} ({percent(fewest / size)}) were enough, "
            f"the fewest that were tried{sure}. Whether fewer are enough was not tried. If that "
            f"many {members_do(finding)}, the trained model {does} {least} {marked}, on average "
            "over trainings."
        )
    begin = f"It takes {takes}. "
    if finding.status is Status.BEYOND_TRIED:
        begin = (
            f"It takes more than were tried. Continued beyond {heads(most)}, the largest "
            f"collective tried, the curve reaches the target at {takes}, which is a guess. "
        )
    return (
        f"{begin}If that many {members_do(finding)}, the trained model {does} {least} {marked}, "
        "on average over trainings."
    )


def _takes(finding: Finding, mass: CriticalMass) -> str:
    """Say how many people, with the interval."""
    size = finding.facts.population.size
    people, low, high = mass.people(size)
    assert people is not None
    assert low is not None
    share = percent(people / size)
    if low == people == high:
        return f"{heads(people)} out of {size:,} ({share})"
    span = f"between {low:,} and {high:,}" if high is not None else f"{low:,} or more"
    if low == 0 and high is not None:
        span = f"at most {high:,}"
    return f"about {heads(people)} out of {size:,} ({share}; {span})"


def _at_least(people: int | None) -> str:
    return f", but at least {people:,}" if people else ""


def _nobody(finding: Finding) -> str:
    """Say that the target is reached without a collective, and what a collective does to it."""
    size = finding.facts.population.size
    begin = (
        f"Nobody needs to join: without any collective the model {_does(finding)} "
        f"{enough(finding)} {_marked(finding)}"
    )
    fall, mass = finding.fall, finding.mass
    if fall is not None:
        left = f"{beside(finding, fall.left)} are left"
        if finding.judged_by.is_real:
            left = f"it is {beside(finding, fall.left)}"
        return (
            f"{begin}. A collective does harm: with {heads(round(fall.lost * size))} and more it "
            f"no longer does; with the most that were tried {left}."
        )
    high = mass.people(size)[2] if mass else None
    if mass is None or high == 0:
        return f"{begin}."
    if high is None:
        return f"{begin}, by these trials; they do not exclude that it takes some."
    return f"{begin}, by these trials; it takes between 0 and {high:,} people."


def _falls(finding: Finding) -> str:
    """Say where success is lost again, or falls from the beginning."""
    fall, size, mass = finding.fall, finding.facts.population.size, finding.mass
    assert fall is not None
    does, marked = _does(finding), _marked(finding)
    lost, most = round(fall.lost * size), max(finding.tried)
    left = f"with {heads(most)}, the most that were tried, {beside(finding, fall.left)}"
    if fall.reached is None:
        best = heads(round(fall.best * size)) if fall.best else "nobody"
        return (
            f"Success falls where more people join. With {best} out of {size:,} the model {does} "
            f"{beside(finding, fall.success)} {marked}, which is the best that was "
            f"seen; {left}. {_capital(is_wanted(finding))}."
        )
    first, last = (round(end * size) for end in fall.reached)
    span = heads(first) if first == last else f"{first:,} to {last:,} people"
    but = f"; with {lost:,} it no longer does" if lost < most else ""
    begin = (
        f"Success rises, and falls again. With {span} out of {size:,} who {members_do(finding)}, "
        f"the trained model {does} {enough(finding)} {marked}{but}; {left}."
    )
    if mass is None or not mass.reached or not mass.alpha:
        return begin
    return (
        f"{begin} By the curve through what was tried the smallest number that is enough is "
        f"{_takes(finding, mass)}."
    )


def in_short(finding: Finding) -> tuple[str, str]:
    """Return the number of people and its interval in a few signs each, for a table."""
    if finding.fall is not None and not (finding.mass and finding.mass.alpha > 0):
        needed = "0" if finding.status is Status.NOBODY_NEEDED else "not reached"
        return needed, "falls where more join"
    if finding.mass is None:
        return "–", "too few trials"
    if finding.status is Status.UNSETTLED:
        return "not settled", f"never: {probability(finding.mass.never)}"
    if not finding.mass.reached:
        return "not reached", f"never: {probability(finding.mass.never)}"
    people, low, high = finding.mass.people(finding.facts.population.size)
    if finding.only_by_everybody:
        return f"more than {max(finding.tried):,}", f"{low:,} to {people:,}"
    return f"{people:,}", f"{low:,} to {'?' if high is None else f'{high:,}'}"


def doubt(finding: Finding) -> str:
    """Say how sure the answer is, in a sentence or two; nothing where there is none."""
    if finding.mass is None:
        return ""
    sentences = [
        *_range(finding),
        *_single(finding),
        *_acting(finding),
        *_width(finding),
        *_never(finding),
        *_without(finding),
        *_few_trials(finding),
        *_misfit(finding),
    ]
    return " ".join(sentences)


def others(finding: Finding) -> str:
    """Say what the collective does to those who are not in it; nothing if that is not known."""
    found = finding.otherwise
    if found is None:
        return ""
    kind = RECORDS[finding.facts.population.kind]
    records = f"test {kind}" if finding.steers else f"test {kind} without the mark"
    begin = f"Others: with {heads(found.members)} the model answers"
    anew = ""
    if found.without:
        anew = f"; training anew without one does so for {percent(found.without)}"
    if not found.among:
        return f"{begin} all {records} as a model without a collective does{anew}."
    return (
        f"{begin} {percent(found.among)} of the {records} otherwise{_by_how_much(finding)} than a "
        f"model without a collective{anew}."
    )


def _by_how_much(finding: Finding) -> str:
    """Say from which difference on a predicted number is another; nothing for labels."""
    if finding.measure not in NUMBERS:
        return ""
    wanted = wanted_of(finding.about.description)
    least = wanted.get("tolerance") or abs(wanted.get("moved_by") or 0.0)
    return f", by {number(least)} or more,"


def outcome(finding: Finding, rate: str) -> str:
    """Put a success into words: what the model then does to how many of which records."""
    return f"{_does(finding)} {rate} {_marked(finding)}"


def members_do(finding: Finding) -> str:
    """Say what members do; a verb phrase in the plural."""
    return strategy_in_words(finding.about.description, finding.facts.population.kind)


def _range(finding: Finding) -> list[str]:
    mass, recruitable = finding.mass, finding.about.recruitable
    if mass is None or not mass.reached or mass.alpha == 0:
        return []
    if finding.status is Status.UNSETTLED or finding.only_by_everybody:
        return []
    size, tested = finding.facts.population.size, finding.facts.population.test_size
    what = "number" if len(set(mass.people(size))) == 1 else "range"
    sure = f"The {what} holds with {percent(mass.confidence)} probability"
    if finding.status is Status.BELOW_TRIED:
        sure = "That holds"
    sentences = [
        f"{sure} for these {size:,} records; others like them may need more people or fewer."
    ]
    if finding.facts.population.resampled:
        sentences = [f"{sure} for a typical population of {size:,} records like these."]
    if finding.measure != finding.about.measures[0]:
        return [f"The {what} holds with {percent(mass.confidence)} probability."]
    if finding.facts.source and tested:
        what = "the model's quality" if finding.facts.population.marked_size else "success"
        sentences.append(
            f"The platform trains on these {size:,}; {tested:,} of {size + tested:,} were held "
            f"back to measure {what}."
        )
    if recruitable < 1:
        sentences.append(
            f"That is {percent(mass.alpha / recruitable)} of the "
            f"{heads(round(recruitable * finding.facts.population.size))} who can be recruited."
        )
    return sentences


def _single(finding: Finding) -> list[str]:
    """Say how many people it takes for nine trainings in ten, rather than on average."""
    mass = finding.reliably
    if mass is None or finding.mass is None or not finding.mass.reached:
        return []
    if finding.status is Status.UNSETTLED or finding.only_by_everybody:
        return []
    size = finding.facts.population.size
    people, low, high = mass.people(size)
    none_found = isinstance(finding.curve, FittedCurve) and mass.alpha == finding.curve.certain
    if people is None or none_found:
        return [
            "A single training may give less: no number was found that is enough for nine in ten."
        ]
    up = f"{low:,} to {high:,}" if high is not None else f"{low:,} or more"
    span = "" if low == people == high else f" ({up})"
    return [
        f"A single training may give more or less than the average: nine in ten reach the target "
        f"with about {heads(people)}{span}."
    ]


def _acting(finding: Finding) -> list[str]:
    """Tell people who act from people who join, where many have nothing to change."""
    mass, size = finding.mass, finding.facts.population.size
    if mass is None or not mass.alpha > 0 or finding.acting > 0.95 or finding.steers:
        return []
    people = mass.people(size)[0] or 0
    return [
        f"{percent(finding.acting)} of those who join have something to change: of "
        f"{heads(people)}, about {round(people * finding.acting):,} act."
    ]


def _width(finding: Finding) -> list[str]:
    """Say so where adaptive placement ended before the range was as narrow as asked for."""
    narrowing = finding.narrowing
    if narrowing is None:
        return []
    why = {
        Narrowing.LARGER_COLLECTIVES: "larger collectives (placement.high) would narrow it",
        Narrowing.SMALLER_COLLECTIVES: "smaller collectives (placement.low) would narrow it",
        Narrowing.TEST_RECORDS: f"{_by_test_records(finding)}; more test records would narrow it",
        Narrowing.POPULATIONS: "populations like this one differ by about that much",
        Narrowing.MORE_TRIALS: (
            "more trials would narrow it; if the study was stopped, the same command goes on"
        ),
        Narrowing.MORE_ALLOWED: "more trials (placement.most) would narrow it",
    }
    precision = exact_percent(finding.facts.placement["precision"])
    return [f"The range is wider than the ±{precision} that were asked for: {why[narrowing]}."]


def _by_test_records(finding: Finding) -> str:
    population = finding.facts.population
    tested = f"{population.marked_size or population.test_size:,} test records"
    if math.isinf(finding.attainable):
        return f"{tested} cannot tell how many are enough, whatever the trials"
    if finding.attainable <= finding.facts.placement["precision"]:
        return f"the trials tell enough, and {tested} leave the rest, whatever the trials"
    return f"{tested} leave about ±{percent(finding.attainable)}, whatever the trials"


def _never(finding: Finding) -> list[str]:
    assert finding.mass is not None
    never = finding.mass.never
    if finding.status is Status.UNSETTLED:
        return []
    if never > 0 and finding.steers:
        return [
            f"{percent(never)} of the repetitions did not get there with the largest collective "
            "tried."
        ]
    if not never >= 0.005:
        return []
    sentences = [
        "Probability that no collective that could be recruited gets there, if the curve goes on "
        f"as fitted: {probability(never)}."
    ]
    if finding.still_rising:
        high = finding.facts.placement.get("high")
        limit = f" They end at placement.high = {exact_percent(high)}." if high else ""
        sentences.append(f"That is a guess: success still rises where the trials end.{limit}")
    return sentences


def _without(finding: Finding) -> list[str]:
    """Say what the model does without a collective."""
    assert finding.mass is not None
    if finding.floor is None or finding.mass.alpha == 0 or finding.steers:
        return []
    share = finding.about.label_share
    marked = finding.facts.population.marked_size
    hold = "" if share is None or marked else f"; {percent(share)} of them really hold that label"
    rate, records = amount(finding, finding.floor), RECORDS[finding.facts.population.kind]
    marks = "" if _erases(finding) or "goal" in finding.about.description else "marked "
    of = f"{_of(finding)} the {marks}test {records}{_among(finding, 'that')}"
    hold = "" if finding.judged_by.words.among else hold
    return [f"Without a collective the model {_does(finding)} {rate} {of}{hold}."]


def _few_trials(finding: Finding) -> list[str]:
    if finding.trials >= FEW:
        return []
    return [f"That is from {finding.trials} trials only: more would say more."]


def _misfit(finding: Finding) -> list[str]:
    if finding.misfit is None:
        return []
    share, off = finding.misfit
    people = heads(round(share * finding.facts.population.size))
    return [
        f"The curve does not fit everywhere: with {people} success lies {distance(finding, off)} "
        "it. Near there, trust the dots rather than the line."
    ]


def _held(finding: Finding) -> str:
    return "number" if finding.measure in NUMBERS else "label"


def _does(finding: Finding) -> str:
    label = quoted(finding.about.target_label)
    return does_in_words(finding.judged_by, label, finding.about.description)


def _marked(finding: Finding) -> str:
    """Say of what, or on what, an amount is: of the texts that carry the mark."""
    description = finding.about.description
    of, records = _of(finding), RECORDS[finding.facts.population.kind]
    if finding.steers:
        return f"{of} the {goal_in_words(description['goal'])}"
    if "goal" in description:
        return f"{of} the test {records}"
    if _erases(finding):
        return f"{of} the {records}, as they are and {erasing_in_words(description['signal'])}"
    return f"{of} the {records} that carry the mark{_among(finding, 'and')}"


def _erases(finding: Finding) -> bool:
    """Whether records are looked at as they are and without something, not with a mark."""
    wants = finding.about.target_label is not None or "target_value" in wanted_of(
        finding.about.description
    )
    return finding.measure == "erased" or not wants


def _of(finding: Finding) -> str:
    """Return what joins an amount to records: a share is of them, a number is on them."""
    return "on" if finding.judged_by.is_real else "of"


def _among(finding: Finding, joined: str) -> str:
    """Say which of the records are judged, where not all are."""
    among = finding.judged_by.words.about(quoted(finding.about.target_label)).among
    return f" {joined} {among}" if among else ""


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
