"""The report: one HTML file that needs no network, for a phone, a screen and paper."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from criticalmass.answers.comparison import Comparison, compare
from criticalmass.answers.finding import Finding, findings
from criticalmass.errors import CriticalMassError, StoreError
from criticalmass.fitting import SigmoidCurve
from criticalmass.measures.measure import STEERED
from criticalmass.pages.figures.success import Line, success_figure, to_svg
from criticalmass.pages.joining import paying
from criticalmass.pages.page import page, write_whole
from criticalmass.studies.facts import Facts
from criticalmass.studies.identity.own_code import changed_code
from criticalmass.studies.store.store import Store
from criticalmass.studies.trial import Row
from criticalmass.words.wording import (
    MEASURES,
    learner_in_words,
    placement_in_words,
    strategy_in_words,
)

TARGETS = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Wanted successes whose critical masses the report tabulates, besides the study's own."""


def write_report(folder: str | Path) -> Path:
    """Write ``report.html`` beside a study's store and return its path.

    Raises
    ------
    StoreError
        If the folder holds no study, or a damaged one, or one without any trial.
    """
    with Store.open(folder) as store:
        facts, rows, finished = store.facts(), store.rows(), store.finished()
    if not rows:
        raise StoreError(f"the study in {str(folder)!r} has no trials yet; run it first")
    return write_whole(Path(folder) / "report.html", render(facts, rows, finished=finished))


def render(facts: Facts, rows: list[Row], *, finished: bool = True) -> str:
    """Return the report's page for a study's facts and rows; unless finished, those so far."""
    answers = findings(facts, rows)
    strategies = [
        _strategy(name, list(group), number)
        for number, (name, group) in enumerate(groupby(answers, key=lambda a: a.strategy))
    ]
    return page(
        "report.html",
        facts=facts,
        finished=finished,
        headline=answers[0],
        strategies=strategies,
        assumptions=_assumptions(facts, rows),
        failed=[row for row in rows if row.error],
        changed=changed_code(facts.code),
        warnings=sorted({row.warning for row in rows if row.warning}),
        MEASURES=MEASURES,
    )


def _strategy(name: str, answers: list[Finding], number: int) -> dict[str, Any]:
    """Gather what the page shows about one strategy."""
    facts = answers[0].facts
    theory = compare(answers[0])
    lines = lines_of(answers, theory)
    pays = paying(answers[0])
    figures = []
    for layout, width in (("wide", 7.4), ("narrow", 3.7)):
        figure = success_figure(
            lines, population_size=facts.population.size, target=facts.target, width=width
        )
        title = f"Success against the size of the collective, strategy {name}"
        figures.append((layout, to_svg(figure, title=title, prefix=f"f{number}{layout}")))
    return {
        "name": name,
        "does": strategy_in_words(facts.strategies[name].description, facts.population.kind),
        "answers": answers,
        "runs": _runs(answers[0]),
        "figures": figures,
        "sizes": _by_size(answers),
        "masses": _masses(answers),
        "theory": theory,
        "paying": pays,
        "paying_figures": pays.svgs(f"f{number}pay") if pays else [],
        "steers": answers[0].measure in STEERED,
    }


def _runs(answer: Finding) -> str:
    """Say how many training runs there were, where they lay, and what they took."""
    without = sum(row.members == 0 for row in answer.rows)
    seconds = round(sum(row.seconds for row in answer.rows if row.seconds == row.seconds)) or 1
    took = f"{seconds:,} second{'s' if seconds > 1 else ''}"
    if seconds >= 120:
        took = f"{round(seconds / 60):,} minutes"
    placed = placement_in_words(answer.facts.placement, answer.measure)
    return (
        f"{len(answer.rows)} training runs in {took}, {without} of them without a collective. "
        f"Placement: {placed}."
    )


