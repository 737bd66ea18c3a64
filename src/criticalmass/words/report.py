"""A report's sentences: what was run, and what its numbers take for granted."""

from __future__ import annotations

from collections.abc import Sequence

from criticalmass.answers.finding import Finding
from criticalmass.answers.theory import Comparison
from criticalmass.measures.known import NUMBERS, STEERED
from criticalmass.messages import paragraph, say, say_count
from criticalmass.phrases import listed
from criticalmass.studies.facts import Facts
from criticalmass.studies.trial import Row
from criticalmass.words.numbers import quoted, records
from criticalmass.words.placements import placement_in_words
from criticalmass.words.records import marked, tested


def runs(answer: Finding) -> str:
    """Say how many training runs there were, where they lay, and what they took."""
    without = sum(row.members == 0 for row in answer.rows)
    seconds = round(sum(row.seconds for row in answer.rows if row.seconds == row.seconds)) or 1
    took = say_count("{n} second", "{n} seconds", seconds)
    if seconds >= 120:
        took = say_count("{n} minute", "{n} minutes", round(seconds / 60))
    ran = say_count(
        "{n} training run in {time}, {without} of them without a collective.",
        "{n} training runs in {time}, {without} of them without a collective.",
        len(answer.rows),
        time=took,
        without=without,
    )
    if not answer.facts.placement:
        return ran
    placement = placement_in_words(answer.facts.placement, answer.measure)
    return paragraph(ran, say("Placement: {placement}.", placement=placement))


def columns(answer: Finding) -> str:
    """Say what the columns of the table of what was measured hold."""
    population = answer.facts.population
    found = [_success(answer)]
    if population.numbers and answer.steers:
        found.append(
            say(
                "Mean error: how far predictions are off on average, in the unit of the numbers, "
                "by the trained model on test records, so what the platform itself would notice."
            )
        )
    elif population.numbers:
        found.append(
            say(
                "Mean error: how far predictions are off on average, in the unit of the numbers, "
                "by the trained model on unmarked test records, so what the platform itself would "
                "notice."
            )
        )
    elif answer.steers:
        found.append(
            say(
                "Accuracy, precision and recall: the trained model on test records, so what the "
                "platform itself would notice."
            )
        )
    elif population.label_sets:
        found.append(
            say(
                "Accuracy (the share of all labels that are right), precision and recall: the "
                "trained model on unmarked test records, so what the platform itself would notice."
            )
        )
    else:
        found.append(
            say(
                "Accuracy, precision and recall: the trained model on unmarked test records, so "
                "what the platform itself would notice. Micro averages of one label per record are "
                "one number: the three differ only where the model gives no label."
            )
        )
    if answer.otherwise and population.numbers:
        found.append(
            say(
                "Otherwise: to so many of these records the model gives other numbers than a model "
                "without a collective."
            )
        )
    elif answer.otherwise:
        found.append(
            say(
                "Otherwise: to so many of these records the model gives other labels than a model "
                "without a collective."
            )
        )
    return paragraph(*found)


def _success(answer: Finding) -> str:
    """Say what success is, where the table of what was measured shows it."""
    if answer.steers or answer.measure_facts.is_real:
        return say("Success: {legend}.", legend=answer.measure_facts.words.legend)
    population = answer.facts.population
    records = tested(population) if answer.measure == "erased" else marked(population)
    return say(
        "Success: share of the {records} that got what the collective wants.", records=records
    )


def records_of(facts: Facts) -> str:
    """Say how many records there are for what, and what their labels are."""
    population = facts.population
    split = say(
        "{size} to train on, {tested} to measure on.",
        size=population.size,
        tested=population.test_size,
    )
    if population.marked_size:
        split = say(
            "{size} to train on, {tested} to measure quality on, and {marked} of {name} to mark "
            "and measure success on.",
            size=population.size,
            tested=population.test_size,
            marked=population.marked_size,
            name=population.marked_name,
        )
    names = ", ".join(population.labels)
    labels = say("Labels: {labels}.", labels=names)
    if population.numbers:
        labels = say("Labels: numbers.")
    elif population.label_sets:
        labels = say("Labels: {labels} (sets).", labels=names)
    return paragraph(split, labels)


def caption(answers: Sequence[Finding], comparison: Comparison | None) -> str:
    """Say what is to be seen in the picture of one strategy, by all its measures.

    Parameters
    ----------
    answers
        What was found, by each measure of the strategy.
    comparison
        What theory says of it, if anything.
    """
    first, theory = answers[0], comparison.theory if comparison else None
    seen = [
        say("Each dot is one training run; hollow marks at the left edge: without a collective.")
    ]
    if first.steers:
        seen.append(say("Coloured lines: mean and range of the repetitions."))
    else:
        seen.append(say("Coloured lines: fitted curves with their 95% bands."))
    if any(answer.measure_facts.lower_is_better for answer in answers):
        seen.append(say("Where lower is better, lower numbers stand higher up."))
    if any(answer.fall for answer in answers):
        seen.append(say("A line ends where success falls again."))
    if theory and theory.bound and (first.steers or (comparison and comparison.best_model)):
        seen.append(say("Dashed: what is guaranteed at least."))
    elif theory and theory.bound:
        seen.append(
            say(
                "Dashed: what theory promises at least of the best possible model; the platform’s "
                "own, which the dots show, may lie below it."
            )
        )
    if theory and theory.exact and first.steers:
        seen.append(
            say("Thin line: exact, for shares of people who know how everybody’s records pull.")
        )
    elif theory and theory.people:
        seen.append(
            say(
                "Thin line: exact, for that model and whole people drawn at random; thinnest line: "
                "the same in the limit of many people."
            )
        )
    elif theory and theory.exact:
        seen.append(say("Thin line: exact, for that model."))
    if first.mass and first.mass.reached and first.mass.alpha > 0:
        seen.append(
            say(
                "Vertical line and strip: the number of people that reaches the wanted success by "
                "the first measure, and its range."
            )
        )
    return paragraph(*seen)


