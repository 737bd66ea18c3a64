"""A finding in sentences: how many people it takes, and how sure that is."""

from __future__ import annotations

from criticalmass.answers.finding import Finding, Otherwise, Status
from criticalmass.curves import CriticalMass
from criticalmass.fitting.falling import Fall
from criticalmass.measures.known import NUMBERS
from criticalmass.messages import capitalised, paragraph, say, say_count
from criticalmass.words.amounts import beside, enough, is_wanted
from criticalmass.words.doubting import doubt
from criticalmass.words.measures import wanted_of
from criticalmass.words.numbers import (
    exact_percent,
    heads,
    number,
    percent,
    probability,
)
from criticalmass.words.outcome import members_do, outcome
from criticalmass.words.records import tested, unmarked

__all__ = ["answer", "doubt", "in_short", "members_do", "others", "outcome"]


def answer(finding: Finding) -> str:
    """Answer "how many people does it take?" in a sentence or two."""
    return paragraph(_answer(finding), _counted_from_the_start(finding))


def _counted_from_the_start(finding: Finding) -> str:
    """Say how many records an erasing signal leaves as they are; nothing where there are none."""
    unchanged, target = finding.about.unchanged, finding.target
    silent = (Status.ALL_FAILED, Status.NOTHING_CHANGED)
    if finding.measure != "erased" or not unchanged or finding.status in silent:
        return ""
    values = {"share": percent(unchanged), "target": exact_percent(target)}
    if unchanged >= target:
        return say(
            "The signal leaves {share} of the records as they are. They count as a success "
            "from the start, and are as much as is wanted ({target}): ask for more.",
            **values,
        )
    return say(
        "The signal leaves {share} of the records as they are. They count as a success from "
        "the start: {target} of all records means {others} of the others.",
        others=percent((target - unchanged) / (1 - unchanged)),
        **values,
    )


def _answer(finding: Finding) -> str:
    mass, status = finding.mass, finding.status
    if status is Status.UNSEEN:
        return _unseen(finding)
    if status is Status.ALL_FAILED:
        return say(
            "Nothing is known: every trial of a collective failed, the first with {error}.",
            error=next(row.error for row in finding.failed if row.members),
        )
    if status is Status.NOBODY_NEEDED:
        return paragraph(_nobody(finding), _idle(finding) if finding.idle else "")
    if status is Status.NOTHING_CHANGED:
        return _nothing_changed(finding)
    if status is Status.FALLS:
        return _falls(finding)
    if status is Status.NOT_ENOUGH or mass is None:
        return say("There are not enough trials yet to say how many people it takes.")
    if status is Status.UNSETTLED:
        return _unsettled(finding)
    if status is Status.NOT_REACHED:
        return _not_reached(finding)
    if finding.only_by_everybody:
        return _only_by_everybody(finding, mass)
    if status is Status.BELOW_TRIED:
        return paragraph(*_below_tried(finding, mass), _if_that_many(finding))
    takes = _takes(finding, mass)
    if status is Status.BEYOND_TRIED:
        guess = say(
            "It takes more than were tried. Continued beyond {people}, the largest collective "
            "tried, the curve reaches the target at {takes}, which is a guess.",
            people=heads(max(finding.tried)),
            takes=takes,
        )
        return paragraph(guess, _if_that_many(finding))
    last = ""
    if status is Status.LAST_TRIED:
        last = say(
            "The largest collective tried, {people}, got there on average; the curve through all "
            "trials gets there a little later.",
            people=heads(max(finding.tried)),
        )
    return paragraph(say("It takes {takes}.", takes=takes), last, _if_that_many(finding))


def in_short(finding: Finding) -> tuple[str, str]:
    """Return the number of people and its interval in a few signs each, for a table."""
    if finding.status is Status.UNSEEN:
        return "–", say("mark not seen")
    if finding.fall is not None and not (finding.mass and finding.mass.alpha > 0):
        nobody = finding.status is Status.NOBODY_NEEDED
        return number(0) if nobody else say("not reached"), say("falls where more join")
    if finding.status is Status.NOTHING_CHANGED:
        return "–", say("nobody had anything to change")
    if finding.mass is None:
        return "–", say("too few trials")
    never = say("never: {probability}", probability=probability(finding.mass.never))
    if finding.status is Status.UNSETTLED:
        return say("not settled"), never
    if not finding.mass.reached:
        return say("not reached"), never
    people, low, high = finding.mass.people(finding.facts.population.size)
    assert people is not None
    assert low is not None
    if finding.only_by_everybody:
        many = say("more than {number}", number=max(finding.tried))
        return many, say("{low} to {high}", low=low, high=people)
    return number(people), say("{low} to {high}", low=low, high="?" if high is None else high)


def others(finding: Finding) -> str:
    """Say what the collective does to those who are not in it; nothing if that is not known."""
    found = finding.otherwise
    if found is None:
        return ""
    anew = ""
    if found.without:
        anew = say(
            "Training anew without one changes {share} of the answers.",
            share=percent(found.without),
        )
    return paragraph(_otherwise(finding, found), anew)


