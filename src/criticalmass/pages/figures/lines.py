"""A strategy's curves as the lines of a figure: those that were fitted, and those computed."""

from __future__ import annotations

from criticalmass.answers.finding import Finding
from criticalmass.answers.theory import Comparison
from criticalmass.measures.scale import SHARES
from criticalmass.messages import say
from criticalmass.pages.figures.success import Line
from criticalmass.words.outcome import axis, legend


def by_unit(answers: list[Finding]) -> list[list[Finding]]:
    """Return what goes into one figure: all shares that rise, and every other measure by itself."""
    shares = [answer for answer in answers if answer.scale == SHARES]
    alone = [[answer] for answer in answers if answer.scale != SHARES]
    together = [shares, *alone] if shares else alone
    return sorted(together, key=lambda group: answers.index(group[0]))


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
            legend(answer).replace("$", r"\$"),  # no formula
            answer.curve,
            answer.outcomes,
            answer.mass if answer is answers[0] else None,
            upto=answer.fall.reached[1] if answer.fall and answer.fall.reached else 1.0,
            success=axis(answer).replace("$", r"\$"),
        )
        for answer in answers
    ]
    if comparison is None:
        return lines
    theory = comparison.theory
    this = comparison.best_model or comparison.finding.steers
    if theory.bound:
        label = say("guaranteed ({theorem})", theorem=theory.theorem)
        if not this:
            label = say(
                "for the best possible model, not this one: at least ({theorem})",
                theorem=theory.theorem,
            )
        lines.append(Line(label, theory.bound, theory="bound", of_this_model=this))
    if theory.people:
        label = say("exact for whole people, for the best possible model, not this one")
        if this:
            label = say("exact for whole people, for the best possible model")
        if theory.people.from_below:
            label = say("whole people, at least, for the best possible model, not this one")
            if this:
                label = say("whole people, at least, for the best possible model")
        lines.append(Line(label, theory.people, theory="exact", of_this_model=this))
        label = say("the same in the limit of many people (in shares)")
        if theory.exact:
            lines.append(Line(label, theory.exact, theory="limit", of_this_model=this))
    elif theory.exact:
        label = say("exact, for the best possible model, not this one")
        if this:
            label = say("exact, for the best possible model")
        if comparison.finding.steers:
            label = say("exact, for the minimiser of the risk")
        lines.append(Line(label, theory.exact, theory="exact", of_this_model=this))
    return lines
