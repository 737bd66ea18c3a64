"""Amounts of success in words: percentages of records, or numbers in a measure's own unit."""

from __future__ import annotations

import math

from criticalmass.answers.finding import Finding
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.scale import SHARES
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
    return exactly(finding.judged_by, finding.wanted)


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
    if not finding.judged_by.is_real:
        return percent(value)
    return _with_unit(finding.judged_by, measured(value))


def beside(finding: Finding, success: float) -> str:
    """Write a success that was measured, never as if it were what is wanted unless it is."""
    value = finding.scale.value(success)
    if not finding.judged_by.is_real:
        return percent_beside(value, finding.wanted)
    return _with_unit(finding.judged_by, measured_beside(value, finding.wanted))


def enough(finding: Finding) -> str:
    """Write what is wanted with its direction: at least 90%, at most 3 places."""
    return f"{_bound(finding)} {wanted(finding)}"


def is_wanted(finding: Finding) -> str:
    """Write what is wanted beside what came: 90% is wanted, at most 3 places are."""
    if finding.scale == SHARES:
        return f"{wanted(finding)} is wanted"
    return f"{enough(finding)} is wanted"


def distance(finding: Finding, off: float) -> str:
    """Write how far success lies off a curve: 12 percentage points above."""
    above = "above" if (off > 0) != finding.judged_by.lower_is_better else "below"
    if not finding.judged_by.is_real:
        return f"{100 * abs(off):.0f} percentage points {above}"
    span = abs(finding.scale.one - finding.scale.zero)
    return f"{_with_unit(finding.judged_by, measured(span * abs(off)))} {above}"


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


def _bound(finding: Finding) -> str:
    return "at most" if finding.judged_by.lower_is_better else "at least"


def _with_unit(measure: MeasureFacts, written: str) -> str:
    return f"{written} {measure.unit}" if measure.unit else written
