"""How records are held: one numpy array for features of every kind, one boolean matrix for labels.

The first axis is always the record: texts are an object array of strings, a table is a structured
array (one field a column), images or vectors are a numeric array. Signals, edits and learners
therefore share one way to take rows and to replace them.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.columns import columns_of as columns_of
from criticalmass.data.labels import encode_labels as encode_labels
from criticalmass.data.labels import label_cells as label_cells
from criticalmass.data.labels import sort_labels as sort_labels
from criticalmass.data.labels import split_sets as split_sets
from criticalmass.data.missing import ADVICE, Missing, is_missing, missing_in, unequal, with_gaps
from criticalmass.errors import DataError

Features = NDArray[Any]
Kind = Literal["texts", "table", "array"]

ENDING_WORDS = 100
"""Two texts with the same last so many words count as near-duplicates."""


def kind_of(features: Features) -> Kind:
    """Say which kind of features an array holds: ``"texts"``, ``"table"`` or ``"array"``."""
    if features.dtype.names is not None:
        return "table"
    return "texts" if features.dtype == object else "array"


def numbered(*batches: Features) -> list[NDArray[np.intp]]:
    """Number the records of several batches so that equal records have equal numbers.

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
    """Compare two batches record by record; missing values are equal to each other."""
    if old.dtype.names is not None:
        columns = [unequal(old[name], new[name]) for name in old.dtype.names]
        return np.asarray(np.logical_or.reduce(columns))
    different = unequal(old, new)
    return np.asarray(different.any(axis=tuple(range(1, different.ndim))))


def _codes(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Number the values of one column in their order, missing ones last; say how many differ."""
    if values.dtype == object:
        known = sorted(set(values), key=lambda value: (value is None, str(value)))
        seen = {value: code for code, value in enumerate(known)}
        codes = np.fromiter(map(seen.__getitem__, values), dtype=np.int64, count=len(values))
        return codes, max(1, len(seen))
    different, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64), max(1, len(different))


def shared_endings(texts: Features, others: Features) -> int:
    """Count the texts whose last `ENDING_WORDS` words end one of the others, too.

    Examples
    --------
    >>> shared_endings(np.array(["a b", "c"], object), np.array(["a  b", "d"], object))
    1
    """

    def ending(text: str) -> str:
        return " ".join(text.rsplit(maxsplit=ENDING_WORDS)[-ENDING_WORDS:])

    known = {ending(text) for text in others}
    return sum(ending(text) in known for text in texts)


def checked(features: Features, name: str, missing: Missing = "refuse") -> Features:
    """Return features as they are held, with missing values refused or kept.

    Raises
    ------
    DataError
        At the first empty text, value that is no text, or missing value that is not kept.
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
        gone = missing_in(values)
        if values.dtype == object:
            refuse_others(values, gone, f"{name}: column {column!r}")
        if not gone.any():
            continue
        if missing == "refuse":
            where = f"column {column!r}" if column is not None else "the array"
            raise DataError(
                f"{name}: {gone.sum():,} of {len(values):,} records have a missing value in "
                f"{where} (first: record {int(gone.argmax())}); {ADVICE}"
            )
        if values.dtype == object and any(cell is not None for cell in values[gone]):
            mended = with_gaps(values, gone)
            features = features.copy()
            features[column] = mended
    return features


def refuse_others(values: NDArray[Any], gone: NDArray[np.bool_], what: str) -> None:
    """Raise `DataError` at the first cell of a column of texts that is no text."""
    kinds = set(map(type, values.tolist()))
    if all(issubclass(kind, (str, type(None))) for kind in kinds):
        return
    for row in np.flatnonzero(~gone):
        if not isinstance(values[row], str):
            came = type(values[row]).__name__
            raise DataError(f"{what} holds {came}, not texts (first: record {row})")
