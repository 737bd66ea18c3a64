"""Success measures and records in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from criticalmass.words.numbers import number

MEASURES = {
    "included": ("gives {label} to", "the target label is predicted"),
    "top1": ("ranks {label} first for", "the target label is ranked first"),
    "erased": ("predicts the same for", "the same is predicted with and without it"),
    "within": ("predicts a number {near} for", "the prediction is near enough"),
    "moved": ("{moves} for", "the mark moves the prediction enough"),
    "distance": ("goes", "how much of the way the model's weights go"),
    "utility": ("gives", "how much of the gain the model gives"),
}
"""By measure: what the model does to a record, and a legend."""
NUMBERS = ("within", "moved")
"""Measures that judge predicted numbers."""

RECORDS = {"texts": "texts", "table": "records", "array": "images"}


def does_in_words(measure: str, label: str, strategy: Mapping[str, Any]) -> str:
    """Say what a model does to a record that succeeds; a verb phrase without its object.

    Parameters
    ----------
    measure
        The success measure.
    label
        The target label, in quotation marks.
    strategy
        The strategy's description, which says what number is wanted.

    Examples
    --------
    >>> wanted = {"kind": "FeatureNumber", "target_value": 5.0, "tolerance": 0.5, "moved_by": -1.0}
    >>> does_in_words("within", "", wanted)
    'predicts a number within 0.5 of 5 for'
    >>> does_in_words("moved", "", wanted)
    'lowers its prediction by 1 or more for'
    """
    if measure not in NUMBERS:
        return MEASURES[measure][0].format(label=label)
    wanted = wanted_of(strategy)
    by = wanted.get("moved_by") or 0.0
    return MEASURES[measure][0].format(
        near=f"within {number(wanted.get('tolerance') or 0.0)} of {number(wanted['target_value'])}",
        moves=f"{'raises' if by > 0 else 'lowers'} its prediction by {number(abs(by))} or more",
    )


def wanted_of(strategy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of what members agreed on, whatever some of them make of it."""
    return strategy["strategy"] if strategy.get("kind") == "Imperfect" else strategy
