"""What every part promises: to be a frozen dataclass by which trials can be named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

from criticalmass.data.records import Features, rows_differ
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
    if fields(part):
        name = fields(part)[0].name
        try:
            setattr(part, name, getattr(part, name))
        except FrozenInstanceError:
            return
        raise AssertionError("must be a frozen dataclass")


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