def lines_of(answers: list[Finding], theory: Comparison | None) -> list[Line]:
    """Return a strategy's curves for the figure: those that were fitted, and those computed."""
    lines = [
        Line(
            f"{answer.measure}: {MEASURES[answer.measure][1]}",
            answer.curve,
            answer.outcomes,
            answer.mass if answer is answers[0] else None,
        )
        for answer in answers
    ]
    if theory and theory.theory.bound:
        lines.append(
            Line(f"guaranteed: {theory.theory.theorem}", theory.theory.bound, theory="bound")
        )
    if theory and theory.theory.exact:
        steers = theory.finding.measure in STEERED
        best = f"exact, for the {'minimiser of the risk' if steers else 'best possible model'}"
        lines.append(Line(best, theory.theory.exact, theory="exact"))
    return lines


def _by_size(answers: list[Finding]) -> list[dict[str, Any]]:
    """Summarise the trials of each size: one row of the page's table."""
    ordered = sorted(answers[0].rows, key=lambda row: (row.members, row.asked, row.repetition))
    table = []
    for members, group in groupby(ordered, key=lambda row: row.members):
        same = list(group)
        rates = {a.measure: [row.rate(a.measure) for row in same] for a in answers}
        table.append(
            {
                "members": members,
                "alpha": same[0].alpha,
                "changed": sum(row.changed for row in same) / len(same),
                "trials": len(same),
                "rates": {m: (sum(r) / len(r), min(r), max(r)) for m, r in rates.items()},
                **{
                    name: sum(getattr(row, name) for row in same) / len(same)
                    for name in ("accuracy", "precision", "recall")
                },
            }
        )
    return table


def _masses(answers: list[Finding]) -> list[dict[str, Any]]:
    """Tabulate critical masses for several targets, with the paper's sigmoid for comparison."""
    n, own = answers[0].facts.population.size, answers[0].facts.target
    table = []
    for answer in answers:
        if answer.curve is None:
            continue
        sigmoid = None
        try:
            if answer.measure not in STEERED:
                sigmoid = SigmoidCurve.fit(answer.outcomes)
        except (CriticalMassError, RuntimeError):  # too few shares, or no convergence
            pass
        for target in sorted({*TARGETS, own}):
            mass = answer.curve.critical_mass(target)
            simple = sigmoid.critical_mass(target) if sigmoid else None
            if simple and not (simple.reached and 0 < simple.alpha <= answer.curve.largest):
                simple = None
            table.append(
                {
                    "measure": answer.measure,
                    "target": target,
                    "own": target == own,
                    "mass": mass,
                    "people": mass.people(n),
                    "guess": mass.reached and mass.alpha > answer.largest[0].alpha,
                    "sigmoid": simple.people(n)[0] if simple else None,
                }
            )
    return table


def _assumptions(facts: Facts, rows: list[Row]) -> list[tuple[str, str]]:
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
            f"It trains on {n:,} records like these ({population.name}).",
            "On a platform of another size neither the share nor the head count is sure to be the "
            "same: theory speaks of shares, bags of words went by heads. Run a study of that size.",
        ),
        (
            "Members are drawn at random from all who may join, and every one does as agreed.",
            "Members who drop out or make mistakes do not count; people who are unlike the others "
            "may weigh more or less.",
        ),
    ]
    if any(m not in STEERED for m in facts.measures):
        listed += [
            (
                f"Success is measured on {population.test_size:,} other records from the same "
                f"source, {_measured_how(facts)}.",
                "Records that differ from these, or are marked in another way, may fare otherwise.",
            ),
            (
                "Success follows an S-shaped curve in the logarithm of the share, between a floor "
                "and a ceiling; trials scatter around it more than chance alone would have it.",
                "The ranges cover this scatter, and that the test records are a sample. They do "
                "not cover another platform, other data, or a firm that looks for the mark and "
                "removes it.",
            ),
        ]
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
                "How many records really changed is in the table beside it.",
            )
        )
    return listed


def _measured_how(facts: Facts) -> str:
    """Say in what state the test records are when success is measured."""
    plants = any(strategy.target_label for strategy in facts.strategies.values())
    erases = "erased" in facts.measures
    how = ["every one of them with the mark"] if plants else []
    if erases:
        how.append("as they are and without what is erased")
    return ", or ".join(how)
