"""How records are held: one numpy array for features of every kind, one boolean matrix for labels.

The first axis is always the record: texts are an object array of strings, a table is a structured
array (one field a column), images or vectors are a numeric array. Signals, edits and learners
therefore share one way to take rows and to replace them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from criticalmass.errors import DataError

Features = NDArray[Any]
Kind = Literal["texts", "table", "array"]


_SETS = (set, frozenset, list, tuple, np.ndarray)

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
    """Compare two batches record by record."""
    if old.dtype.names is not None:
        columns = [np.asarray(old[name] != new[name]) for name in old.dtype.names]
        return np.asarray(np.logical_or.reduce(columns))
    unequal = np.asarray(old != new)
    return np.asarray(unequal.any(axis=tuple(range(1, unequal.ndim))))


def _codes(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Number the values of one column, and say how many differ."""
    if values.dtype == object:
        seen = {value: code for code, value in enumerate(sorted(set(values), key=str))}
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


def label_cells(cells: NDArray[Any], column: str) -> list[Any]:
    """Return the cells of a label column as names, or as lists of names where they hold lists."""
    if missing := [row for row, cell in enumerate(cells) if _is_missing(cell)]:
        raise DataError(
            f"{len(missing)} of {len(cells):,} records have no label in column {column!r} "
            f"(first: record {missing[0]})"
        )
    return [cell if isinstance(cell, _SETS) else str(cell) for cell in cells]


def split_sets(cells: Sequence[Any], separator: str) -> list[set[str]]:
    """Split label cells such as ``"cook;nurse"`` into sets of names."""
    return [{part.strip() for part in str(cell).split(separator) if part.strip()} for cell in cells]


def encode_labels(
    labels: Sequence[Any] | NDArray[Any], count: int
) -> tuple[NDArray[np.bool_], tuple[str, ...], bool]:
    """Turn names, or sets of names, into a boolean matrix, its column names, and which it was."""
    if isinstance(labels, np.ndarray) and labels.ndim > 1:
        raise DataError("labels are one name a record, or one set of names, not a matrix")
    if len(labels) != count:
        raise DataError(f"{count} records, but {len(labels)} labels")
    if not count:
        raise DataError("no records")
    are_sets = [isinstance(label, _SETS) for label in labels]
    sets = any(are_sets)
    if sets and not all(are_sets):
        raise DataError(f"record {are_sets.index(False)} has one label, others have sets of labels")
    if missing := [row for row, label in enumerate(labels) if _is_missing(label)]:
        raise DataError(f"{len(missing)} records have no label (first: record {missing[0]})")
    each = [{str(name) for name in label} if sets else {str(label)} for label in labels]
    names = tuple(sorted(set().union(*each)))
    if len(names) < 2 and not sets:
        raise DataError(f"labels must take at least two values; all are {', '.join(names)!r}")
    if not names:
        raise DataError("no record holds any label")
    column = {name: j for j, name in enumerate(names)}
    matrix = np.zeros((len(each), len(names)), dtype=bool)
    for row, held in enumerate(each):
        matrix[row, [column[name] for name in held]] = True
    return matrix, names, sets


def columns_of(frame: Any) -> tuple[dict[str, NDArray[Any]], str | None]:
    """Return a frame's columns as numpy arrays (text as objects), and the frame's library."""
    if isinstance(frame, dict):
        raw, library = {str(name): np.asarray(values) for name, values in frame.items()}, None
    else:
        try:
            table = nw.from_native(frame, eager_only=True)
        except TypeError as error:
            raise DataError(f"not a dataframe: {type(frame).__name__}") from error
        raw = {name: table[name].to_numpy() for name in table.columns}
        library = table.implementation.value
    if len({len(values) for values in raw.values()}) > 1:
        raise DataError("the table's columns differ in length")
    numeric = (np.number, np.bool_)
    return {
        name: values if issubclass(values.dtype.type, numeric) else values.astype(object)
        for name, values in raw.items()
    }, library


def check_values(features: Features, name: str) -> None:
    """Raise `DataError` at the first empty text or missing value."""
    kind = kind_of(features)
    if kind == "texts":
        for row, text in enumerate(features):
            if not isinstance(text, str) or not text.strip():
                raise DataError(f"{name}: record {row} is an empty text; leave it out or mend it")
        return
    for column in features.dtype.names or [None]:
        values = features if column is None else features[column]
        if values.dtype == object:
            missing = np.fromiter(map(_is_missing, values), bool, len(values))
        elif np.issubdtype(values.dtype, np.floating):
            missing = np.asarray(np.isnan(values).reshape(len(values), -1).any(axis=1))
        else:
            continue
        if missing.any():
            where = f"column {column!r}" if column else "the array"
            raise DataError(
                f"{name}: {missing.sum():,} of {len(values):,} records have a missing value in "
                f"{where} (first: record {int(missing.argmax())}); fill it or leave them out"
            )


def _is_missing(value: Any) -> bool:
    """Tell None, nan and the missing values of dataframe libraries from values."""
    if value is None or isinstance(value, (str, *_SETS)):
        return value is None
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA is neither equal nor unequal to itself
        return True
