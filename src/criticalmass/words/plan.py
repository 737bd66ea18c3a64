"""A plan in sentences: where a collective stands, and what it rests on."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from criticalmass.answers.theory import Comparison
from criticalmass.incentives import Pledge
from criticalmass.members.aim import Basis, aim_of
from criticalmass.members.plan import Plan, Standing
from criticalmass.messages import paragraph, say, say_count
from criticalmass.studies.trial import Row
from criticalmass.theory import DrawnPeople
from criticalmass.words.aim import act_on
from criticalmass.words.amounts import amount, beside, is_wanted, wanted
from criticalmass.words.certificate import beside_a_theorem
from criticalmass.words.finding import answer as answer_of_study
from criticalmass.words.instructions import relabelled, to_organiser
from criticalmass.words.joining import sentences
from criticalmass.words.numbers import (
    heads,
    members,
    percent,
    probability,
)
from criticalmass.words.outcome import outcome
from criticalmass.words.pledging import pledges, promised
from criticalmass.words.records import tested, unmarked
from criticalmass.words.theory import exactly, guaranteed, placed

SURE = 0.95
"""From this probability on, the plan says that they are enough, and not what else may be."""


def answer(plan: Plan) -> str:
    """Say to the organiser in a sentence or two where the collective stands."""
    return paragraph(*_who(plan), *_stands(plan))


def _who(plan: Plan) -> list[str]:
    """Say how many they are, and how many of them the study's trials do not ask about."""
    found = [
        say_count(
            "Your {n} member is {share} of {size}.",
            "Your {n} members are {share} of {size}.",
            plan.members,
            share=percent(plan.members / plan.size),
            size=plan.size,
        )
    ]
    inside = plan.instructions.inside
    if inside == plan.members == 1:
        found.append(
            say(
                "It has done its part in the study's records already, so its trials say who is "
                "needed beside it."
            )
        )
    elif inside and inside == plan.members:
        found.append(
            say(
                "All of them have done their part in the study's records already, so its trials "
                "say who is needed beside them."
            )
        )
    elif inside:
        found.append(
            say_count(
                "{n} of them has done their part in the study's records already, so its trials say "
                "who is needed beside them.",
                "{n} of them have done their part in the study's records already, so its trials "
                "say who is needed beside them.",
                inside,
            )
        )
    return found


def _stands(plan: Plan) -> list[str]:
    """Say whether they are enough, or why nobody can say."""
    target = wanted(plan.finding)
    match plan.standing:
        case Standing.NOBODY_ACTS:
            reasons = Counter(one.reason for one in plan.instructions.each if one.reason)
            why = to_organiser(reasons.most_common(1)[0][0], plan.instructions)
            return [say("None of them has anything to change: {why}", why=why)]
        case Standing.ASTRAY:
            return _astray(plan, target)
        case Standing.NOT_ENOUGH if plan.finding.about.unseen:
            return [answer_of_study(plan.finding)]
        case Standing.NOT_ENOUGH:
            return [say("There are not enough trials yet to say how many it takes.")]
        case Standing.NOBODY_NEEDED:
            return [answer_of_study(plan.finding)]
        case Standing.NOT_REACHED:
            return [
                say(
                    "No collective that was tried reaches {target}, so nobody can say how many "
                    "more it takes.",
                    target=target,
                )
            ]
        case Standing.TOO_MANY:
            return [say("That is more than succeed."), answer_of_study(plan.finding)]
        case Standing.ENOUGH:
            return _enough(plan, target)
        case _:
            return _lacking(plan, target)


def _astray(plan: Plan, target: str) -> list[str]:
    """Say what was measured where it is not what the trials say."""
    assert plan.measured is not None
    values = {
        "outcome": outcome(plan.finding, beside(plan.finding, plan.measured)),
        "target": target,
    }
    measured = say(
        "A model trained with exactly their records {outcome}; {wanted}.",
        wanted=is_wanted(plan.finding),
        **values,
    )
    if plan.measured >= plan.finding.target:
        measured = say(
            "A model trained with exactly their records {outcome}; that is enough for {target}.",
            **values,
        )
    unlike = say(
        "The study's trials say more of so many, so nobody can say whether they are enough: these "
        "records may be unlike those that it drew, or another training may give more."
    )
    if plan.far:
        unlike = say(
            "That is not what the study's trials say of so many: these records are unlike those "
            "that it drew."
        )
    return [measured, unlike]


