"""What labels are called, and the boolean matrix that says which record holds which.

A label has one name, whatever it comes from (`criticalmass.data.spelling`): the number 1, the text
``1`` and the class 1 of a dataframe are the label ``1``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.columns import columns_of, only_an_address
from criticalmass.data.libraries import array_of_tensor, is_frame, is_sparse, library_of
from criticalmass.data.missing import is_missing, missing_in
from criticalmass.data.spelling import meaning, spelled
from criticalmass.errors import DataError

SETS = (set, frozenset, list, tuple, np.ndarray)
"""Types that hold a record's set of labels."""

Encoded = tuple[NDArray[np.bool_], tuple[str, ...], bool]

MOST_LABELS = 1000
MOST_NUMBERS = 50
"""More different numbers with a fraction than this are measurements, and no labels."""

OWN = 20
"""So are more numbers with a point than this where nearly every record has its own."""


def sort_labels(names: Iterable[str]) -> list[str]:
    """Return names of labels in their order: as numbers if all are plain numbers, else as texts.

    Examples
    --------
    >>> sort_labels(["10", "9", "1.5"]), sort_labels(["10", "9", "none"])
    (['1.5', '9', '10'], ['10', '9', 'none'])
    """
    known = {name: meaning(name) for name in names}
    if all(kind == "number" for kind, _ in known.values()):
        return sorted(known, key=lambda name: (known[name][1], name))
    return sorted(known)


def check_labels(names: Collection[str], count: int, what: str) -> None:
    """Raise `DataError` if there are so many different values that they are measurements.

    They are: more than `MOST_LABELS` values; more than `MOST_NUMBERS` numbers with a fraction, or
    as many written with a point (``151.0``) of which each has fewer than ten records; more than
    `OWN` numbers written with a point where nine in ten records have their own.

    Parameters
    ----------
    names
        The different labels.
    count
        How many records hold them.
    what
        What holds the labels, as a message begins: ``column 'price'``.

    Examples
    --------
    >>> check_labels(["0", "1"], 10, "the label")
    >>> check_labels([f"{number}.5" for number in range(80)], 80, "column 'price'")
    Traceback (most recent call last):
    criticalmass.errors.DataError: column 'price' has 80 different values; that is no label, ...
    """
    numbers = [name for name in names if "." in name or "e" in name.lower()]
    numbers = [name for name in numbers if meaning(name)[0] == "number"]
    fractions = sum(meaning(name)[1] % 1 != 0 for name in numbers)
    rare = len(numbers) > MOST_NUMBERS and 10 * len(names) > count
    alone = len(numbers) > OWN and 10 * len(names) >= 9 * count
    if len(names) > MOST_LABELS or fractions > MOST_NUMBERS or rare or alone:
        advice = (
            "that is no label, but a measurement: put the numbers into bins, or say that labels "
            "are numbers (numbers = true)"
            if numbers
            else f"that is no label (at most {MOST_LABELS:,})"
        )
        raise DataError(f"{what} has {len(names):,} different values; {advice}")


def label_cells(cells: NDArray[Any], column: str) -> Any:
    """Return the cells of a label column as labels, or lists of labels where they hold lists."""
    gaps = missing_in(cells, blank=False)
    if gaps.any():
        raise DataError(
            f"{gaps.sum():,} of {len(cells):,} records have no label in column {column!r} "
            f"(first: record {int(gaps.argmax())})"
        )
    return cells


def split_sets(cells: Sequence[Any], separator: str) -> list[set[str]]:
    """Split label cells such as ``"cook;nurse"`` into sets of names; lists are sets already."""
    return [
        set(map(spelled, cell))
        if isinstance(cell, SETS)
        else {part.strip() for part in spelled(cell).split(separator) if part.strip()}
        for cell in cells
    ]


def encode_labels(
    labels: Any,
    count: int,
    label_names: Sequence[Any] | None = None,
    what: str = "the label",
) -> Encoded:
    """Turn labels into a boolean matrix, its column names, and whether they are sets.

    Parameters
    ----------
    labels
        One label for each record, one set of labels for each, or a matrix (n, k) of 0 and 1.
    count
        How many records there are.
    label_names
        The labels that a record could hold, of which those of the records are some; of a matrix,
        what its columns are called.
    what
        What holds the labels, as messages begin.

    Examples
    --------
    >>> encode_labels([10, 9, 10], 3)[1], encode_labels(np.eye(2), 2, ["cook", "baker"])[:2]
    (('9', '10'), (array([[False,  True],
           [ True, False]]), ('baker', 'cook')))
    """
    listed = hasattr(labels, "__len__") or isinstance(labels, Iterable)
    if not listed or getattr(labels, "ndim", 1) == 0:
        raise DataError(f"labels are one name per record, or one set of names, not {labels!r}")
    labels, called = plain_labels(labels)
    if len(labels) != count:
        raise DataError(f"{count} records, but {len(labels)} labels")
    if not count:
        raise DataError("no records")
    given = label_names if label_names is not None else called
    declared = None if given is None else [spelled(name) for name in given]
    if declared is not None and len(set(declared)) < len(declared):
        twice = next(name for name in declared if declared.count(name) > 1)
        raise DataError(f"label_names has {twice!r} twice")
    if isinstance(labels, np.ndarray) and labels.ndim > 1:
        return _of_matrix(labels, declared)
    # one label per record, or a set of them
    kinds = set(map(type, labels)) if _may_hold_sets(labels) else set()
    sets = any(issubclass(kind, SETS) for kind in kinds)
    if sets and not all(issubclass(kind, SETS) for kind in kinds):
        first = next(row for row, label in enumerate(labels) if not isinstance(label, SETS))
        raise DataError(f"record {first} has one label, others have sets of labels")
    rows, cells = _pairs(labels) if sets else (np.arange(count), labels)
    seen, codes = _spelled(cells, rows)
    if declared is not None:
        for name in seen:
            if name not in declared:
                raise DataError(f"a record holds {name!r}, which is not among label_names")
    # the columns
    names = sort_labels(seen if declared is None else declared)
    if len(names) < 2 and not sets:
        raise DataError(f"labels must take at least two values; all are {', '.join(names)!r}")
    if not names:
        raise DataError("no record holds any label")
    if not sets:
        check_labels(names, count, what)
    column = {name: j for j, name in enumerate(names)}
    # the matrix
    matrix = np.zeros((count, len(names)), dtype=bool)
    if len(codes):
        matrix[rows, np.array([column[name] for name in seen])[codes]] = True
    return matrix, tuple(names), sets


