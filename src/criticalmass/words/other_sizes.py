"""What studies of several sizes say of a platform of another one, in sentences."""

from __future__ import annotations

import math

from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.fitting.size_law import SizeVerdict
from criticalmass.messages import paragraph, say
from criticalmass.words.numbers import heads, percent, records, times


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
    )


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
    return say(
        "With {size} it takes {range}, if the number of people goes on by one of two simple laws, "
        "and {other} without one. That comes from studies of {sizes}.",
        size=records(numbers.to),
        range=_between(numbers.union, numbers.to),
        other=_between(numbers.envelope, numbers.to),
        sizes=_sizes(numbers),
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
