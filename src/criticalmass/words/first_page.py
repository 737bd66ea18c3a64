"""The first page of a report: what its answer rests on, for somebody who knows no statistics."""

from __future__ import annotations

from criticalmass.answers.finding import Finding, Status
from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.curves import CriticalMass
from criticalmass.messages import paragraph, say, say_count
from criticalmass.phrases import RECORDS
from criticalmass.words.amounts import wanted
from criticalmass.words.numbers import heads, probability
from criticalmass.words.other_sizes import in_report, left_out
from criticalmass.words.records import counted


def rests_on(
    finding: Finding, law: LawNumbers | None = None, other: LawNumbers | None = None
) -> list[str]:
    """Say what an answer rests on, a paragraph each, in words that need no statistics.

    Parameters
    ----------
    finding
        The answer.
    law
        How it grows with the number of records, if that was measured.
    other
        The same for another success than is wanted now, which is left out.
    """
    paragraphs = [
        _trainings(finding),
        _how_exact(finding),
        _platform(finding),
        _records(finding, law, other),
    ]
    return [one for one in paragraphs if one]


def caption(finding: Finding) -> str:
    """Say what is to be seen in the picture of one answer."""
    seen = [
        say(
            "Each dot is one training of the model. Further right more people joined; higher up "
            "the model did more of what is wanted."
        )
    ]
    if any(row.members == 0 for row in finding.rows):
        seen.append(say("Hollow dots at the left edge: nobody joined."))
    if finding.curve is not None:
        seen.append(say("The line follows the dots, and its shade shows how sure it is."))
    seen.append(say("Dashed: the {amount} that are wanted.", amount=wanted(finding)))
    if finding.mass is not None and finding.mass.reached and finding.mass.alpha > 0:
        seen.append(say("Upright: the number of people that is enough, and the range it lies in."))
    return paragraph(*seen)


def folded(finding: Finding) -> str:
    """Say how many trainings there were, as the heading of a table that is folded away."""
    return say_count(
        "What was measured, in {n} training",
        "What was measured, in {n} trainings",
        len(finding.rows),
    )


def _trainings(finding: Finding) -> str:
    """Say what was done to get the answer."""
    if not finding.trials:
        return ""
    without = sum(row.members == 0 for row in finding.rows)
    if without:
        trained = say(
            "A model was trained {times} with people who joined, and {without} without. Those who "
            "joined were drawn at random each time, and all did as agreed.",
            times=_times(finding.trials),
            without=_times(without),
        )
    else:
        trained = say(
            "A model was trained {times} with people who joined. They were drawn at random each "
            "time, and all did as agreed.",
            times=_times(finding.trials),
        )
    return paragraph(trained, _looked_at(finding))


def _looked_at(finding: Finding) -> str:
    """Say what each model was then asked."""
    population = finding.facts.population
    if finding.steers:
        return say("What each model had learned was then read from its own numbers.")
    asked = say("{records} that it had not seen", records=counted(population, population.test_size))
    if population.marked_size:
        asked = say(
            "{records} of {population}",
            records=counted(population, population.marked_size),
            population=population.marked_name,
        )
    if finding.measure == "erased":
        return say(
            "Each model was then asked about {records}, as they are and {erased}.",
            records=asked,
            erased=finding.about.in_words(RECORDS[population.kind]).erased,
        )
    return say("Each model was then asked about {records}, every one with the mark.", records=asked)


def _how_exact(finding: Finding) -> str:
    """Say how exact the number is, or why there is none."""
    mass = finding.mass
    match finding.status:
        case Status.UNSEEN:
            return say("There is no number, because the model does not see the mark.")
        case Status.ALL_FAILED:
            return say("No training of the model with people who join came to its end.")
        case Status.NOT_ENOUGH:
            return say("The model was not trained often enough to say how many people it takes.")
        case Status.NOTHING_CHANGED:
            return say("The trainings show nothing: hardly anybody had anything to change.")
        case Status.UNSETTLED:
            return say("The trainings contradict each other: more of them are needed.")
        case Status.BEYOND_TRIED:
            return say(
                "No collective of that size was tried. The number is a guess from how success rose "
                "so far."
            )
        case Status.LAST_TRIED:
            return say(
                "The number lies just beyond the largest collective that was tried, so larger ones "
                "would tell it better."
            )
        case Status.BELOW_TRIED:
            return say(
                "Fewer than {people} were not tried; they may be enough, too.",
                people=heads(min(finding.tried)),
            )
        case Status.NOT_REACHED if mass is not None:
            return say(
                "No more than {people} were tried. If success goes on as it began, no number of "
                "people is enough with a probability of {never}: a guess, because nobody tried it.",
                people=heads(max(finding.tried)),
                never=probability(mass.never),
            )
    if mass is None or not mass.reached or mass.alpha == 0 or finding.only_by_everybody:
        return ""
    return _between(mass, finding.facts.population.size)


def _between(mass: CriticalMass, size: int) -> str:
    """Say between which numbers of people the right one lies, and how often that is wrong."""
    people, low, high = mass.people(size)
    once_in = say_count("{n} time", "{n} times", round(1 / max(1 - mass.confidence, 1e-6)))
    if low == people == high:
        return say(
            "The trainings settle this number: one person fewer is too few, which is wrong about "
            "once in {often}.",
            often=once_in,
        )
    if high is None:
        return say(
            "Trainings differ by chance, so this number is not exact: fewer than {low} are too "
            "few, which is wrong about once in {often}. It may take many more.",
            low=low,
            often=once_in,
        )
    if not low:
        return say(
            "Trainings differ by chance, so this number is not exact: it takes {people} at most, "
            "which is wrong about once in {often}. Fewer may be enough.",
            people=heads(high),
            often=once_in,
        )
    return say(
        "Trainings differ by chance, so this number is not exact: the right one lies between {low} "
        "and {high}. Such a range is wrong about once in {often}.",
        low=low,
        high=high,
        often=once_in,
    )


def _platform(finding: Finding) -> str:
    """Say which model the platform is taken to train."""
    return say(
        "The platform is taken to train {learner}. If it trains another one, it can take more "
        "people or fewer.",
        learner=finding.facts.learner_in_words(),
    )


def _records(finding: Finding, law: LawNumbers | None, other: LawNumbers | None) -> str:
    """Say for which records the answer holds, and what is not in it."""
    population = finding.facts.population
    records = counted(population, population.size)
    whose = say("The answer is for these {records}, and not for others like them.", records=records)
    if population.resampled:
        whose = say(
            "The answer is for a typical population of {records} like these.", records=records
        )
    other_sizes = say(
        "It was measured with {records} to train on, and a platform of another size can need more "
        "people or fewer: “criticalmass size” measures how that goes.",
        records=records,
    )
    if law is not None:
        other_sizes = in_report(law)
    elif other is not None:
        other_sizes = paragraph(other_sizes, left_out(other, finding.facts, finding.strategy))
    return paragraph(
        whose,
        other_sizes,
        say(
            "It does not cover people who forget or drop out, or a platform that looks for what "
            "members do and takes it out."
        ),
    )


def _times(times: int) -> str:
    """Say how often, as an adverb."""
    return say("once") if times == 1 else say_count("{n} time", "{n} times", times)
