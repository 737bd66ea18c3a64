"""A strategy's curves as the lines of a figure: those that were fitted, and those computed."""

from __future__ import annotations

from criticalmass.answers.finding import Finding
from criticalmass.answers.theory import Comparison
from criticalmass.pages.figures.success import Line
from criticalmass.words.measures import MEASURES


def lines_of(answers: list[Finding], comparison: Comparison | None) -> list[Line]:
    """Return a strategy's curves for `success_figure`; the first answer's critical mass is marked.

    Parameters
    ----------
    answers
        What was found, by each measure of one strategy.
    comparison
        What theory says of it, if anything.
    """
    lines = [
        Line(
            f"{answer.measure}: {MEASURES[answer.measure][1]}",
            answer.curve,
            answer.outcomes,
            answer.mass if answer is answers[0] else None,
        )
        for answer in answers
    ]
    if comparison is None:
        return lines
    theory = comparison.theory
    if theory.bound:
        lines.append(Line(f"guaranteed: {theory.theorem}", theory.bound, theory="bound"))
    if theory.exact:
        model = "minimiser of the risk" if comparison.finding.steers else "best possible model"
        lines.append(Line(f"exact, for the {model}", theory.exact, theory="exact"))
    return lines
