"""Success measures and records in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.known import NUMBERS
from criticalmass.words.numbers import number

RECORDS = {"texts": "texts", "table": "records", "array": "images"}


def does_in_words(measure: MeasureFacts, label: str, strategy: Mapping[str, Any]) -> str:
    """Say what a model does to a record that succeeds; a verb phrase without its object.

    Parameters
    ----------
    measure
        What is known of the success measure.
    label
        The target label, in quotation marks.
    strategy
        The strategy's description, which says what number is wanted.

    Examples
    --------
    >>> wanted = {"kind": "FeatureNumber", "target_value": 5.0, "tolerance": 0.5, "moved_by": -1.0}
    >>> does_in_words(MeasureFacts.named("within"), "", wanted)
    'predicts a number within 0.5 of 5 for'
    >>> does_in_words(MeasureFacts.named("moved"), "", wanted)
    'lowers its prediction by 1 or more for'
    """
    does = measure.words.about(label).does
    if measure.name not in NUMBERS:
        return does
    wanted = wanted_of(strategy)
    by = wanted.get("moved_by") or 0.0
    return does.format(
        near=f"within {number(wanted.get('tolerance') or 0.0)} of {number(wanted['target_value'])}",
        moves=f"{'raises' if by > 0 else 'lowers'} its prediction by {number(abs(by))} or more",
    )


def wanted_of(strategy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of what members agreed on, whatever some of them make of it."""
    return strategy["strategy"] if strategy.get("kind") == "Imperfect" else strategy
