"""A plan in sentences: where a collective stands, and what it rests on."""

from __future__ import annotations

import math
from collections import Counter

from criticalmass.answers.theory import Comparison
from criticalmass.members.plan import Plan, Standing
from criticalmass.studies.trial import Row
from criticalmass.words.amounts import amount, beside, is_wanted, wanted
from criticalmass.words.finding import answer as answer_of_study
from criticalmass.words.finding import outcome
from criticalmass.words.instructions import to_organiser
from criticalmass.words.joining import sentences
from criticalmass.words.measures import RECORDS
from criticalmass.words.numbers import (
    heads,
    percent,
    probability,
)
from criticalmass.words.theory import guaranteed

SURE = 0.95
"""From this probability on, the plan says that they are enough, and not what else may be."""


def answer(plan: Plan) -> str:
    """Say to the organiser in a sentence or two where the collective stands."""
    target, standing = wanted(plan.finding), plan.standing
    begin = _who(plan)
    if standing is Standing.NOBODY_ACTS:
        reasons = Counter(one.reason for one in plan.instructions.each if one.reason)
        why = to_organiser(reasons.most_common(1)[0][0], plan.instructions)
        return f"{begin} None of them has anything to change: {why}"
    if standing is Standing.ASTRAY:
        assert plan.measured is not None
        enough = plan.measured >= plan.finding.target
        verdict = f"that is enough for {target}" if enough else is_wanted(plan.finding)
        return (
            f"{begin} A model trained with exactly their records "
            f"{outcome(plan.finding, beside(plan.finding, plan.measured))}; "
            f"{verdict}. That is not what the "
            "study's trials say of so many: these records are unlike those that it drew."
        )
    if standing is Standing.NOT_ENOUGH:
        return f"{begin} There are not enough trials yet to say how many it takes."
    if standing is Standing.NOBODY_NEEDED:
        return f"{begin} {answer_of_study(plan.finding)}"
    if standing is Standing.NOT_REACHED:
        return (
            f"{begin} No collective that was tried reaches {target}, so nobody can say how many "
            "more it takes."
        )
    if standing is Standing.TOO_MANY:
        return f"{begin} That is more than succeed. {answer_of_study(plan.finding)}"
    return f"{begin} {_verdict(plan, target)}"


def _who(plan: Plan) -> str:
    """Say how many they are, and how many of them the study's trials do not ask about."""
    are = "is" if plan.members == 1 else "are"
    many = "member" if plan.members == 1 else "members"
    begin = (
        f"Your {plan.members:,} {many} {are} {percent(plan.members / plan.size)} of {plan.size:,}."
    )
    inside = plan.instructions.inside
    if not inside:
        return begin
    who = "All of them have" if inside == plan.members else f"{inside:,} of them have"
    who = "It has" if inside == plan.members == 1 else who
    return (
        f"{begin} {who} done their part in the study's records already, so its trials say who is "
        "needed beside them."
    )


def _verdict(plan: Plan, target: str) -> str:
    """Say whether they are enough, or how many more it takes: one sentence, with how sure it is."""
    people, low, high = plan.lacking
    by = "on average over trainings, by the study's trials"
    if plan.measured is None:
        by += ", if they are like people drawn at random"
    sure = plan.probability
    if plan.standing is Standing.ENOUGH:
        if sure is None:
            return f"They are enough for {target}, {by}."
        if sure >= SURE or not high:
            return f"They are enough for {target} with {probability(sure)} probability, {by}."
        return (
            f"They may be enough for {target}, {by}: with {probability(sure)} probability they "
            f"are, else it takes up to {high:,} more."
        )
    span = f"{low or 0:,} to {high:,}" if high is not None else f"at least {low or 0:,}"
    are = "is" if people == 1 else "are"
    more = f"about {people:,} more {are} needed ({span})"
    if sure is None or sure <= 1 - SURE:
        return f"They are not enough for {target} yet, {by}: {more}."
    return (
        f"They may not be enough for {target} yet, {by}: {more}; with {probability(sure)} "
        "probability they are enough."
    )


