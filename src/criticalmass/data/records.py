"""The form of records: one numpy array for features of every kind, a boolean matrix for labels.

The first axis is always the record. Texts are an object array of strings, a table is a structured
array (one field for each column), images or vectors are a numeric array. Signals, edits and
learners therefore share one way to take rows and to replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.missing import ADVICE, Missing, is_missing, missing_in, unequal, with_gaps
from criticalmass.errors import DataError

Features = NDArray[Any]
"""Features of records, whose first axis is the record: texts in an object array, a table in a
structured array, images in an array of numbers."""
Kind = Literal["texts", "table", "array"]


def kind_of(features: Features) -> Kind:
    """Return which kind of features an array holds: ``"texts"``, ``"table"`` or ``"array"``."""
    if features.dtype.names is not None:
        return "table"
    return "texts" if features.dtype == object else "array"


def table_of(columns: Mapping[str, NDArray[Any]]) -> Features:
    """Return columns of equal length as one structured array.

    Examples
    --------
    >>> table_of({"age": np.array([30, 41]), "job": np.array(["cook", None], object)}).tolist()
    [(30, 'cook'), (41, None)]
    """
    n = len(next(iter(columns.values())))
    table = np.empty(n, dtype=[(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        table[name] = values
    return table


def numbered(*batches: Features) -> list[NDArray[np.intp]]:
    """Return numbers for the records of several batches; equal records have equal numbers.

    Examples
    --------
    >>> [n.tolist() for n in numbered(np.array(["b", "a"], object), np.array(["a", "c"], object))]
    [[1, 0], [0, 2]]
    """
    together = np.concatenate(batches)
    if together.dtype.names is not None:
        columns = [together[name] for name in together.dtype.names]
    elif together.dtype == object:
        columns = [together]
    else:
        columns = list(together.reshape(len(together), -1).T)
    numbers, count = np.zeros(len(together), dtype=np.int64), 1
    for column in columns:
        codes, size = _codes(column)
        if count * size >= 2**62:  # the pairs could not be told apart: number them anew first
            numbers, count = _codes(numbers)
        numbers, count = numbers * size + codes, count * size
    ends = np.cumsum([len(batch) for batch in batches])[:-1]
    return np.split(np.unique(numbers, return_inverse=True)[1].astype(np.intp), ends)


def rows_differ(old: Features, new: Features) -> NDArray[Any]:
    """Return which records of two batches differ; missing values are equal to each other."""
    if old.dtype.names is not None:
        columns = [unequal(old[name], new[name]) for name in old.dtype.names]
        return np.asarray(np.logical_or.reduce(columns))
    different = unequal(old, new)
    return np.asarray(different.any(axis=tuple(range(1, different.ndim))))


def _codes(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Return numbers for a column's values in order, missing ones last, and how many differ."""
    if values.dtype == object:
        different = sorted(set(values), key=lambda value: (value is None, str(value)))
        code_of = {value: code for code, value in enumerate(different)}
        codes = np.fromiter(map(code_of.__getitem__, values), dtype=np.int64, count=len(values))
        return codes, max(1, len(code_of))
    distinct, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64), max(1, len(distinct))


def checked(features: Features, name: str, missing: Missing = "refuse") -> Features:
    """Return features as a population keeps them; missing values are refused or kept.

    Raises
    ------
    DataError
        At the first empty text, value that is no text, or missing value that is refused.
    """
    if kind_of(features) == "texts":
        for row, text in enumerate(features):
            if not isinstance(text, str):
                came = "missing" if is_missing(text) else f"{type(text).__name__}, not a text"
                raise DataError(f"{name}: record {row} is {came}; leave it out or mend it")
            if not text.strip():
                raise DataError(f"{name}: record {row} is an empty text; leave it out or mend it")
        return features
    for column in features.dtype.names or [None]:
        values = features if column is None else features[column]
        gaps = missing_in(values)
        if values.dtype == object:
            refuse_others(values, gaps, f"{name}: column {column!r}")
        if not gaps.any():
            continue
        if missing == "refuse":
            where = f"column {column!r}" if column is not None else "the array"
            raise DataError(
                f"{name}: {gaps.sum():,} of {len(values):,} records have a missing value in "
                f"{where} (first: record {int(gaps.argmax())}); {ADVICE}"
            )
        if values.dtype == object and any(cell is not None for cell in values[gaps]):
            mended = with_gaps(values, gaps)
            features = features.copy()
            features[column] = mended
    return features


def refuse_others(values: NDArray[Any], gaps: NDArray[np.bool_], what: str) -> None:
    """Raise `DataError` at the first cell of a column of texts that is no text."""
    kinds = set(map(type, values.tolist()))
    if all(issubclass(kind, (str, type(None))) for kind in kinds):
        return
    for row in np.flatnonzero(~gaps):
        if not isinstance(values[row], str):
            came = type(values[row]).__name__
            raise DataError(f"{what} holds {came}, not texts (first: record {row})")
