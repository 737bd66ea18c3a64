"""The pledge number in sentences: how many must promise, and what is possible with fewer."""

from __future__ import annotations

from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.messages import paragraph, say
from criticalmass.words.numbers import exact_percent, heads, percent, probability

LESS = (0.8, 0.5)
"""Probabilities that are told where the one that is wanted takes more people than could promise."""


def pledges(pledge: Pledge, size: int) -> str:
    """Say how many promises are enough, what that rests on, and which uncertainty costs most.

    Parameters
    ----------
    pledge
        How many are enough.
    size
        The number of people in the population that it is about: elsewhere it may be another.
    """
    if pledge.number is None:
        return paragraph(*_out_of_reach(pledge, size), kept(pledge.follow))
    if pledge.number == 0:
        return say("Nobody needs to promise anything.")
    enough = say(
        "If {people} out of {size} promise, enough of them act, with {sure} probability.",
        people=heads(pledge.number),
        size=size,
        sure=exact_percent(pledge.sure),
    )
    return paragraph(enough, kept(pledge.follow), _dearest(pledge))


def promised(pledge: Pledge, people: int) -> str:
    """Say how probable it is that so many who promise are enough."""
    return say(
        "With {people} who promise, the probability is {chance}.",
        people=heads(people),
        chance=probability(pledge.chance(people)),
    )


def kept(follow: FollowThrough) -> str:
    """Say how many of those who promise are expected to act, and why."""
    share = percent(follow.mean)
    if follow == FollowThrough():
        return say(
            "That takes for granted that about {share} of promises are kept, give or take a lot, "
            "because nothing is known of yours yet.",
            share=share,
        )
    return say(
        "That takes for granted that about {share} of promises are kept, by what is known of "
        "yours.",
        share=share,
    )


def _out_of_reach(pledge: Pledge, size: int) -> list[str]:
    """Say what is possible where no number of promises is enough as surely as wanted."""
    sure = exact_percent(pledge.sure)
    told = [
        say(
            "No number of promises is enough with {sure} probability in a population of {size}. If "
            "all {people} who could promise do, it is {possible}.",
            size=size,
            sure=sure,
            people=heads(pledge.most),
            possible=probability(pledge.possible),
        )
    ]
    if pledge.never > 1 - pledge.sure:
        told.append(
            say(
                "With {never} probability no collective is enough, however many promise.",
                never=probability(pledge.never),
            )
        )
    for less in LESS:
        number = pledge.for_chance(less)
        if number is not None:
            told.append(
                say(
                    "For a probability of {less} it takes {people} who promise.",
                    less=exact_percent(less),
                    people=heads(number),
                )
            )
    return told


def _dearest(pledge: Pledge) -> str:
    """Say which uncertainty costs most people, and what makes it smaller."""
    critical, follow = pledge.if_needed_were_known, pledge.if_follow_through_were_known
    if pledge.number is None or critical is None or follow is None:
        return ""
    if min(critical, follow) >= pledge.number:
        return ""
    if critical < follow:
        return say(
            "If you knew exactly how many must act, {people} would be enough: run more trials.",
            people=heads(critical),
        )
    return say(
        "If you knew exactly how many promises are kept, {people} would be enough: count how many "
        "of yours are.",
        people=heads(follow),
    )
