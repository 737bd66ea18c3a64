"""Instructions in sentences: what all members are told alike, and their organiser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from criticalmass.members.instructions import Instructions, Reason, agreed_on
from criticalmass.messages import say, say_count
from criticalmass.phrases import RECORDS
from criticalmass.strategies import Recruits
from criticalmass.strategies.words import (
    label_in_words,
    purpose_in_words,
    strategy_in_words,
    who_in_words,
)
from criticalmass.studies.files.handouts import Handouts
from criticalmass.words.numbers import day, heads, members

NO_HANDOUTS = Handouts()
"""What a study file without a section on them adds to members' pages."""


def before_acting() -> tuple[str, ...]:
    """Return what members are to know before they change their record, a paragraph each."""
    return (
        say("Joining is voluntary: you may leave it, and nobody needs to know why."),
        say(
            "Check the platform's terms: whether you may change your record in this way is between "
            "you and the platform, and may have consequences for your account."
        ),
        say(
            "From then on the platform has what stands here as yours: you may be listed, found and "
            "judged by it. If that would harm you, or says what must not be said, do not join."
        ),
        say(
            "Keep your original. This page holds it; keep the page. If your record has changed "
            "since, ask your organiser for a new page."
        ),
        say("Change only your own record, and only as it says here."),
    )


def undoing() -> str:
    """Say how members undo what they changed."""
    return say(
        "Put back what this page shows as yours before the change. The platform's model may "
        "remember the change until it is trained anew."
    )


@dataclass(frozen=True)
class ToldToAll:
    """What all members are told alike.

    Parameters
    ----------
    title
        What the collective is called.
    does
        What members do; a verb phrase in the plural.
    why
        What that does, and why.
    nothing
        What those are told who have nothing to change, by the reason.
    together
        How many take part, and how many of them have done their part.
    own
        The collective's own words, a paragraph each.
    deadline
        The day until whose end they are to act; an empty text if there is none.
    contact
        Whom they may ask; an empty text if nobody is named.
    before
        What to know before doing it.
    undo
        How to undo it.
    """

    title: str
    does: str
    why: tuple[str, ...]
    nothing: Mapping[Reason, str]
    together: str
    own: tuple[str, ...] = ()
    deadline: str = ""
    contact: str = ""
    before: tuple[str, ...] = field(default_factory=before_acting)
    undo: str = field(default_factory=undoing)


def told_to_all(instructions: Instructions, handouts: Handouts = NO_HANDOUTS) -> ToldToAll:
    """Return what all members are told alike, with what a study file adds to it."""
    study = instructions.joined.study
    agreed, kind = _agreed(instructions), RECORDS[study.population.kind]
    reasons = dict.fromkeys(one.reason for one in instructions.each if one.reason)
    return ToldToAll(
        title=study.name,
        does=strategy_in_words(agreed, kind),
        why=purpose_in_words(agreed, kind),
        nothing={reason: to_member(reason, instructions) for reason in reasons},
        together=_together(len(instructions.edit.members), len(instructions.done)),
        own=handouts.paragraphs,
        deadline=day(handouts.deadline) if handouts.deadline else "",
        contact=handouts.contact.strip(),
    )


def _together(people: int, done: int) -> str:
    """Say how many take part, and how many of them have done their part."""
    if not done:
        return say_count("{n} person takes part.", "{n} people take part.", people)
    if done == people:
        return say_count(
            "{n} person takes part, and has done their part.",
            "{n} people take part, and all have done their part.",
            people,
        )
    return say_count(
        "{people} take part; {n} has done their part.",
        "{people} take part; {n} have done their part.",
        done,
        people=heads(people),
    )


def to_member(reason: Reason, instructions: Instructions) -> str:
    """Say to a member why there is nothing to change, in the strategy's own words if it has any."""
    agreed = _agreed(instructions)
    who, label = who_in_words(agreed), label_in_words(agreed, say("your record"))
    match reason:
        case Reason.DONE:
            return say("Your record already is as the collective wants it.")
        case Reason.CANNOT if who:
            return say("Only {who} take part, and you do not.", who=who)
        case Reason.CANNOT:
            return say("Not everybody may take part, and you may not.")
        case Reason.DOES_NOT if who:
            return say("Only {who} change anything, and you do not.", who=who)
        case Reason.AGREES if label:
            return say("Your label already is {label}.", label=label)
        case _:
            return say("Nothing of your record changes by what was agreed.")


def to_organiser(reason: Reason, instructions: Instructions) -> str:
    """Say to the organiser why a member has nothing to change."""
    agreed = _agreed(instructions)
    who, label = who_in_words(agreed), label_in_words(agreed, say("their record"))
    match reason:
        case Reason.DONE:
            return say("Has done their part.")
        case Reason.CANNOT if who:
            return say("Only {who} take part.", who=who)
        case Reason.CANNOT:
            return say("Not everybody may take part, and they may not.")
        case Reason.DOES_NOT if who:
            return say("Only {who} change anything.", who=who)
        case Reason.AGREES if label:
            return say("Their label already is {label}.", label=label)
        case _:
            return say("Nothing of their record changes by what was agreed.")


def _agreed(instructions: Instructions) -> Recruits:
    """Return what members agreed on."""
    return agreed_on(instructions.joined.study.strategies[instructions.strategy])


def summary_of(instructions: Instructions) -> list[str]:
    """Say to the organiser how many act, how many have nothing to change, and why."""
    acting, done, everyone = (
        len(part) for part in (instructions.acting, instructions.done, instructions.each)
    )
    reasons = Counter(one.reason for one in instructions.each if one.reason and not one.done)
    act = say_count(
        "{members}; {n} has something to change.",
        "{members}; {n} have something to change.",
        acting,
        members=members(everyone),
    )
    if done:
        act = say_count(
            "{members}; {n} has done their part, {acting} not yet.",
            "{members}; {n} have done their part, {acting} not yet.",
            done,
            members=members(everyone),
            acting=acting,
        )
    return [
        act,
        *relabelled(instructions),
        *(
            say_count(
                "Nothing to change for {n}: {why}",
                "Nothing to change for {n}: {why}",
                count,
                why=to_organiser(why, instructions),
            )
            for why, count in reasons.items()
        ),
    ]


def relabelled(instructions: Instructions) -> list[str]:
    """Say how many report another label; nothing where nobody has anything to change."""
    count = len(instructions.relabelled)
    if not instructions.acting:
        return []
    if not count:
        return [say("Nobody has to report another label than now.")]
    return [
        say_count(
            "{n} of those who act has to report another label than now.",
            "{n} of those who act have to report another label than now.",
            count,
        )
    ]


def to_measure(command: str) -> list[str]:
    """Say to the organiser which command measures these members; nothing where none does."""
    if not command:
        return []
    measures = say("This measures what a model does that is trained with exactly these records:")
    return [measures, command]