def _enough(plan: Plan, target: str) -> list[str]:
    """Say that they are enough, and how sure that is."""
    high, sure = plan.lacking[2], plan.probability
    if sure is None:
        enough = say(
            "They are enough for {target}, on average over trainings, by the study's trials.",
            target=target,
        )
    elif sure >= SURE or not high:
        enough = say(
            "They are enough for {target} with {sure} probability, on average over trainings, by "
            "the study's trials.",
            target=target,
            sure=probability(sure),
        )
    else:
        enough = say(
            "They may be enough for {target}, on average over trainings, by the study's trials: "
            "with {sure} probability they are, else it takes up to {high} more.",
            target=target,
            sure=probability(sure),
            high=high,
        )
    return [enough, _condition(plan)]


def _lacking(plan: Plan, target: str) -> list[str]:
    """Say how many more it takes, and how sure that is."""
    people, low, high = plan.lacking
    sure, span = plan.probability, say("at least {low}", low=low or 0)
    if high is not None:
        span = say("{low} to {high}", low=low or 0, high=high)
    if sure is None or sure <= 1 - SURE:
        more = say_count(
            "They are not enough for {target} yet, on average over trainings, by the study's "
            "trials: about {n} more is needed ({span}).",
            "They are not enough for {target} yet, on average over trainings, by the study's "
            "trials: about {n} more are needed ({span}).",
            people or 0,
            target=target,
            span=span,
        )
    else:
        more = say_count(
            "They may not be enough for {target} yet, on average over trainings, by the study's "
            "trials: about {n} more is needed ({span}); with {sure} probability they are enough.",
            "They may not be enough for {target} yet, on average over trainings, by the study's "
            "trials: about {n} more are needed ({span}); with {sure} probability they are enough.",
            people or 0,
            target=target,
            span=span,
            sure=probability(sure),
        )
    return [more, _condition(plan)]


def _condition(plan: Plan) -> str:
    """Say what a verdict takes for granted where these members were not measured."""
    if plan.measured is not None:
        return ""
    return say("That holds if they are like people drawn at random.")


class Part(NamedTuple):
    """One thing that a plan says: what it is about, what it is good for, and the line itself."""

    about: str
    use: str
    line: str


class Group(NamedTuple):
    """Things that a plan says about one question."""

    title: str
    parts: list[Part]


def groups(plan: Plan) -> list[Group]:
    """Return what else there is to say, by what it answers."""
    found = [
        Group(say("Your members"), _about_members(plan)),
        Group(say("How many it takes"), _about_numbers(plan)),
        Group(say("If the platform's model is the best possible one"), _without_trials(plan)),
    ]
    return [group for group in found if group.parts]


def parts(plan: Plan) -> list[tuple[str, str]]:
    """Return all of `groups` in one list: what each line is about, and the line."""
    return [(part.about, part.line) for group in groups(plan) for part in group.parts]


def _about_members(plan: Plan) -> list[Part]:
    """Say what these very members do."""
    found = [Part(say("Who acts"), say("whom to remind"), _who_acts(plan))]
    if plan.done and plan.acting:
        found.append(Part(say("So far"), say("what to expect today"), _so_far(plan)))
    if plan.measured is not None:
        found.append(
            Part(
                say("Measured with exactly their records"),
                say("whether the trials fit your members"),
                _measured(plan, plan.measured),
            )
        )
    if plan.reached is not None and not math.isnan(plan.reached.otherwise):
        found.append(
            Part(say("Others"), say("what everybody else notices"), _others(plan, plan.reached))
        )
    return found


