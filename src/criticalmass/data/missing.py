"""Missing values: what counts as one, and how a population keeps them.

A cell is missing if it is empty in any library's sense (None, nan, NaT, pandas.NA, a null of polars
or Arrow) or a blank text. Kept, it is None in a column of texts and nan in a column of numbers, and
is a value of its own: equal to another missing value, and to nothing else.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Missing = Literal["refuse", "keep"]

ADVICE = 'fill it, leave them out, or say missing = "keep"'
"""What to do about missing values, as messages end."""

_HOLDING = (str, bytes, bytearray, dict, set, frozenset, list, tuple, np.ndarray)


def is_null(value: Any) -> bool:
    """Tell None, nan, NaT and the nulls of dataframe libraries from values.

    Examples
    --------
    >>> [is_null(value) for value in (None, float("nan"), np.datetime64("NaT"), "", 0)]
    [True, True, True, False, False]
    """
    if value is None or isinstance(value, _HOLDING):
        return value is None
    try:
        return bool(value != value)
    except (TypeError, ArithmeticError):  # pandas.NA, and Decimal("sNaN")
        return True


def is_missing(value: Any) -> bool:
    """Tell nulls and blank texts from values.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), " ", "None", 0)]
    [True, True, True, False, False]
    """
    return not value.strip() if isinstance(value, str) else is_null(value)


def missing_in(values: NDArray[Any], *, blank: bool = True) -> NDArray[np.bool_]:
    """Return which records of a column, or of an array of any shape, have a missing value.

    Parameters
    ----------
    values
        A column or an array, first axis the record.
    blank
        Whether a blank text is a missing value.

    Examples
    --------
    >>> missing_in(np.array(["a", " ", None], dtype=object)).tolist()
    [False, True, True]
    >>> missing_in(np.array([[1.0, 2.0], [np.nan, 3.0]])).tolist()
    [False, True]
    """
    if values.dtype == object:
        cells = values.tolist()
        gap = is_missing if blank else is_null
        try:  # a text may stand in many records
            different = set(cells)
        except TypeError:  # lists
            return np.fromiter(map(gap, cells), bool, len(cells))
        if set(map(type, different)) <= {str, type(None)}:  # as nearly always; it is faster
            gone = {text for text in different if text is None or (blank and not text.strip())}
        else:
            gone = {cell for cell in different if gap(cell)}
        if not gone:
            return np.zeros(len(cells), dtype=bool)
        return np.fromiter((cell in gone for cell in cells), bool, len(cells))
    if values.dtype.kind in "fc":
        each = np.isnan(values)
    elif values.dtype.kind in "mM":
        each = np.isnat(values)
    else:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(each.any(axis=tuple(range(1, each.ndim))))


def unequal(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """Compare values one by one; missing ones are equal to each other.

    Examples
    --------
    >>> unequal(np.array([np.nan, np.nan, 1.0]), np.array([np.nan, 1.0, 1.0])).tolist()
    [False, True, False]
    """
    different = np.asarray(one != other)
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        different &= ~(np.isnan(one) & np.isnan(other))
    return different


def with_gaps(values: NDArray[Any], gaps: NDArray[np.bool_]) -> NDArray[Any]:
    """Return a column in which some values are missing, as a population keeps them.

    Whole numbers become floats, truth values the texts ``True`` and ``False``.

    Examples
    --------
    >>> with_gaps(np.array([1, 2]), np.array([False, True])).tolist()
    [1.0, nan]
    >>> with_gaps(np.array([True, False]), np.array([False, True])).tolist()
    ['True', None]
    """
    if not gaps.any():
        return values
    if values.dtype.kind == "b":
        column = np.where(values, "True", "False").astype(object)
    else:
        column = values.astype(float) if values.dtype.kind in "iu" else values.copy()
    column[gaps] = None if column.dtype == object else np.nan
    return column
