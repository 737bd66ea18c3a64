"""What every part promises: to be a frozen dataclass by which trials can be named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

from criticalmass.data.records import Features, rows_differ
from criticalmass.errors import harmless
from criticalmass.measures.measure import MeasureWords
from criticalmass.phrases import LONGEST, asked
from criticalmass.studies.identity.describe import describe


def check_part(part: Any) -> None:
    """Check what every part of a study promises.

    Examples
    --------
    >>> from criticalmass import LinearText
    >>> check_part(LinearText())
    """
    assert is_dataclass(part), "must be a dataclass"
    described = describe(part)  # raises if trials could not be named by it
    assert described == describe(part), "must be described in the same way each time"
    _check_words(part)
    if fields(part):
        name = fields(part)[0].name
        try:
            setattr(part, name, getattr(part, name))
        except FrozenInstanceError:
            return
        raise AssertionError("must be a frozen dataclass")


def _check_words(part: Any) -> None:
    """Check what a part says of itself, in its methods whose names end with ``in_words``."""
    for name in dir(type(part)):
        if name.startswith("_") or not name.endswith("in_words"):
            continue
        said = asked(part, name, records="records", record="it")
        if isinstance(said, MeasureWords):
            said = [said.does, said.legend, said.among]
        phrases = [said] if isinstance(said, str) else said
        assert isinstance(phrases, list | tuple), f"{name} must return a text"
        for phrase in phrases:
            assert isinstance(phrase, str), f"{name} must return a text, or a list of texts"
            assert phrase == harmless(phrase), f"{name} must keep to one line"
            assert len(phrase) <= 2 * LONGEST, f"{name} must be short"
        if isinstance(said, str):
            assert not said.endswith("."), f"{name} must return a phrase, not a sentence"


def refuses(function: Callable[[float], Any], value: float) -> bool:
    """Return whether a function refuses a value with a `ValueError`."""
    try:
        function(value)
    except ValueError:  # as `ParameterError` is
        return True
    return False


def same_records(one: Features, other: Features) -> bool:
    """Return whether two batches hold the same records; missing values are equal."""
    return one.shape == other.shape and not rows_differ(one, other).any()
