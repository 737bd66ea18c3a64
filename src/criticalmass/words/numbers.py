"""Numbers in words: percentages, probabilities, heads; and quotation marks."""

from __future__ import annotations

import math
from datetime import date

from criticalmass.messages import say, say_count
from criticalmass.phrases import number as number
from criticalmass.phrases import percent as percent
from criticalmass.phrases import quoted as quoted


def percent_beside(share: float, target: float) -> str:
    """Write a share beside one that is wanted: never as if it were that, unless it is.

    Examples
    --------
    >>> [percent_beside(x, 0.9) for x in (0.8971, 0.89996, 0.9, 0.9004, 0.5)]
    ['89.7%', '89.996%', '90%', '90.04%', '50%']
    """
    written, scaled, digits = percent(share), 100 * share, 1
    while float(written[:-1]) == 100 * target and abs(share - target) > 1e-9:
        written = f"{scaled:.{digits}f}%"
        digits += 1
    return written


def exact_percent(share: float) -> str:
    """Write a share that somebody chose as a percentage, with all its digits.

    Examples
    --------
    >>> [exact_percent(x) for x in (0.9, 0.995, 0.925)]
    ['90%', '99.5%', '92.5%']
    """
    return f"{100 * share:.10g}%"


def probability(p: float) -> str:
    """Write a probability as a percentage, never rounding to certainty.

    Examples
    --------
    >>> [probability(p) for p in (0, 0.004, 0.3, 0.999)]
    ['less than 1%', 'less than 1%', '30%', 'more than 99%']
    """
    if p < 0.01:
        return say("less than 1%")
    return say("more than 99%") if p > 0.99 else f"{100 * p:.0f}%"


def times(factor: float) -> str:
    """Write a factor with two significant digits, or with more where two would say 1.

    Examples
    --------
    >>> [times(x) for x in (0, 0.0321, 0.996, 1, 1.004, 2.13, 13.4, 1234)]
    ['0', '0.032', '0.996', '1', '1.004', '2.1', '13', '1,200']
    """
    if factor in (0, 1) or math.isinf(factor):
        return f"{factor:g}"
    digits = 2
    while digits < 9 and float(f"{factor:.{digits}g}") == 1:
        digits += 1
    rounded = float(f"{factor:.{digits}g}")
    decimals = max(0, digits - 1 - math.floor(math.log10(rounded) + 1e-9))
    return f"{rounded:,.{decimals}f}"


def measured(value: float) -> str:
    """Write a number that was measured, with three significant digits.

    Examples
    --------
    >>> [measured(x) for x in (0, 0.49, 0.004567, 12.345, 12345.6)]
    ['0', '0.490', '0.00457', '12.3', '12,346']
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def measured_beside(value: float, wanted: float) -> str:
    """Write a number that was measured beside one that is wanted: never as if it were that.

    Examples
    --------
    >>> [measured_beside(x, 3.0) for x in (2.9996, 3.0, 3.2, 12345.0)]
    ['2.9996', '3.00', '3.20', '12,345']
    """
    written, digits = measured(value), 4
    while float(written.replace(",", "")) == wanted != value and digits < 16:
        written = f"{value:,.{digits}g}"
        digits += 1
    return written


def heads(people: int) -> str:
    """Write a head count with its noun.

    Examples
    --------
    >>> [heads(n) for n in (0, 1, 1000)]
    ['0 people', '1 person', '1,000 people']
    """
    return say_count("{n} person", "{n} people", people)


def records(size: int) -> str:
    """Write a number of records with its noun.

    Examples
    --------
    >>> [records(n) for n in (1, 1000)]
    ['1 record', '1,000 records']
    """
    return say_count("{n} record", "{n} records", size)


def members(people: int) -> str:
    """Write a number of members with its noun.

    Examples
    --------
    >>> [members(n) for n in (1, 1000)]
    ['1 member', '1,000 members']
    """
    return say_count("{n} member", "{n} members", people)


def day(when: date) -> str:
    """Write a day, wherever this runs, in the language at work.

    Examples
    --------
    >>> day(date(2026, 3, 1))
    '1 March 2026'
    """
    months = (
        say("January"),
        say("February"),
        say("March"),
        say("April"),
        say("May"),
        say("June"),
        say("July"),
        say("August"),
        say("September"),
        say("October"),
        say("November"),
        say("December"),
    )
    month, year = months[when.month - 1], str(when.year)
    return say("{day} {month} {year}", day=when.day, month=month, year=year)