def parts(plan: Plan) -> list[tuple[str, str]]:
    """Return what else there is to say: what each line is about, and the line."""
    found = [("Who acts", _who_acts(plan))]
    if plan.done and plan.acting:
        found.append(("So far", _so_far(plan)))
    if plan.measured is not None:
        found.append(("Measured with exactly their records", _measured(plan, plan.measured)))
    if plan.reached is not None and not math.isnan(plan.reached.otherwise):
        found.append(("Others", _others(plan, plan.reached)))
    found.append(("By the study's trials", _fitted(plan)))
    if plan.comparison:
        found.append(("Guaranteed", _guaranteed(plan, plan.comparison)))
        if plan.comparison.theory.exact and plan.beside:
            exact = percent(float(plan.comparison.theory.exact.success(plan.share)))
            sentence = (
                "Against the best possible model a cross-section of people of your number reaches "
                f"{exact}."
            )
            found.append(("Exact", sentence))
    if plan.paying:
        members = plan.beside if plan.acting or plan.done else None
        members = None if plan.astray else members
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
    of = f"{everyone:,} member" if everyone == 1 else f"{everyone:,} members"
    who = f"{acting:,} of your {of} {have} something to change"
    if plan.done:
        have = "has" if plan.done == 1 else "have"
        not_yet = f"{acting:,} not yet" if acting else "nobody is left to act"
        who = f"{plan.done:,} of your {of} {have} done their part, {not_yet}"
    if plan.members < everyone:
        who += f"; {everyone - plan.members:,} cannot take part, and are not counted"
    found = plan.instructions.joined.found
    added = f"{everyone - found:,}" if found < everyone else "none"
    was = "was" if everyone - found == 1 else "were"
    lie = "lies" if found == 1 else "lie"
    found_here = f"{found:,} of their records {lie} among the study's; {added} {was} added."
    differ = plan.instructions.joined.at.other_ids
    if differ:
        found_here += (
            f" Under {differ:,} of their ids the study's file holds other people's records, so "
            "they were found by their records, not by their ids."
        )
    return f"{who}. {found_here}"


def _so_far(plan: Plan) -> str:
    """Say what those reach who have done their part."""
    expected = plan.expected(plan.so_far)
    many = heads(plan.done)
    if expected is None:
        return f"{many}. There are not enough trials yet to say what they reach."
    have = "has" if plan.done == 1 else "have"
    guess = ", which do not fit these members, so take it for a guess" if plan.astray else ""
    return (
        f"With the {many} who {have} done their part the model "
        f"{outcome(plan.finding, beside(plan.finding, expected))}, by the "
        f"study's trials{guess}; what stands below is what all of them reach together."
    )


def _measured(plan: Plan, rate: float) -> str:
    tested, floor = len(plan.instructions.joined.study.judged), plan.finding.floor
    without = ""
    if floor is not None:
        without = f", in the study without a collective {amount(plan.finding, floor)}"
    measured = outcome(plan.finding, beside(plan.finding, rate))
    return (
        f"A model trained with them {measured} ({tested:,} of them "
        f"tested){without}. That is one training run, in which all of them act; others may give "
        "more or less."
    )


def _others(plan: Plan, reached: Row) -> str:
    """Say what these members do to everybody else."""
    records = RECORDS[plan.finding.facts.population.kind]
    which = records if plan.finding.steers else f"{records} without the mark"
    how = f"{percent(reached.otherwise)} of the test {which} otherwise than"
    if not reached.otherwise:
        how = f"all test {which} as"
    return f"That model answers {how} one that is trained on the study's records as they are."


def _fitted(plan: Plan) -> str:
    curve, band = plan.finding.curve, plan.band
    if plan.standing is Standing.TOO_MANY:
        return "With so many people success is lost again: the curve does not go so far."
    if not plan.beside and plan.finding.floor is not None:
        floor = beside(plan.finding, plan.finding.floor)
        return f"With nobody beside them the model {outcome(plan.finding, floor)}."
    if curve is None or band is None:
        return "There are not enough trials yet."
    mean = beside(plan.finding, float(curve.success(plan.share)))
    many = f"With {plan.beside:,} others" if plan.instructions.inside else "With so many people"
    found = [
        f"{many} drawn at random the model {outcome(plan.finding, mean)} "
        f"({amount(plan.finding, band[0])} to {amount(plan.finding, band[1])})."
    ]
    tried = max((row.alpha for row in plan.finding.rows), default=0.0)
    least = min((row.alpha for row in plan.finding.rows if row.members), default=1.0)
    if plan.share > tried or plan.share < least:
        way = "more" if plan.share > tried else "fewer"
        found.append(f"That is {way} than were tried, so a guess.")
    if plan.astray:
        found.append("What was measured with exactly their records says otherwise: trust that.")
    return " ".join(found)


def _guaranteed(plan: Plan, comparison: Comparison) -> str:
    if comparison.theory.bound is None or not plan.beside:
        return guaranteed(comparison)
    sure, theorem = float(comparison.theory.bound.success(plan.share)), comparison.theory.theorem
    if sure == 0:
        return f"{theorem} guarantees nothing for so few. {guaranteed(comparison)}"
    other = "" if comparison.best_model else "; the one trained here is another"
    return (
        f"{theorem} guarantees {percent(math.floor(sure * 1000) / 1000)} with so many, if the "
        f"platform's model is the best possible one for its data{other}. {guaranteed(comparison)}"
    )
