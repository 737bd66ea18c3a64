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
            upto=answer.fall.reached[1] if answer.fall and answer.fall.reached else 1.0,
        )
        for answer in answers
    ]
    if comparison is None:
        return lines
    theory = comparison.theory
    this = comparison.best_model or comparison.finding.steers
    if theory.bound:
        promise = "guaranteed" if this else "for the best possible model, not this one: at least"
        label = f"{promise} ({theory.theorem})"
        lines.append(Line(label, theory.bound, theory="bound", of_this_model=this))
    if theory.exact:
        model = "minimiser of the risk" if comparison.finding.steers else "best possible model"
        other = "" if this else ", not this one"
        label = f"exact, for the {model}{other}"
        lines.append(Line(label, theory.exact, theory="exact", of_this_model=this))
    return lines
