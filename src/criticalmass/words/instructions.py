"""Instructions in sentences: what all members are told alike, and their organiser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from criticalmass.members.instructions import Instructions, Reason, agreed_on
from criticalmass.phrases import RECORDS
from criticalmass.strategies.words import (
    label_in_words,
    purpose_in_words,
    strategy_in_words,
    who_in_words,
)
from criticalmass.studies.files.handouts import Handouts
from criticalmass.words.numbers import day

BEFORE = (
    "Joining is voluntary: you may leave it, and nobody needs to know why.",
    "Check the platform's terms: whether you may change your record in this way is between you and "
    "the platform, and may have consequences for your account.",
    "From then on the platform has what stands here as yours: you may be listed, found and judged "
    "by it. If that would harm you, or says what must not be said, do not join.",
    "Keep your original. This page holds it; keep the page. If your record has changed since, ask "
    "your organiser for a new page.",
    "Change only your own record, and only as it says here.",
)
NO_HANDOUTS = Handouts()
"""What a study file without a section on them adds to members' pages."""
UNDO = (
    "Put back what this page shows as yours before the change. The platform's model may remember "
    "the change until it is trained anew."
)

_UNCHANGED = "Nothing of {your} record changes by what was agreed."
_TO_MEMBER = {
    Reason.DONE: "Your record already is as the collective wants it.",
    Reason.CANNOT: "Only {who} take part, and you do not.",
    Reason.DOES_NOT: "Only {who} change anything, and you do not.",
    Reason.AGREES: "Your label already is {label}.",
    Reason.UNCHANGED: _UNCHANGED,
}
_TO_ORGANISER = {
    Reason.DONE: "Has done their part.",
    Reason.CANNOT: "Only {who} take part.",
    Reason.DOES_NOT: "Only {who} change anything.",
    Reason.AGREES: "Their label already is {label}.",
    Reason.UNCHANGED: _UNCHANGED,
}
_OF_ANY = {
    Reason.CANNOT: "Not everybody may take part, and {you} may not.",
    Reason.DOES_NOT: _UNCHANGED,
    Reason.AGREES: _UNCHANGED,
}
"""What is true of a strategy that does not say who takes part, or which label they report."""


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
    before: tuple[str, ...] = BEFORE
    undo: str = UNDO


def told_to_all(instructions: Instructions, handouts: Handouts = NO_HANDOUTS) -> ToldToAll:
    """Return what all members are told alike, with what a study file adds to it."""
    study = instructions.joined.study
    agreed = agreed_on(study.strategies[instructions.strategy])
    records = RECORDS[study.population.kind]
    reasons = dict.fromkeys(one.reason for one in instructions.each if one.reason)
    return ToldToAll(
        title=study.name,
        does=strategy_in_words(agreed, records),
        why=purpose_in_words(agreed, records),
        nothing={reason: to_member(reason, instructions) for reason in reasons},
        together=_together(len(instructions.edit.members), len(instructions.done)),
        own=handouts.paragraphs,
        deadline=day(handouts.deadline) if handouts.deadline else "",
        contact=handouts.contact.strip(),
    )


def _together(people: int, done: int) -> str:
    """Say how many take part, and how many of them have done their part."""
    if people == 1:
        return "1 person takes part" + (", and has done their part." if done else ".")
    if not done:
        return f"{people:,} people take part."
    if done == people:
        return f"{people:,} people take part, and all have done their part."
    return (
        f"{people:,} people take part; {done:,} {'has' if done == 1 else 'have'} done their part."
    )


def to_member(reason: Reason, instructions: Instructions) -> str:
    """Say to a member why there is nothing to change."""
    return _said(_TO_MEMBER, instructions, reason, you="you", your="your")


def to_organiser(reason: Reason, instructions: Instructions) -> str:
    """Say to the organiser why a member has nothing to change."""
    return _said(_TO_ORGANISER, instructions, reason, you="they", your="their")


def _said(
    sentences: Mapping[Reason, str],
    instructions: Instructions,
    reason: Reason,
    *,
    you: str,
    your: str,
) -> str:
    """Say why somebody has nothing to change, in the strategy's own words where it has some."""
    agreed = agreed_on(instructions.joined.study.strategies[instructions.strategy])
    who, label = who_in_words(agreed), label_in_words(agreed, f"{your} record")
    lacks = {Reason.CANNOT: who, Reason.DOES_NOT: who, Reason.AGREES: label}.get(reason) == ""
    sentence = (_OF_ANY if lacks else sentences)[reason]
    return sentence.format(who=who, label=label, you=you, your=your)


def summary_of(instructions: Instructions) -> list[str]:
    """Say to the organiser how many act, how many have nothing to change, and why."""
    acting, done, everyone = (
        len(part) for part in (instructions.acting, instructions.done, instructions.each)
    )
    have = "has" if acting == 1 else "have"
    members = "1 member" if everyone == 1 else f"{everyone:,} members"
    did = f"{done:,} {'has' if done == 1 else 'have'} done their part, " if done else ""
    reasons = Counter(one.reason for one in instructions.each if one.reason and not one.done)
    return [
        f"{members}; {did}{acting:,} {have} something to change.",
        *(
            f"Nothing to change for {count:,}: {_lower(to_organiser(why, instructions))}"
            for why, count in reasons.items()
        ),
    ]


MEASURED_BY = "This measures what a model does that is trained with exactly these records:"


def to_measure(command: str) -> list[str]:
    """Say to the organiser which command measures these members; nothing where none does."""
    return [MEASURED_BY, command] if command else []


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
