"""Instructions in sentences: what all members are told alike, and their organiser."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from criticalmass.members.instructions import Instructions, Reason, agreed_on
from criticalmass.strategies.strategy import Recruits
from criticalmass.studies.identity.describe import describe
from criticalmass.words.numbers import quoted
from criticalmass.words.strategies import purpose_in_words, strategy_in_words, suggested_label

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
UNDO = (
    "Put back what this page shows as yours before the change. The platform's model may remember "
    "the change until it is trained anew."
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
    before
        What to know before doing it.
    undo
        How to undo it.
    """

    title: str
    does: str
    why: tuple[str, ...]
    before: tuple[str, ...] = BEFORE
    undo: str = UNDO


def told_to_all(instructions: Instructions) -> ToldToAll:
    """Return what all members are told alike."""
    study = instructions.joined.study
    agreed = describe(agreed_on(study.strategies[instructions.strategy]))
    kind = study.population.kind
    return ToldToAll(
        study.name, strategy_in_words(agreed, kind), tuple(purpose_in_words(agreed, kind))
    )


def to_member(reason: Reason, instructions: Instructions) -> str:
    """Say to a member why there is nothing to change."""
    label = quoted(_agreed(instructions).target_label)
    if reason is Reason.AGREES:
        suggested = suggested_label(describe(_agreed(instructions)), "your record")
        return f"Your label already is {suggested}."
    return {
        Reason.DONE: "Your record already is as the collective wants it.",
        Reason.CANNOT: f"Only people who hold {label} take part, and you do not.",
        Reason.DOES_NOT: f"Only people who hold {label} change anything, and you do not.",
    }[reason]


def to_organiser(reason: Reason, instructions: Instructions) -> str:
    """Say to the organiser why a member has nothing to change."""
    label = quoted(_agreed(instructions).target_label)
    if reason is Reason.AGREES:
        suggested = suggested_label(describe(_agreed(instructions)), "their record")
        return f"Their label already is {suggested}."
    return {
        Reason.DONE: "Has done their part.",
        Reason.CANNOT: f"Only people who hold {label} take part.",
        Reason.DOES_NOT: f"Only people who hold {label} change anything.",
    }[reason]


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


def _agreed(instructions: Instructions) -> Recruits:
    return agreed_on(instructions.joined.study.strategies[instructions.strategy])


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