def _takes(finding: Finding, mass: CriticalMass) -> str:
    """Say how many people, with the interval."""
    size = finding.facts.population.size
    people, low, high = mass.people(size)
    assert people is not None
    assert low is not None
    known = {"people": heads(people), "size": size, "share": percent(people / size)}
    if low == people == high:
        return say("{people} out of {size} ({share})", **known)
    if high is None:
        return say("about {people} out of {size} ({share}; {low} or more)", low=low, **known)
    if low == 0:
        return say("about {people} out of {size} ({share}; at most {high})", high=high, **known)
    return say(
        "about {people} out of {size} ({share}; between {low} and {high})",
        low=low,
        high=high,
        **known,
    )


def _unseen(finding: Finding) -> str:
    """Say that the model does not see the mark, and that trials say nothing of it."""
    return say(
        "The model does not see the mark: it reads texts without “{mark}”. Marked texts are like "
        "all others to it, so no number of people can be given; the trials show the effect of "
        "changed labels alone. Put another mark in its place, best a made-up word.",
        mark=finding.about.unseen,
    )


def _if_that_many(finding: Finding) -> str:
    """Say what so many people do, and what the model does then."""
    return say(
        "If that many {do}, the trained model {outcome}, on average over trainings.",
        do=members_do(finding),
        outcome=outcome(finding, enough(finding)),
    )


def _below_tried(finding: Finding, mass: CriticalMass) -> list[str]:
    """Say that the fewest who were tried were enough."""
    size, fewest = finding.facts.population.size, min(finding.tried)
    high = mass.people(size)[2]
    sentences = [
        say_count(
            "{n} person out of {size} ({share}) was enough, the fewest that were tried.",
            "{n} people out of {size} ({share}) were enough, the fewest that were tried.",
            fewest,
            size=size,
            share=percent(fewest / size),
        )
    ]
    sure = percent(mass.confidence)
    if high is None:
        sentences.append(
            say("No number can be given that is enough with {sure} probability.", sure=sure)
        )
    elif high != fewest:
        sentences.append(
            say_count(
                "With {sure} probability {n} is enough.",
                "With {sure} probability {n} are enough.",
                high,
                sure=sure,
            )
        )
    return [*sentences, say("Whether fewer are enough was not tried.")]


def _unsettled(finding: Finding) -> str:
    """Say that a collective got there, and yet no number can be given."""
    people, best = max(finding.tried.items(), key=lambda one: one[1])
    return say(
        "The trials do not settle it. With {people} out of {size} the model {outcome}, which is "
        "enough; but there are too few trials, or they do not follow one curve, so no number can "
        "be given. Try more sizes and repetitions.",
        people=heads(people),
        size=finding.facts.population.size,
        outcome=outcome(finding, beside(finding, best)),
    )


def _idle(finding: Finding) -> str:
    """Say that no trial shows what a collective does to a success that there is with nobody."""
    return say(
        "These trials do not show what a collective does, because hardly anybody had anything to "
        "change: {changed} of the {joined} who joined in all trials.",
        changed=sum(row.changed for row in finding.rows),
        joined=sum(row.members for row in finding.rows),
    )


def _nothing_changed(finding: Finding) -> str:
    """Say that members had nothing to change, so trials tell nothing, and what can be done."""
    nothing = say(
        "These trials say nothing of how many people it takes, because hardly anybody had anything "
        "to change: {changed} of the {joined} who joined in all trials.",
        changed=sum(row.changed for row in finding.rows),
        joined=sum(row.members for row in finding.rows),
    )
    if finding.measure != "erased":
        return paragraph(nothing, say("Look at who takes part, and at what the signal changes."))
    alone = say(
        "Members report the label of records that are like theirs in all that is not erased. "
        "Either hardly any two records are so: put numbers into steps, or leave columns out. Or "
        "the label hardly depends on what is erased."
    )
    return paragraph(nothing, alone)


def _of_the_largest(finding: Finding) -> dict[str, object]:
    """Return what sentences about the largest collective tried say of it."""
    size, most = finding.facts.population.size, max(finding.tried)
    return {
        "people": heads(most),
        "size": size,
        "share": percent(most / size),
        "outcome": outcome(finding, beside(finding, finding.tried[most])),
        "wanted": is_wanted(finding),
    }


def _not_reached(finding: Finding) -> str:
    """Say that no collective that was tried is large enough."""
    return say(
        "No collective that was tried is large enough. With {people} out of {size} ({share}), the "
        "largest tried, the model {outcome}; {wanted}.",
        **_of_the_largest(finding),
    )


