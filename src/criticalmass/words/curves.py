"""A critical mass in a sentence, whatever curve it is of."""

from __future__ import annotations

from criticalmass.curves import CriticalMass
from criticalmass.words.numbers import exact_percent, percent, probability

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
        begin = f"{target} is reached without a collective"
        if mass.high == 0:
            return f"{begin}."
        return f"{begin}, more likely than not; it takes {_span(mass)}."
    share = f"{percent(mass.alpha)} of the population"
    if mass.low == mass.alpha == mass.high:
        return f"It takes {share} to reach {target}."
    if mass.low == 0 and mass.high == mass.alpha:
        sure = "" if mass.confidence == 1 else f", with {percent(mass.confidence)} probability"
        return f"At most {share} is enough to reach {target}{sure}; less may be, too."
    never = f" {_never(mass)}" if mass.never >= SURE else ""
    return f"It takes about {share} to reach {target} ({_span(mass)}).{never}"


def _unreached(mass: CriticalMass, target: str) -> str:
    if mass.never < 1:
        return f"It looks as if no collective reaches {target}: {mass.reason}. {_never(mass)}"
    if mass.low < 1:  # larger ones may reach it
        return f"{target} is guaranteed for no collective: {mass.reason}."
    return f"No collective reaches {target}: {mass.reason}."


def _never(mass: CriticalMass) -> str:
    return f"With {probability(mass.never)} probability no collective reaches it."


def _span(mass: CriticalMass) -> str:
    """Say the interval of a critical mass, and how sure it is."""
    if mass.high > 1:
        span = f"{percent(mass.low)} or more"
    elif mass.low == 0:
        span = f"at most {percent(mass.high)}"
    else:
        span = f"{percent(mass.low)} to {percent(mass.high)}"
    return span if mass.confidence == 1 else f"{span}, with {percent(mass.confidence)} probability"
