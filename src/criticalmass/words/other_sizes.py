"""What studies of several sizes say of a platform of another one, in sentences."""

from __future__ import annotations

import math

from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.messages import paragraph, say
from criticalmass.studies.facts import Facts
from criticalmass.words.amounts import exactly
from criticalmass.words.numbers import heads, percent, quoted, records, times

FASTER = 1.1
"""From an exponent of so much on, sentences say that it grows faster than the platform."""


def there(numbers: LawNumbers) -> str:
    """Say how many people it takes there: both ranges, and what each takes for granted."""
    size, sure = records(numbers.to), percent(numbers.confidence)
    first = _between(numbers.union, numbers.to)
    second = _between(numbers.envelope, numbers.to)
    return paragraph(
        say(
            "With {size} it takes {range}, if the number of people goes on by one of two simple "
            "laws ({sure} range).",
            size=size,
            range=first,
            sure=sure,
        ),
        say(
            "Without such a law it takes {range}: all that this takes for granted is that the "
            "number does not fall with more records, and grows no faster than they do.",
            range=second,
        ),
        against_the_second(numbers),
    )


def against_the_second(numbers: LawNumbers) -> str:
    """Say where what was measured is what the range without a law takes to be impossible.

    An exponent a little off a share's, which is 1, is chance and says nothing.
    """
    b, last = numbers.exponent[0], numbers.people[-1][0]
    low, high = numbers.envelope
    if not (math.isfinite(b) and math.isfinite(last)):
        return ""
    power = b * math.log(numbers.to / max(numbers.sizes))
    there_by_power = min(math.exp(min(power, 50.0)) * last, numbers.to)
    if b > FASTER or (b > 1 and there_by_power > high):
        return say(
            "Measured, it grows faster than the platform, which the second range takes to be "
            "impossible: trust neither far beyond the sizes tried."
        )
    if b < 0 and there_by_power < low:
        return say(
            "Measured, it falls with more records, which the second range takes to be impossible: "
            "trust neither far beyond the sizes tried."
        )
    return ""


def grows(numbers: LawNumbers) -> str:
    """Say how the number of people grew between the measured sizes, and how sure that is."""
    b, low, high = (10**end if math.isfinite(end) else end for end in numbers.exponent)
    match SizeVerdict[numbers.verdict]:
        case SizeVerdict.HEADS:
            begin = say(
                "From {sizes} it is a number of people: it hardly grows there, and may grow "
                "faster farther out.",
                sizes=_sizes(numbers),
            )
        case SizeVerdict.SHARE if numbers.exponent[0] > FASTER:
            begin = say("From {sizes} it grows faster than the records.", sizes=_sizes(numbers))
        case SizeVerdict.SHARE:
            begin = say(
                "From {sizes} it is a share: it grows nearly as the records do.",
                sizes=_sizes(numbers),
            )
        case SizeVerdict.BETWEEN:
            begin = say(
                "From {sizes} it grows with the records, and slower than they do.",
                sizes=_sizes(numbers),
            )
        case _:
            begin = say(
                "The sizes do not settle whether it is a number of people or a share of them."
            )
    if not math.isfinite(low) or not math.isfinite(high):
        return begin
    if b < 1:
        return paragraph(
            begin,
            say(
                "Ten times as many records take no more people: between {low} and {high} times as "
                "many.",
                low=times(low),
                high=times(high),
            ),
        )
    return paragraph(
        begin,
        say(
            "At these sizes ten times as many records take {factor} times as many people, or "
            "between {low} and {high} times.",
            factor=times(b),
            low=times(low),
            high=times(high),
        ),
    )


def in_report(numbers: LawNumbers) -> str:
    """Say in a report of one size what is known of the platform's."""
    return paragraph(
        say(
            "With {size} it takes {range}, if the number of people goes on by one of two simple "
            "laws, and {other} without one. That comes from studies of {sizes}.",
            size=records(numbers.to),
            range=_between(numbers.union, numbers.to),
            other=_between(numbers.envelope, numbers.to),
            sizes=_sizes(numbers),
        ),
        against_the_second(numbers),
    )


def left_out(numbers: LawNumbers, facts: Facts, strategy: str) -> str:
    """Say in a report that a law is for another success than is wanted now, and what to do."""
    measure = facts.strategies[strategy].measures[0]
    wanted = exactly(facts.measure(measure), facts.target_of(measure))
    if numbers.target is None:
        return say(
            "What “criticalmass size” found is left out, because it was kept without the success "
            "that it is for: run it again."
        )
    if numbers.measure != measure:
        return say(
            "What “criticalmass size” found is left out, because it is for {before}, and {now} is "
            "asked for now: run it again.",
            before=quoted(numbers.measure),
            now=quoted(measure),
        )
    return say(
        "What “criticalmass size” found is left out, because it is for {before}, and {now} is "
        "wanted now: run it again.",
        before=exactly(facts.measure(measure), numbers.target),
        now=wanted,
    )


def _sizes(numbers: LawNumbers) -> str:
    return say(
        "{first} to {last}",
        first=f"{min(numbers.sizes):,}",
        last=records(max(numbers.sizes)),
    )


def _between(ends: tuple[float, float], size: int) -> str:
    """Say between which numbers of people it lies, rounded outwards to two digits."""
    low, high = _rounded(ends[0], up=False), ends[1]
    if math.isinf(high):
        return say("{low} or more, perhaps more than there are", low=heads(low))
    upper = min(_rounded(high, up=True), size)
    if low == upper:
        return heads(low)
    return say("between {low} and {people}", low=f"{low:,}", people=heads(upper))


def _rounded(people: float, *, up: bool) -> int:
    """Return a number of people with two digits that are known, at least one.

    Examples
    --------
    >>> [_rounded(x, up=up) for x in (0.2, 99.5, 1234.0) for up in (False, True)]
    [1, 1, 99, 100, 1200, 1300]
    """
    if people <= 1:
        return 1
    step = int(10 ** max(math.floor(math.log10(people) + 1e-12) - 1, 0))
    steps = people / step
    return step * (math.ceil(steps - 1e-9) if up else math.floor(steps + 1e-9))
