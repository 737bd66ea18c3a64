"""Other collectives in sentences: who they are, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping

from criticalmass.answers.beside import OthersCost
from criticalmass.curves import CriticalMass, Unreached, Why
from criticalmass.messages import say
from criticalmass.words.numbers import exact_percent, heads, percent, quoted
from criticalmass.words.unreached import unreached


def who_else(known: Mapping[str, float], unknown: float) -> list[str]:
    """Say which other collectives act, a sentence each.

    Examples
    --------
    >>> print(*who_else({"say no": 0.03}, 0.05), sep="\\n")
    Beside it, 3.0% of everybody follow “say no”.
    Up to 5.0% of everybody act as well, and may do whatever harms it most.
    """
    sentences = [
        say(
            "Beside it, {share} of everybody follow {strategy}.",
            share=percent(share),
            strategy=quoted(name),
        )
        for name, share in known.items()
    ]
    if unknown:
        sentences.append(
            say(
                "Up to {share} of everybody act as well, and may do whatever harms it most.",
                share=percent(unknown),
            )
        )
    return sentences


def what_others_cost(cost: OthersCost, target: float) -> str:
    """Say what the others cost for a target.

    Examples
    --------
    >>> alone, beside = CriticalMass.exactly(0.9, 0.01), CriticalMass.exactly(0.9, 0.04)
    >>> what_others_cost(OthersCost(1000, alone, beside), 0.9)
    'For 90% the others cost 30 people: it takes 40 people (4.0%) beside them, ...'
    """
    values = {"target": exact_percent(target)}
    if not cost.alone.reached:
        if not cost.beside.reached:
            return say("No collective is sure of {target}, alone or beside the others.", **values)
        return say(
            "Only beside the others {target} is reached: with {beside}.",
            beside=_size(cost, cost.beside),
            **values,
        )
    values["alone"] = _size(cost, cost.alone)
    if not cost.beside.reached:
        return say(
            "Alone {alone} would do for {target}. Beside the others no number of people is sure of "
            "it, even if all the rest join: {reason}.",
            reason=_with_all_the_rest(cost.beside.reason),
            **values,
        )
    extra = cost.people or 0
    if not extra:
        return say(
            "For {target} the others cost nothing: it takes {alone}, alone or beside them "
            "(counted in shares, fractions of people: whole people drawn at random are usually "
            "more).",
            **values,
        )
    values |= {"beside": _size(cost, cost.beside), "extra": heads(abs(extra))}
    if extra < 0:
        return say(
            "For {target} the others save {extra}: it takes {beside} beside them, and {alone} "
            "alone (counted in shares, fractions of people: whole people drawn at random are "
            "usually more).",
            **values,
        )
    return say(
        "For {target} the others cost {extra}: it takes {beside} beside them, and {alone} alone "
        "(counted in shares, fractions of people: whole people drawn at random are usually "
        "more).",
        **values,
    )


def _with_all_the_rest(reason: Unreached | str) -> str:
    """Say why not even all who are not among the others are enough."""
    if isinstance(reason, Unreached) and reason.why is Why.WITH_EVERYBODY:
        return say("then success is {success}", success=percent(reason.numbers["everybody"]))
    return unreached(reason)


def _size(cost: OthersCost, mass: CriticalMass) -> str:
    """Write a critical mass in people and as a share."""
    people = cost.heads(mass)
    return say("{people} ({share})", people=heads(people), share=percent(people / cost.size))