def plain_labels(labels: Any) -> tuple[Any, list[Any] | None]:
    """Return labels of any library as an array or a list, and what a frame calls its columns."""
    library = library_of(labels)
    if is_sparse(labels):
        return np.asarray(labels.toarray()), None
    if is_frame(labels):
        columns, _ = columns_of(labels)
        return np.column_stack(list(columns.values())), list(columns)
    if library == "torch":
        return array_of_tensor(labels), None
    if isinstance(labels, np.ndarray) and labels.dtype.names is None:
        return np.asarray(labels), None
    if hasattr(labels, "dtype") or library == "pyarrow":  # a series
        return columns_of({"label": labels})[0]["label"], None
    each = list(labels)
    return (np.array(each) if _are_rows(each) else each), None


def _are_rows(labels: list[Any]) -> bool:
    """Return whether lists are rows of a matrix of 0 and 1, not lists of labels."""
    if not all(type(label) in (list, tuple) for label in labels):
        return False
    widths = set(map(len, labels))
    if len(widths) != 1 or widths == {1}:
        return False
    cells = (cell for label in labels for cell in label)
    return all(isinstance(cell, (int, np.integer)) and cell in (0, 1) for cell in cells)


def _of_matrix(matrix: NDArray[Any], declared: list[str] | None) -> Encoded:
    """Return a matrix of 0 and 1 as sets of labels."""
    k = matrix.shape[1]
    if k == 1 and declared is None:
        raise DataError(
            "labels are a matrix of one column: flatten it to one label per record, or name the "
            "label that it marks in label_names"
        )
    fits = matrix.ndim == 2 and matrix.dtype.kind in "biuf" and np.isin(matrix, (0, 1)).all()
    if not fits:
        raise DataError(
            "labels are one name per record, one set of names, or a matrix (records, labels) of 0 "
            f"and 1, not a matrix of other values and shape {matrix.shape}"
        )
    names = declared if declared is not None else [str(j) for j in range(k)]
    if len(names) != k:
        raise DataError(f"{len(names)} label_names, but the matrix of labels has {k} columns")
    ordered = sort_labels(names)
    labels = matrix.astype(bool)[:, [names.index(name) for name in ordered]]
    if not labels.any():
        raise DataError("no record holds any label")
    return labels, tuple(ordered), True


def _may_hold_sets(labels: Any) -> bool:
    return not isinstance(labels, np.ndarray) or labels.dtype == object


def _pairs(labels: Any) -> tuple[NDArray[np.intp], list[Any]]:
    """Return the record of each label, and all records' labels one after another."""
    sizes = np.fromiter(map(len, labels), np.intp, len(labels))
    return np.repeat(np.arange(len(labels)), sizes), [name for label in labels for name in label]


def _spelled(cells: Any, rows: NDArray[np.intp]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the different names of labels, and for each cell the number of its name."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind not in "OUST":
        different, codes = np.unique(cells, return_inverse=True)
        keys: list[Any] = list(different)
    else:
        cells = cells.tolist() if isinstance(cells, np.ndarray) else cells
        kinds = set(map(type, cells))
        nested = tuple(kind for kind in kinds if issubclass(kind, (bytes, bytearray, dict, *SETS)))
        if nested:
            first = next(cell for cell in cells if isinstance(cell, nested))
            what = type(first).__name__
            raise DataError(f"a label is {first!r:.40}, which is {what}, not a name")
        one_kind = len(kinds) == 1  # 1 and True would be one key
        told_apart = cells if one_kind else [(type(cell), cell) for cell in cells]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(told_apart))}
        codes = np.fromiter(map(numbers.__getitem__, told_apart), np.intp, len(cells))
        keys = [key if one_kind else key[1] for key in numbers]
    gaps = np.fromiter(map(is_missing, keys), bool, len(keys))
    if gaps.any():
        without = np.unique(rows[gaps[codes]])
        raise DataError(f"{len(without)} records have no label (first: record {without[0]})")
    for key in keys:
        if isinstance(key, (complex, np.complexfloating)) or only_an_address(type(key)):
            what = type(key).__name__
            raise DataError(f"a label is {key!r:.40}, which is {what}, not a name")
    called = [spelled(key) for key in keys]
    names = {name: j for j, name in enumerate(dict.fromkeys(called))}
    if not called:
        return [], np.empty(0, dtype=np.intp)
    return list(names), np.array([names[name] for name in called], dtype=np.intp)[codes]