def _only_by_everybody(finding: Finding, mass: CriticalMass) -> str:
    """Say that everybody together is known to be enough, and nobody knows how many fewer are."""
    size = finding.facts.population.size
    tried = say(
        "It takes more than were tried. With {people} out of {size} ({share}), the largest tried, "
        "the model {outcome}; {wanted}.",
        **_of_the_largest(finding),
    )
    certain = say(
        "If all {size} join, success is certain, because the platform then sees no other label.",
        size=size,
    )
    if finding.measure in NUMBERS:
        certain = say(
            "If all {size} join, success is certain, because the platform then sees no other "
            "number.",
            size=size,
        )
    unknown = say("The trials do not say how many of them are enough.")
    if least := mass.people(size)[1]:
        unknown = say(
            "The trials do not say how many of them are enough, but it is at least {least}.",
            least=least,
        )
    return paragraph(tried, certain, unknown)


def _nobody(finding: Finding) -> str:
    """Say that the target is reached without a collective, and what a collective does to it."""
    size, fall, mass = finding.facts.population.size, finding.fall, finding.mass
    model = {"outcome": outcome(finding, enough(finding))}
    nobody = say("Nobody needs to join: without any collective the model {outcome}.", **model)
    if fall is not None:
        values = {
            "people": heads(round(fall.lost * size)),
            "left": beside(finding, fall.left),
        }
        harm = say(
            "A collective does harm: from {people} on it no longer does; with the most that were "
            "tried {left} are left.",
            **values,
        )
        if finding.measure_facts.is_real:
            harm = say(
                "A collective does harm: from {people} on it no longer does; with the most that "
                "were tried it is {left}.",
                **values,
            )
        return paragraph(nobody, harm)
    high = mass.people(size)[2] if mass else None
    if mass is None or high == 0:
        return nobody
    if high is None:
        return say(
            "Nobody needs to join: without any collective the model {outcome}, by these trials; "
            "they do not exclude that it takes some.",
            **model,
        )
    return say_count(
        "Nobody needs to join: without any collective the model {outcome}, by these trials; it "
        "takes {n} person at most.",
        "Nobody needs to join: without any collective the model {outcome}, by these trials; it "
        "takes between 0 and {n} people.",
        high,
        **model,
    )


def _falls(finding: Finding) -> str:
    """Say where success is lost again, or falls from the beginning."""
    fall, mass = finding.fall, finding.mass
    assert fall is not None
    if fall.reached is None:
        return _falls_short(finding, fall)
    size, most = finding.facts.population.size, max(finding.tried)
    first, last = (round(end * size) for end in fall.reached)
    lost = round(fall.lost * size)
    values = {
        "span": heads(first)
        if first == last
        else say("{first} to {last} people", first=first, last=last),
        "size": size,
        "do": members_do(finding),
        "outcome": outcome(finding, enough(finding)),
        "most": heads(most),
        "left": beside(finding, fall.left),
    }
    rises = say(
        "Success rises, and falls again. With {span} out of {size} who {do}, the trained model "
        "{outcome}; with {most}, the most that were tried, {left}.",
        **values,
    )
    if lost < most:
        rises = say(
            "Success rises, and falls again. With {span} out of {size} who {do}, the trained "
            "model {outcome}; with {lost} it no longer does; with {most}, the most that were "
            "tried, {left}.",
            lost=lost,
            **values,
        )
    if mass is None or not mass.reached or not mass.alpha:
        return rises
    smallest = say(
        "By the curve through what was tried the smallest number that is enough is {takes}.",
        takes=_takes(finding, mass),
    )
    return paragraph(rises, smallest)


def _falls_short(finding: Finding, fall: Fall) -> str:
    """Say that success falls before it has reached the target."""
    size, best = finding.facts.population.size, round(fall.best * finding.facts.population.size)
    values = {
        "size": size,
        "outcome": outcome(finding, beside(finding, fall.success)),
        "most": heads(max(finding.tried)),
        "left": beside(finding, fall.left),
    }
    falls = say(
        "Success falls where more people join. With nobody out of {size} the model {outcome}, "
        "which is the best that was seen; with {most}, the most that were tried, {left}.",
        **values,
    )
    if best:
        falls = say(
            "Success falls where more people join. With {best} out of {size} the model {outcome}, "
            "which is the best that was seen; with {most}, the most that were tried, {left}.",
            best=heads(best),
            **values,
        )
    return paragraph(falls, capitalised(say("{wanted}.", wanted=is_wanted(finding))))


def _otherwise(finding: Finding, found: Otherwise) -> str:
    """Say how many records the model answers otherwise with a collective than without one."""
    population = finding.facts.population
    values = {
        "people": heads(found.members),
        "share": percent(found.among),
        "records": tested(population) if finding.steers else unmarked(population),
    }
    if not found.among:
        return say(
            "Others: with {people} the model answers all {records} as a model without a "
            "collective does.",
            **values,
        )
    if finding.measure not in NUMBERS:
        return say(
            "Others: with {people} the model answers {share} of the {records} otherwise than a "
            "model without a collective.",
            **values,
        )
    wanted = wanted_of(finding.about.description)
    return say(
        "Others: with {people} the model answers {share} of the {records} otherwise, by {least} "
        "or more, than a model without a collective.",
        least=number(wanted.get("tolerance") or abs(wanted.get("moved_by") or 0.0)),
        **values,
    )
