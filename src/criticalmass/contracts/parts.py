"""What every part promises: to be a frozen dataclass by which trials can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

from criticalmass.data.records import Features, rows_differ
from criticalmass.errors import explain, harmless
from criticalmass.measures.measure import MeasureWords
from criticalmass.phrases import LONGEST, asked
from criticalmass.studies.identity.describe import describe


@contextmanager
def keeps(promise: str) -> Iterator[None]:
    """Raise `AssertionError` with a promise where a part fails instead of keeping it.

    Examples
    --------
    >>> with keeps("apply must mark a record"):
    ...     {}["word"]
    Traceback (most recent call last):
    AssertionError: apply must mark a record; it raised KeyError: 'word'
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, ValueError) and "read-only" in str(error):
            promise = f"{promise}, and change nothing that it is given"
        raise AssertionError(f"{promise}; it raised {explain(error)}") from error


def check_part(part: Any) -> None:
    """Check what every part of a study promises.

    Examples
    --------
    >>> from criticalmass import LinearText
    >>> check_part(LinearText())
    """
    assert not isinstance(part, type), "must be a part, as in Part(), and not its class"
    assert is_dataclass(part), "must be a dataclass"
    with keeps("its fields must be such that trials can be named by them"):
        described = describe(part)
        again = describe(part)
    assert described == again, "must be described in the same way each time"
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
        with keeps(f"{name} must say what the part is"):
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
    """Return whether a function refuses a value with a `ValueError`.

    Raises
    ------
    AssertionError
        If it raises something else.
    """
    with keeps(f"{value:g} must be answered, or refused with a ValueError"):
        try:
            function(value)
        except ValueError:  # as `ParameterError` is
            return True
    return False


def same_records(one: Features, other: Features) -> bool:
    """Return whether two batches hold the same records; missing values are equal."""
    return one.shape == other.shape and not rows_differ(one, other).any()
