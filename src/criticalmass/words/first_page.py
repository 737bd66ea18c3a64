"""The first page of a report: what its answer rests on, for somebody who knows no statistics."""

from __future__ import annotations

from criticalmass.answers.finding import Finding, Status
from criticalmass.curves import CriticalMass
from criticalmass.words.learners import learner_in_words
from criticalmass.words.measures import RECORDS
from criticalmass.words.numbers import exact_percent, heads, probability
from criticalmass.words.signals import erasing_in_words

OPEN = {
    Status.ALL_FAILED: "No training of the model with people who join came to its end.",
    Status.NOT_ENOUGH: "The model was not trained often enough to say how many people it takes.",
    Status.UNSETTLED: "The trainings contradict each other: more of them are needed.",
    Status.BEYOND_TRIED: (
        "No collective of that size was tried. The number is a guess from how success rose so far."
    ),
}
"""What makes an answer open, by its status."""


def rests_on(finding: Finding) -> list[str]:
    """Say what an answer rests on, a paragraph each, in words that need no statistics."""
    paragraphs = [_trainings(finding), _how_exact(finding), _platform(finding), _records(finding)]
    return [paragraph for paragraph in paragraphs if paragraph]


def caption(finding: Finding) -> str:
    """Say what is to be seen in the picture of one answer."""
    wanted = exact_percent(finding.facts.target)
    seen = [
        "Each dot is one training of the model. Further right more people joined; higher up the "
        "model did more often what is wanted."
    ]
    if any(row.members == 0 for row in finding.rows):
        seen.append("Hollow dots at the left edge: nobody joined.")
    if finding.curve is not None:
        seen.append("The line follows the dots, and its shade shows how sure it is.")
    seen.append(f"Dashed: the {wanted} that are wanted.")
    if finding.mass is not None and finding.mass.reached and finding.mass.alpha > 0:
        seen.append("Upright: the number of people that is enough, and the range it lies in.")
    return " ".join(seen)


def folded(finding: Finding) -> str:
    """Say how many trainings there were, as the heading of a table that is folded away."""
    return f"What was measured, in {_times(len(finding.rows))}"


def _trainings(finding: Finding) -> str:
    """Say what was done to get the answer."""
    if not finding.trials:
        return ""
    without = sum(row.members == 0 for row in finding.rows)
    trained = (
        f"A model was trained {_count(finding.trials)} with people who joined. They were drawn at "
        "random each time, and all did as agreed."
    )
    if without:
        trained = (
            f"A model was trained {_count(finding.trials)} with people who joined, and "
            f"{_count(without)} without. Those who joined were drawn at random each time, and all "
            "did as agreed."
        )
    return f"{trained} {_looked_at(finding)}"


def _looked_at(finding: Finding) -> str:
    """Say what each model was then asked."""
    population = finding.facts.population
    if finding.steers:
        return "What each model had learned was then read from its own numbers."
    records = RECORDS[population.kind]
    asked = f"{population.test_size:,} {records} that it had not seen"
    if population.marked_size:
        asked = f"{population.marked_size:,} {records} of {population.marked_name}"
    if finding.measure == "erased":
        erased = erasing_in_words(finding.about.description["signal"])
        return f"Each model was then asked about {asked}, as they are and {erased}."
    return f"Each model was then asked about {asked}, every one with the mark."


def _how_exact(finding: Finding) -> str:
    """Say how exact the number is, or why there is none."""
    if finding.status in OPEN:
        return OPEN[finding.status]
    if finding.status is Status.BELOW_TRIED:
        return f"Fewer than {heads(min(finding.tried))} were not tried; they may be enough, too."
    if finding.status is Status.NOT_REACHED and finding.mass is not None:
        most, never = max(finding.tried), probability(finding.mass.never)
        return (
            f"No more than {heads(most)} were tried. If success goes on as it began, no number of "
            f"people is enough with a probability of {never}: a guess, because nobody tried it."
        )
    mass = finding.mass
    if mass is None or not mass.reached or mass.alpha == 0 or finding.only_by_everybody:
        return ""
    return _between(mass, finding.facts.population.size)


def _between(mass: CriticalMass, size: int) -> str:
    """Say between which numbers of people the right one lies, and how often that is wrong."""
    people, low, high = mass.people(size)
    once_in = round(1 / max(1 - mass.confidence, 1e-6))
    begin = "Trainings differ by chance, so this number is not exact"
    if low == people == high:
        return f"The trainings settle this number: one person fewer is too few{_wrong(once_in)}."
    if high is None:
        return f"{begin}: fewer than {low:,} are too few{_wrong(once_in)}. It may take many more."
    if not low:
        return f"{begin}: it takes {heads(high)} at most{_wrong(once_in)}. Fewer may be enough."
    return (
        f"{begin}: the right one lies between {low:,} and {high:,}. Such a range is wrong about "
        f"once in {once_in:,} times."
    )


def _wrong(once_in: int) -> str:
    return f", which is wrong about once in {once_in:,} times"


def _platform(finding: Finding) -> str:
    """Say which model the platform is taken to train."""
    learner = learner_in_words(finding.facts.learner)
    return (
        f"The platform is taken to train {learner}. If it trains another one, it can take more "
        "people or fewer."
    )


def _records(finding: Finding) -> str:
    """Say for which records the answer holds, and what is not in it."""
    population = finding.facts.population
    records = f"{population.size:,} {RECORDS[population.kind]}"
    whose = f"The answer is for these {records}, and not for others like them."
    if population.resampled:
        whose = f"The answer is for a typical population of {records} like these."
    return (
        f"{whose} It does not cover a platform of another size, people who forget or drop out, or "
        "a platform that looks for what members do and takes it out."
    )


def _count(times: int) -> str:
    """Say how often, as an adverb."""
    return "once" if times == 1 else f"{times:,} times"


def _times(trainings: int) -> str:
    return "1 training" if trainings == 1 else f"{trainings:,} trainings"
