"""Amounts of success in words: percentages of records, or numbers in a measure's own unit."""

from __future__ import annotations

import math

from criticalmass.answers.finding import Finding
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.scale import SHARES
from criticalmass.messages import say, say_count
from criticalmass.words.numbers import (
    exact_percent,
    measured,
    measured_beside,
    number,
    percent,
    percent_beside,
)


def wanted(finding: Finding) -> str:
    """Write what is wanted, with all its digits: 90%, or 3 places."""
    return exactly(finding.measure_facts, finding.wanted)


def exactly(measure: MeasureFacts, value: float) -> str:
    """Write a value that somebody chose, in the measure's unit.

    Examples
    --------
    >>> exactly(MeasureFacts.named("top1"), 0.925)
    '92.5%'
    """
    return _with_unit(measure, number(value)) if measure.is_real else exact_percent(value)


def amount(finding: Finding, success: float) -> str:
    """Write a success that was measured."""
    value = finding.scale.value(success)
    if not finding.measure_facts.is_real:
        return percent(value)
    return _with_unit(finding.measure_facts, measured(value))


def beside(finding: Finding, success: float) -> str:
    """Write a success that was measured, never as if it were what is wanted unless it is."""
    value = finding.scale.value(success)
    if not finding.measure_facts.is_real:
        return percent_beside(value, finding.wanted)
    return _with_unit(finding.measure_facts, measured_beside(value, finding.wanted))


def enough(finding: Finding) -> str:
    """Write what is wanted with its direction: at least 90%, at most 3 places."""
    if finding.measure_facts.lower_is_better:
        return say("at most {amount}", amount=wanted(finding))
    return say("at least {amount}", amount=wanted(finding))


def is_wanted(finding: Finding) -> str:
    """Write what is wanted beside what came: 90% is wanted, at most 3 places are."""
    if finding.scale == SHARES:
        return say("{amount} is wanted", amount=wanted(finding))
    return say("{amount} is wanted", amount=enough(finding))


def distance(finding: Finding, off: float) -> str:
    """Write how far success lies off a curve: 12 percentage points."""
    if not finding.measure_facts.is_real:
        points = round(100 * abs(off))
        return say_count("{n} percentage point", "{n} percentage points", points)
    span = abs(finding.scale.one - finding.scale.zero)
    return _with_unit(finding.measure_facts, measured(span * abs(off)))


def rounded(value: float) -> str:
    """Write a value for a table, with three significant digits or decimals.

    Examples
    --------
    >>> [rounded(x) for x in (0.5, 12.3456, 1234.5, math.nan)]
    ['0.500', '12.3', '1,234', '–']
    """
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" if abs(value) <= 1 else measured(value)


def _with_unit(measure: MeasureFacts, written: str) -> str:
    return say("{number} {unit}", number=written, unit=measure.unit) if measure.unit else written
