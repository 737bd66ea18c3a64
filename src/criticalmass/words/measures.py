"""Success measures and records in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.known import NUMBERS
from criticalmass.messages import say
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
    moves = say("lowers its prediction by {number} or more", number=number(abs(by)))
    if by > 0:
        moves = say("raises its prediction by {number} or more", number=number(by))
    near = say(
        "within {tolerance} of {number}",
        tolerance=number(wanted.get("tolerance") or 0.0),
        number=number(wanted["target_value"]),
    )
    return does.format(near=near, moves=moves)


def wanted_of(strategy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of what members agreed on, whatever some of them make of it."""
    return strategy["strategy"] if strategy.get("kind") == "Imperfect" else strategy
