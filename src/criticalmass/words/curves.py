"""A critical mass in a sentence, whatever curve it is of."""

from __future__ import annotations

from criticalmass.curves import CriticalMass
from criticalmass.messages import paragraph, say
from criticalmass.words.numbers import exact_percent, percent, probability
from criticalmass.words.unreached import unreached

SURE = 0.01
"""A probability that no collective is enough is told from here on."""


def mass_in_words(mass: CriticalMass) -> str:
    """Say how large a share of a population it takes, and how sure that is.

    Examples
    --------
    >>> print(mass_in_words(CriticalMass(0.9, 0.01, low=0.008, high=0.013, confidence=0.95)))
    It takes about 1.0% of the population to reach 90% (0.80% to 1.3%, with 95% probability).
    >>> print(mass_in_words(CriticalMass.at_most(0.9, 0.01)))
    At most 1.0% of the population is enough to reach 90%; less may be, too.
    """
    target = exact_percent(mass.target)
    if not mass.reached:
        return _unreached(mass, target)
    if mass.alpha == 0:
        return _nobody(mass, target)
    known = {"share": percent(mass.alpha), "target": target}
    if mass.low == mass.alpha == mass.high:
        return say("It takes {share} of the population to reach {target}.", **known)
    if mass.low == 0 and mass.high == mass.alpha:
        if mass.confidence == 1:
            return say(
                "At most {share} of the population is enough to reach {target}; less may be, too.",
                **known,
            )
        return say(
            "At most {share} of the population is enough to reach {target}, with {sure} "
            "probability; less may be, too.",
            sure=percent(mass.confidence),
            **known,
        )
    takes = say(
        "It takes about {share} of the population to reach {target} ({range}).",
        range=_span(mass),
        **known,
    )
    return paragraph(takes, _never(mass) if mass.never >= SURE else "")


def _nobody(mass: CriticalMass, target: str) -> str:
    """Say that no collective is needed, and how sure that is."""
    if mass.high == 0:
        return say("{target} is reached without a collective.", target=target)
    return say(
        "{target} is reached without a collective, more likely than not; it takes {range}.",
        target=target,
        range=_span(mass),
    )


def _unreached(mass: CriticalMass, target: str) -> str:
    known = {"target": target, "why": unreached(mass.reason)}
    if mass.never < 1:
        seems = say("It looks as if no collective reaches {target}: {why}.", **known)
        return paragraph(seems, _never(mass))
    if mass.low < 1:  # larger ones may reach it
        return say("{target} is guaranteed for no collective: {why}.", **known)
    return say("No collective reaches {target}: {why}.", **known)


def _never(mass: CriticalMass) -> str:
    return say(
        "With {probability} probability no collective reaches it.",
        probability=probability(mass.never),
    )


def _span(mass: CriticalMass) -> str:
    """Say the interval of a critical mass, and how sure it is."""
    if mass.high > 1:
        span = say("{low} or more", low=percent(mass.low))
    elif mass.low == 0:
        span = say("at most {high}", high=percent(mass.high))
    else:
        span = say("{low} to {high}", low=percent(mass.low), high=percent(mass.high))
    if mass.confidence == 1:
        return span
    return say("{range}, with {sure} probability", range=span, sure=percent(mass.confidence))