def _about_numbers(plan: Plan) -> list[Part]:
    """Say what the trials say of such numbers, and what follows for promises and for joining."""
    found = [Part(say("By the study's trials"), say("what so many reach"), _fitted(plan))]
    pledge = aim_of(plan).pledge or (plan.pledge if plan.acting and not plan.astray else None)
    if pledge is not None:
        found.append(
            Part(say("Promises"), say("how many to ask, and why"), _promises(plan, pledge))
        )
    if plan.paying:
        now = plan.beside if plan.acting or plan.done else None
        now = None if plan.astray else now
        found.append(
            Part(
                say("Does it pay to join?"),
                say("from when on people join by themselves"),
                paragraph(*sentences(plan.paying, now)),
            )
        )
    return found


def _without_trials(plan: Plan) -> list[Part]:
    """Say what is exact, and what is guaranteed."""
    found = []
    if plan.comparison:
        if exact := _exact(plan, plan.comparison):
            found.append(Part(say("Exact"), say("to check the trials by"), exact))
        found.append(
            Part(
                say("Guaranteed"),
                say("what theory promises of everybody's records"),
                _guaranteed(plan, plan.comparison),
            )
        )
    if group := for_your_group(plan):
        found.append(
            Part(
                say("Guaranteed for your group"),
                say("what your own records prove, whatever everybody else's are"),
                group,
            )
        )
    return found


def for_your_group(plan: Plan) -> str:
    """Say what the members' own records guarantee; nothing where nothing can be certified."""
    if plan.certified is None:
        return ""
    theorem = plan.comparison.theory.theorem if plan.comparison else ""
    return beside_a_theorem(plan.certified, theorem)


def lines(plan: Plan) -> list[str]:
    """Return `groups` as plain lines, each group with its title."""
    found: list[str] = []
    for group in groups(plan):
        found += ["", group.title]
        found += [
            say(
                "{about} ({use}): {line}",
                about=part.about.rstrip("?"),
                use=part.use,
                line=part.line,
            )
            for part in group.parts
        ]
    return found


def beside_instructions(plan: Plan) -> list[str]:
    """Return the plan for whoever hands out instructions, and has read who acts."""
    _, *others = parts(plan)
    return [
        act_on(aim_of(plan)),
        answer(plan),
        *(say("{about}: {line}", about=about.rstrip("?"), line=line) for about, line in others),
    ]


def text(plan: Plan) -> str:
    """Return the plan for a terminal: the line to act on, where they stand, and all else."""
    return "\n".join([act_on(aim_of(plan)), answer(plan), *lines(plan)])


def caption(plan: Plan) -> str:
    """Say what the figure shows, to somebody who has never seen one."""
    members_line = say("Green line: your members.")
    if plan.instructions.inside:
        members_line = say(
            "Green line: your members, but for those who have done their part in the study's "
            "records already."
        )
    diamond, strip, mass = "", "", plan.finding.mass
    if plan.reached:
        diamond = say("Diamond: what a model trained with exactly their records gave.")
    if mass is not None and mass.reached and mass.alpha > 0:
        strip = say(
            "Vertical blue line and strip: the number of people that reaches the wanted success, "
            "and its range."
        )
        if aim_of(plan).basis is Basis.TRIALS:
            strip = say(
                "Vertical blue line and strip: the number of people that reaches the wanted "
                "success, and its range; its right end is the number to act on."
            )
    dots = say(
        "Each dot is one training run of the study; coloured line: the fitted curve with its 95% "
        "band."
    )
    return paragraph(members_line, diamond, dots, strip)


def _who_acts(plan: Plan) -> str:
    """Say how many have something to change, and how many were found in the study's file."""
    everyone, joined = len(plan.instructions.members), plan.instructions.joined
    found = [_acting(plan, everyone), *relabelled(plan.instructions)]
    if plan.members < everyone:
        found.append(
            say_count(
                "{n} cannot take part, and is not counted.",
                "{n} cannot take part, and are not counted.",
                everyone - plan.members,
            )
        )
    found += _among_the_study(joined.found, everyone - joined.found)
    if joined.at.other_ids:
        found.append(
            say_count(
                "Under {n} of their ids the study's file holds another person's record, so they "
                "were found by their records, not by their ids.",
                "Under {n} of their ids the study's file holds other people's records, so they "
                "were found by their records, not by their ids.",
                joined.at.other_ids,
            )
        )
    return paragraph(*found)


