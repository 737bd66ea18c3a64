"""A plan in sentences: where a collective stands, and what it rests on."""

from __future__ import annotations

import math

from criticalmass.answers.theory import Comparison
from criticalmass.members.plan import Plan, Standing
from criticalmass.words.finding import answer as answer_of_study
from criticalmass.words.finding import outcome
from criticalmass.words.joining import sentences
from criticalmass.words.numbers import (
    exact_percent,
    heads,
    percent,
    percent_beside,
    probability,
)
from criticalmass.words.theory import guaranteed


def answer(plan: Plan) -> str:
    """Say in a sentence where the collective stands."""
    target, standing = exact_percent(plan.finding.facts.target), plan.standing
    begin = f"You are {heads(plan.members)} of {plan.size:,} ({percent(plan.share)})"
    if standing is Standing.NOBODY_ACTS:
        why = next(one.reason for one in plan.instructions.each if one.reason)
        return f"{begin}, and none of you has anything to change: {why}"
    if standing is Standing.ASTRAY:
        assert plan.measured is not None
        enough = plan.measured >= plan.finding.facts.target
        verdict = f"that is enough for {target}" if enough else f"{target} is wanted"
        return (
            f"{begin}. A model trained with exactly your records "
            f"{outcome(plan.finding, percent_beside(plan.measured, plan.finding.facts.target))}; "
            f"{verdict}. That is not what the "
            "study's trials say of so many: your records are unlike those that it drew."
        )
    if standing is Standing.NOT_ENOUGH:
        return f"{begin}. There are not enough trials yet to say how many it takes."
    if standing is Standing.NOBODY_NEEDED:
        return f"{begin}. {answer_of_study(plan.finding)}"
    if standing is Standing.NOT_REACHED:
        return (
            f"{begin}. No collective that was tried reaches {target}, so nobody can say how many "
            "more it takes."
        )
    if standing is Standing.TOO_MANY:
        return f"{begin}, which is more than succeed. {answer_of_study(plan.finding)}"
    people, low, high = plan.lacking
    if standing is Standing.ENOUGH:
        sure = f": more likely than not; it may take up to {high:,} more" if high else ""
        return f"{begin}: enough for {target} by the study's trials{sure}."
    span = f"{low or 0:,} to {high:,}" if high is not None else f"at least {low or 0:,}"
    are = "is" if people == 1 else "are"
    return f"{begin}. About {people:,} more {are} needed for {target} ({span})."


def parts(plan: Plan) -> list[tuple[str, str]]:
    """Return what else there is to say: what each line is about, and the line."""
    found = [("Who acts", _who_acts(plan))]
    if plan.measured is not None:
        found.append(("Measured with exactly your records", _measured(plan, plan.measured)))
    found.append(("By the study's trials", _fitted(plan)))
    if plan.comparison:
        found.append(("Guaranteed", _guaranteed(plan, plan.comparison)))
        if plan.comparison.theory.exact:
            exact = percent(float(plan.comparison.theory.exact.success(plan.share)))
            sentence = (
                "Against the best possible model a cross-section of people of your number reaches "
                f"{exact}."
            )
            found.append(("Exact", sentence))
    if plan.paying:
        members = None if plan.astray or not plan.acting else plan.members
        found.append(("Does it pay to join?", " ".join(sentences(plan.paying, members))))
    return found


def lines(plan: Plan) -> list[str]:
    """Return `parts` as plain lines."""
    return [f"{about.rstrip('?')}: {line}" for about, line in parts(plan)]


def text(plan: Plan) -> str:
    """Return the plan for a terminal."""
    return "\n".join([answer(plan), "", *lines(plan)])


def _who_acts(plan: Plan) -> str:
    acting, everyone = plan.acting, len(plan.instructions.members)
    have = "has" if acting == 1 else "have"
    who = f"{acting:,} of your {everyone:,} members {have} something to change"
    if plan.members < everyone:
        who += f"; {everyone - plan.members:,} cannot take part, and are not counted"
    found = plan.instructions.joined.found
    added = f"{everyone - found:,}" if found < everyone else "none"
    return (
        f"{who}. {found:,} of your records equal one of the study's and stand for it; {added} "
        "were added."
    )


def _measured(plan: Plan, rate: float) -> str:
    target = plan.finding.facts.target
    enough = "that is enough" if rate >= target else f"{exact_percent(target)} is wanted"
    tested, floor = len(plan.instructions.joined.study.test), plan.finding.floor
    without = "" if floor is None else f", without a collective {percent(floor)}"
    measured = outcome(plan.finding, percent_beside(rate, target))
    return (
        f"A model trained with them {measured} ({tested:,} of them "
        f"tested){without}; {enough}. That is one training run, in which all of them act."
    )


def _fitted(plan: Plan) -> str:
    curve, mass, band = plan.finding.curve, plan.finding.mass, plan.band
    if curve is None or band is None:
        return "There are not enough trials yet."
    mean = percent(float(curve.success(plan.share)))
    found = [
        f"With so many people drawn at random the model {outcome(plan.finding, mean)} "
        f"({percent(band[0])} to {percent(band[1])})."
    ]
    if plan.standing is Standing.TOO_MANY:
        return "With so many people success is lost again: the curve does not go so far."
    if mass is not None and mass.alpha != 0:
        sure = probability(curve.probability(mass.target, plan.share))
        found.append(f"That it reaches the target with so many: {sure}.")
    tried = max((row.alpha for row in plan.finding.rows), default=0.0)
    least = min((row.alpha for row in plan.finding.rows if row.members), default=1.0)
    if plan.share > tried or plan.share < least:
        way = "more" if plan.share > tried else "fewer"
        found.append(f"That is {way} than were tried, so a guess.")
    if plan.astray:
        found.append("What was measured with exactly your records says otherwise: trust that more.")
    return " ".join(found)


def _guaranteed(plan: Plan, comparison: Comparison) -> str:
    if comparison.theory.bound is None:
        return guaranteed(comparison)
    sure, theorem = float(comparison.theory.bound.success(plan.share)), comparison.theory.theorem
    if sure == 0:
        return f"{theorem} guarantees nothing for so few. {guaranteed(comparison)}"
    other = "" if comparison.best_model else "; the one trained here is another"
    return (
        f"{theorem} guarantees {percent(math.floor(sure * 1000) / 1000)} with so many, if the "
        f"platform's model is the best possible one for its data{other}. {guaranteed(comparison)}"
    )