def assumptions(facts: Facts, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """List what the numbers take for granted, and what would change them."""
    found = [
        (
            say("The platform trains {learner}.", learner=facts.learner_in_words()),
            say(
                "Another model, or other settings of this one, can need more people or fewer: "
                "change the study's learner and run it again."
            ),
        ),
        (
            _trains_on(facts),
            say(
                "On a platform of another size neither the share nor the head count is sure to be "
                "the same: theory speaks of shares, bags of words went by heads. “criticalmass "
                "size” measures which of the two it is."
            ),
        ),
        _which_records(facts),
        (
            say("Members are drawn at random from all who may join, and every one does as agreed."),
            say(
                "Members who drop out or make mistakes do not count; people who are unlike the "
                "others may weigh more or less."
            ),
        ),
    ]
    if any(about.theory and about.theory.people for about in facts.strategies.values()):
        found.append(
            (
                say("Each person has one record."),
                say(
                    "Where a person has several, numbers of people are numbers of records: a "
                    "member who brings three counts as three."
                ),
            )
        )
    if any(m not in STEERED for m in facts.measures):
        found += [
            (
                _measured(facts),
                say(
                    "Records that differ from these, or are marked in another way, may fare "
                    "otherwise."
                ),
            ),
            (
                say(
                    "Near the number of people that it takes, success follows a piece of an "
                    "S-shaped curve in the logarithm of the share; trials scatter around it more "
                    "than chance alone would have it."
                ),
                say(
                    "The ranges cover this scatter, and that the test records are a sample; they "
                    "reach at least from the largest number tried that was too few to the smallest "
                    "that was enough. They do not cover another platform, other data, or a firm "
                    "that looks for the mark and removes it."
                ),
            ),
        ]
    reals = [quoted(m) for m in facts.measures if facts.measure(m).is_real]
    if reals:
        listed_measures = listed(reals)
        found.append(
            (
                say(
                    "A value by {measures} is put on a straight scale between the worst and the "
                    "best that were seen, and followed there like a share of records.",
                    measures=listed_measures,
                ),
                say(
                    "The range covers the value's own standard error, if the measure gives one, "
                    "which all trials share because they share the test records."
                ),
            )
        )
    if any(m in STEERED for m in facts.measures):
        found.append(
            (
                say(
                    "Success is measured on the model's own parameters, in the units that it sees: "
                    "columns of numbers in standard deviations."
                ),
                say(
                    "Each repetition is a curve of its own; the range is for their mean critical "
                    "mass."
                ),
            )
        )
    if any(row.members and row.changed < row.members for row in rows):
        found.append(
            (
                say("The share counts everyone who joined, also those who had nothing to change."),
                say("How many records really changed is in the table of what was measured."),
            )
        )
    return found


def _trains_on(facts: Facts) -> str:
    """Say how many records the platform trains on, and how many were held back for testing."""
    population = facts.population
    values = {"records": records(population.size), "name": population.name}
    if not facts.source or not population.test_size:
        return say("It trains on {records} like these ({name}).", **values)
    whole, tested = population.size + population.test_size, population.test_size
    if population.marked_size:
        return say_count(
            "It trains on {records} like these ({name}); {n} of {whole} was held back to measure "
            "the model's quality.",
            "It trains on {records} like these ({name}); {n} of {whole} were held back to measure "
            "the model's quality.",
            tested,
            whole=whole,
            **values,
        )
    return say_count(
        "It trains on {records} like these ({name}); {n} of {whole} was held back to measure "
        "success.",
        "It trains on {records} like these ({name}); {n} of {whole} were held back to measure "
        "success.",
        tested,
        whole=whole,
        **values,
    )


def _which_records(facts: Facts) -> tuple[str, str]:
    """Say whether the ranges are for these records or for others like them, too."""
    size = facts.population.size
    if facts.population.resampled:
        return (
            say(
                "Each training run draws its own {records} from these, so the ranges are for a "
                "typical population like this one.",
                records=records(size),
            ),
            say("They take the records for a fair sample of where they come from."),
        )
    return (
        say("The records are these, and no others."),
        say(
            "Other {records} from the same source may need more people or fewer; the ranges do not "
            "cover that. To ask it, set resampled = true under [population] and run the study "
            "again.",
            records=records(size),
        ),
    )


def _measured(facts: Facts) -> str:
    """Say which records success is measured on, and in what state they are then."""
    plants = any(
        strategy.target_label or set(strategy.measures) & set(NUMBERS)
        for strategy in facts.strategies.values()
    )
    values = {"records": _measured_on(facts)}
    if not plants:
        return say(
            "Success is measured on {records}, as they are and without what is erased.", **values
        )
    if "erased" in facts.measures:
        return say(
            "Success is measured on {records}, every one of them with the mark, or as they are and "
            "without what is erased.",
            **values,
        )
    return say("Success is measured on {records}, every one of them with the mark.", **values)


def _measured_on(facts: Facts) -> str:
    """Name the records that success is measured on."""
    population = facts.population
    if population.marked_size:
        return say(
            "{records} of {name}",
            records=records(population.marked_size),
            name=population.marked_name,
        )
    return say_count(
        "{n} other record from the same source",
        "{n} other records from the same source",
        population.test_size,
    )