def _acting(plan: Plan, everyone: int) -> str:
    """Say how many have done their part, and how many have something to change."""
    your = members(everyone)
    if not plan.done:
        return say_count(
            "{n} of your {members} has something to change.",
            "{n} of your {members} have something to change.",
            plan.acting,
            members=your,
        )
    if not plan.acting:
        return say_count(
            "{n} of your {members} has done their part, nobody is left to act.",
            "{n} of your {members} have done their part, nobody is left to act.",
            plan.done,
            members=your,
        )
    return say_count(
        "{n} of your {members} has done their part, {acting} not yet.",
        "{n} of your {members} have done their part, {acting} not yet.",
        plan.done,
        members=your,
        acting=plan.acting,
    )


def _among_the_study(found: int, added: int) -> list[str]:
    """Say how many records lie among the study's, and how many had to be added."""
    lie = say_count(
        "{n} of their records is in the study's file.",
        "{n} of their records are in the study's file.",
        found,
    )
    if not added:
        return [lie, say("No record had to be added.")]
    return [lie, say_count("{n} record was added.", "{n} records were added.", added)]


def _so_far(plan: Plan) -> str:
    """Say what those reach who have done their part."""
    expected = plan.expected(plan.so_far)
    if expected is None:
        return say(
            "{people}. There are not enough trials yet to say what they reach.",
            people=heads(plan.done),
        )
    model = outcome(plan.finding, beside(plan.finding, expected))
    if plan.astray:
        return say_count(
            "With the {n} person who has done their part the model {outcome}, by the study's "
            "trials, which do not fit these members, so take it for a guess; what stands below is "
            "what all of them reach together.",
            "With the {n} people who have done their part the model {outcome}, by the study's "
            "trials, which do not fit these members, so take it for a guess; what stands below is "
            "what all of them reach together.",
            plan.done,
            outcome=model,
        )
    return say_count(
        "With the {n} person who has done their part the model {outcome}, by the study's trials; "
        "what stands below is what all of them reach together.",
        "With the {n} people who have done their part the model {outcome}, by the study's trials; "
        "what stands below is what all of them reach together.",
        plan.done,
        outcome=model,
    )


def _measured(plan: Plan, rate: float) -> str:
    """Say what a model does that was trained with exactly these records."""
    floor, tested = plan.finding.floor, len(plan.instructions.joined.study.judged)
    model = say(
        "A model that is trained with them {outcome} ({tested} were tested).",
        outcome=outcome(plan.finding, beside(plan.finding, rate)),
        tested=tested,
    )
    if floor is not None:
        model = say(
            "A model that is trained with them {outcome} ({tested} were tested). Without a "
            "collective it is {floor}.",
            outcome=outcome(plan.finding, beside(plan.finding, rate)),
            tested=tested,
            floor=amount(plan.finding, floor),
        )
    return paragraph(
        model,
        say("That is one training, in which all of them act; another may give more or less."),
    )


def _others(plan: Plan, reached: Row) -> str:
    """Say what these members do to everybody else."""
    population = plan.finding.facts.population
    asked = tested(population) if plan.finding.steers else unmarked(population)
    if not reached.otherwise:
        return say(
            "That model answers all {records} as it would without your members.",
            records=asked,
        )
    return say(
        "That model answers {share} of the {records} otherwise than it would without your members.",
        share=percent(reached.otherwise),
        records=asked,
    )


