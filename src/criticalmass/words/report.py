"""A report's sentences: what was run, and what its numbers take for granted."""

from __future__ import annotations

from collections.abc import Sequence

from criticalmass.answers.finding import Finding
from criticalmass.measures.known import NUMBERS, STEERED
from criticalmass.studies.facts import Facts
from criticalmass.studies.trial import Row
from criticalmass.words.learners import learner_in_words
from criticalmass.words.numbers import quoted
from criticalmass.words.placements import placement_in_words


def runs(answer: Finding) -> str:
    """Say how many training runs there were, where they lay, and what they took."""
    without = sum(row.members == 0 for row in answer.rows)
    seconds = round(sum(row.seconds for row in answer.rows if row.seconds == row.seconds)) or 1
    took = f"{seconds:,} second{'s' if seconds > 1 else ''}"
    if seconds >= 120:
        took = f"{round(seconds / 60):,} minutes"
    placement = answer.facts.placement
    placed = f" Placement: {placement_in_words(placement, answer.measure)}." if placement else ""
    return (
        f"{len(answer.rows)} training runs in {took}, {without} of them without a "
        f"collective.{placed}"
    )


def assumptions(facts: Facts, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """List what the numbers take for granted, and what would change them."""
    population = facts.population
    n = population.size
    listed = [
        (
            f"The platform trains {learner_in_words(facts.learner)}.",
            "Another model, or other settings of this one, can need more people or fewer: "
            "change the study's learner and run it again.",
        ),
        (
            f"It trains on {n:,} records like these ({population.name}){_held_back(facts)}.",
            "On a platform of another size neither the share nor the head count is sure to be the "
            "same: theory speaks of shares, bags of words went by heads. Run a study of that size.",
        ),
        _which_records(facts),
        (
            "Members are drawn at random from all who may join, and every one does as agreed.",
            "Members who drop out or make mistakes do not count; people who are unlike the others "
            "may weigh more or less.",
        ),
    ]
    if any(m not in STEERED for m in facts.measures):
        listed += [
            (
                f"Success is measured on {_measured_on(facts)}, {_measured_how(facts)}.",
                "Records that differ from these, or are marked in another way, may fare otherwise.",
            ),
            (
                "Near the number of people that it takes, success follows a piece of an S-shaped "
                "curve in the logarithm of the share; trials scatter around it more than chance "
                "alone would have it.",
                "The ranges cover this scatter, and that the test records are a sample; they reach "
                "at least from the largest number tried that was too few to the smallest that was "
                "enough. They do not cover another platform, other data, or a firm that looks for "
                "the mark and removes it.",
            ),
        ]
    reals = [quoted(m) for m in facts.measures if facts.measure(m).is_real]
    if reals:
        listed.append(
            (
                f"A value by {' and '.join(reals)} is put on a straight scale between the worst "
                "and the best that were seen, and followed there like a share of records.",
                "The range covers the value's own standard error, if the measure gives one, which "
                "all trials share because they share the test records.",
            )
        )
    if any(m in STEERED for m in facts.measures):
        listed.append(
            (
                "Success is measured on the model's own parameters, in the units that it sees: "
                "columns of numbers in standard deviations.",
                "Each repetition is a curve of its own; the range is for their mean critical mass.",
            )
        )
    if any(row.members and row.changed < row.members for row in rows):
        listed.append(
            (
                "The share counts everyone who joined, also those who had nothing to change.",
                "How many records really changed is in the table of what was measured.",
            )
        )
    return listed


def _which_records(facts: Facts) -> tuple[str, str]:
    """Say whether the ranges are for these records or for others like them, too."""
    n = facts.population.size
    if facts.population.resampled:
        return (
            f"Each training run draws its own {n:,} records from these, so the ranges are for a "
            "typical population like this one.",
            "They take the records for a fair sample of where they come from.",
        )
    return (
        "The records are these, and no others.",
        f"Other {n:,} records from the same source may need more people or fewer; the ranges do "
        "not cover that. To ask it, set resampled = true under [population] and run the study "
        "again.",
    )


def _held_back(facts: Facts) -> str:
    """Say how many records of a study file's were held back for testing."""
    n, tested = facts.population.size, facts.population.test_size
    if not facts.source or not tested:
        return ""
    what = "the model's quality" if facts.population.marked_size else "success"
    return f"; {tested:,} of {n + tested:,} were held back to measure {what}"


def _measured_on(facts: Facts) -> str:
    """Say which records success is measured on."""
    population = facts.population
    if population.marked_size:
        return f"{population.marked_size:,} records of {population.marked_name}"
    return f"{population.test_size:,} other records from the same source"


def _measured_how(facts: Facts) -> str:
    """Say in what state the test records are when success is measured."""
    plants = any(
        strategy.target_label or set(strategy.measures) & set(NUMBERS)
        for strategy in facts.strategies.values()
    )
    erases = "erased" in facts.measures
    how = ["every one of them with the mark"] if plants else []
    if erases:
        how.append("as they are and without what is erased")
    return ", or ".join(how)
