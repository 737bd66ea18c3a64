"""The line of a plan to act on: how many people, how many promises, and why that number."""

from __future__ import annotations

from criticalmass.members.aim import Aim, Basis
from criticalmass.messages import paragraph, say, say_count
from criticalmass.words.numbers import exact_percent


def act_on(aim: Aim) -> str:
    """Say in one line which number to act on, and why."""
    if aim.basis is Basis.NOBODY:
        return say(
            "Act on this: nobody needs to join, because the wanted success is there without you."
        )
    if aim.people is None:
        return say("Act on no number yet: {reason}", reason=_missing(aim.basis))
    if aim.basis is Basis.MEASURED:
        return say_count(
            "Act on this: all {n} of you, because a model trained with exactly your records gets "
            "there, whatever the study's trials say of others.",
            "Act on this: all {n} of you, because a model trained with exactly your records gets "
            "there, whatever the study's trials say of others.",
            aim.people,
        )
    line = say_count(
        "Act on this: {n} person must do their part; {have}.",
        "Act on this: {n} people must do their part; {have}.",
        aim.people,
        have=_have(aim),
    )
    if aim.pledge is not None:
        line = say_count(
            "Act on this: {n} person must do their part; {ask}; {have}.",
            "Act on this: {n} people must do their part; {ask}; {have}.",
            aim.people,
            ask=_ask(aim),
            have=_have(aim),
        )
    slips = ""
    if aim.slips:
        slips = say("Those who will slip, as the study says, are among them.")
    return paragraph(line, _why(aim), slips, _lost(aim))


def _ask(aim: Aim) -> str:
    """Say how many to ask for a promise."""
    assert aim.pledge is not None
    if aim.promises is None:
        return say(
            "ask all you can for a promise, because no number of promises makes it {sure} sure",
            sure=exact_percent(aim.pledge.sure),
        )
    return say_count("ask {n} for a promise", "ask {n} for a promise", aim.promises)


def _have(aim: Aim) -> str:
    """Say how many there are."""
    if not aim.have:
        return say("you have nobody who can act yet")
    if not aim.acted:
        return say_count("you have {n}", "you have {n}", aim.have)
    return say("you have {have}, of whom {acted} have acted", have=aim.have, acted=aim.acted)


def _why(aim: Aim) -> str:
    """Say why it is this number."""
    if aim.basis is Basis.EXACT:
        return say(
            "{people} is exact, because the study trains the best possible model: 95 of 100 groups "
            "of so many, drawn at random, get there.",
            people=f"{aim.people:,}",
        )
    if aim.guess:
        return say(
            "{people} is the upper end of the trials' range, because fewer may be too few; so many "
            "were not tried, so it is a guess.",
            people=f"{aim.people:,}",
        )
    return say(
        "{people} is the upper end of the trials' range, because fewer may be too few.",
        people=f"{aim.people:,}",
    )


def _lost(aim: Aim) -> str:
    """Say from where on more people do harm; nothing where they do not."""
    if aim.lost is None:
        return ""
    return say("Be fewer than {lost}: with so many it is lost again.", lost=aim.lost)


def _missing(basis: Basis) -> str:
    """Say why there is no number to act on, and what to do."""
    match basis:
        case Basis.UNLIKE:
            return say(
                "a model trained with exactly your records does less than the trials say of so "
                "many. Find out in what your records differ from those that the study drew."
            )
        case Basis.NOT_REACHED:
            return say(
                "no collective that was tried gets there. Try larger ones, or another strategy."
            )
        case Basis.ONLY_EVERYBODY:
            return say(
                "the trials do not say how many fewer than everybody are enough. Try larger "
                "collectives."
            )
        case Basis.LOST:
            return say(
                "success is lost again where more people join, perhaps before enough have. Try "
                "more sizes near the highest success."
            )
        case Basis.OPEN:
            return say("the trials' range has no upper end. Run more of them, with larger sizes.")
        case Basis.UNSETTLED:
            return say("the trials do not settle it. Run more of them, in more sizes.")
        case Basis.UNSEEN:
            return say(
                "the model that the study trains does not see the mark. Take a made-up word as the "
                "mark, or a model that reads such marks."
            )
        case Basis.NOTHING_CHANGED:
            return say(
                "hardly any member of the trials had anything to change. Look at who takes part, "
                "and at what the signal changes."
            )
        case _:
            return say("there are too few trials. Run more of them.")