def _fitted(plan: Plan) -> str:
    """Say what the study's trials say of so many people."""
    curve, band, finding = plan.finding.curve, plan.band, plan.finding
    if plan.standing is Standing.TOO_MANY:
        return say("With so many people success is lost again: the curve does not go so far.")
    if not plan.beside and finding.floor is not None:
        floor = beside(plan.finding, finding.floor)
        return say("With nobody beside them the model {outcome}.", outcome=outcome(finding, floor))
    if finding.about.unseen:
        return say("They say nothing of a mark that the model does not see.")
    if curve is None or band is None:
        return say("There are not enough trials yet.")
    mean = beside(plan.finding, float(curve.success(plan.share)))
    values = {
        "outcome": outcome(finding, mean),
        "low": amount(finding, band[0]),
        "high": amount(finding, band[1]),
    }
    reach = say_count(
        "With {n} person drawn at random the model {outcome} ({low} to {high}).",
        "With {n} people drawn at random the model {outcome} ({low} to {high}).",
        plan.beside,
        **values,
    )
    if plan.instructions.inside:
        reach = say_count(
            "With {n} other drawn at random the model {outcome} ({low} to {high}).",
            "With {n} others drawn at random the model {outcome} ({low} to {high}).",
            plan.beside,
            **values,
        )
    guess = ""
    if plan.share > max((row.alpha for row in finding.rows), default=0.0):
        guess = say("That is more than were tried, so a guess.")
    elif plan.share < min((row.alpha for row in finding.rows if row.members), default=1.0):
        guess = say("That is fewer than were tried, so a guess.")
    astray = ""
    if plan.astray:
        astray = say("What was measured with exactly their records says otherwise: trust that.")
    return paragraph(reach, guess, astray)


def _promises(plan: Plan, pledge: Pledge) -> str:
    """Say how many must promise, and how sure it is with these members."""
    if not pledge.number or not plan.beside:
        return pledges(pledge, plan.size)
    return paragraph(pledges(pledge, plan.size), promised(pledge, plan.beside))


def _exact(plan: Plan, comparison: Comparison) -> str:
    """Say what so many people reach against the best possible model; nothing where nobody knows."""
    if not plan.beside:
        return ""
    people, exact = comparison.theory.people, comparison.theory.exact
    share = percent(float(exact.success(plan.share))) if exact else ""
    if isinstance(people, DrawnPeople):
        section = ""
        if exact:
            section = say(
                "A cross-section of everybody, as large as your group, would reach {exact}.",
                exact=share,
            )
        return paragraph(_so_many(plan, people), section, exactly(comparison))
    if exact:
        section = say(
            "Against the best possible model a cross-section of people of your number reaches "
            "{exact}.",
            exact=share,
        )
        return paragraph(section, placed(comparison))
    return ""


def _so_many(plan: Plan, curve: DrawnPeople) -> str:
    """Say what so many whole people reach."""
    values = {
        "mean": percent(float(curve.success(plan.share))),
        "least": percent(math.floor(float(curve.floor(plan.share)) * 1000) / 1000),
        "sure": percent(curve.confidence),
    }
    if curve.from_below:
        return say(
            "Against the best possible model so many people, drawn at random, reach {mean} or more "
            "on average, and {least} or more with {sure} confidence.",
            **values,
        )
    return say(
        "Against the best possible model so many people, drawn at random, reach about {mean} on "
        "average, and {least} or more with {sure} confidence.",
        **values,
    )


def _guaranteed(plan: Plan, comparison: Comparison) -> str:
    """Say what the theorem guarantees so many people, and in general."""
    if comparison.theory.bound is None or not plan.beside:
        return guaranteed(comparison)
    sure, theorem = float(comparison.theory.bound.success(plan.share)), comparison.theory.theorem
    if sure == 0:
        nothing = say("{theorem} guarantees nothing for so few.", theorem=theorem)
        return paragraph(nothing, guaranteed(comparison))
    values = {
        "people": heads(plan.beside),
        "theorem": theorem,
        "sure": percent(math.floor(sure * 1000) / 1000),
    }
    promise = say(
        "With {people} {theorem} guarantees {sure}, if the platform's model is the best possible "
        "one for its data; the one trained here is another.",
        **values,
    )
    if comparison.best_model:
        promise = say(
            "With {people} {theorem} guarantees {sure}, if the platform's model is the best "
            "possible one for its data.",
            **values,
        )
    return paragraph(promise, guaranteed(comparison))
