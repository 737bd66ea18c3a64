"""Numbers as labels: prices, ratings, waiting times, where a firm predicts a number.

They stand where the matrix of labels otherwise stands, as one column of numbers. Edits, splits and
noise therefore treat both alike.
"""

from __future__ import annotations

import math
from collections.abc import Sized
from typing import Any, Literal

import numpy as np

from criticalmass.arrays import Array
from criticalmass.data.labels import SETS, plain_labels
from criticalmass.data.missing import is_missing
from criticalmass.data.spelling import number_in, spelled
from criticalmass.errors import DataError, ParameterError, brief

Range = tuple[float, float]
"""The lowest and the highest number that a record could hold; infinite where that is not known."""
Outcome = Literal["labels", "numbers"]
"""What records hold, and what a learner learns to predict."""
EVERY: Range = (-math.inf, math.inf)
NAME = "number"
"""What the one column is called among a population's label names."""


def range_of(numbers: object) -> Range | None:
    """Return the range that somebody gave with the word ``numbers``; None where labels are names.

    Parameters
    ----------
    numbers
        False where labels are names; True where they are numbers of any size; or the lowest and
        the highest number that a record could hold.

    Examples
    --------
    >>> range_of(False), range_of(True), range_of([1, 5])
    (None, (-inf, inf), (1.0, 5.0))
    """
    if numbers is None or numbers is False:
        return None
    if numbers is True:
        return EVERY
    wanted = "numbers is true, or the lowest and the highest number that a record could hold"
    if not isinstance(numbers, (list, tuple)) or len(numbers) != 2:
        raise ParameterError(f"{wanted}, such as (1, 5), not {brief(numbers, 40)}")
    if not all(isinstance(end, (int, float, np.integer, np.floating)) for end in numbers) or any(
        isinstance(end, bool) for end in numbers
    ):
        raise ParameterError(f"{wanted}, such as (1, 5), not {brief(numbers, 40)}")
    low, high = map(float, numbers)
    if not low < high:
        raise ParameterError(
            f"{wanted}: the first is less than the second, not {in_full(low)}, {in_full(high)}"
        )
    return low, high


def encode_numbers(labels: Any, count: int, allowed: Range, what: str = "the label") -> Array:
    """Return numbers as a matrix of one column, (n, 1).

    Parameters
    ----------
    labels
        One number for each record: an array, a series, a tensor, a list; texts that spell numbers.
    count
        How many records there are.
    allowed
        The range that they lie in.
    what
        What holds the numbers, as messages begin.

    Raises
    ------
    DataError
        If one of them is missing, is no number, or lies outside the range.

    Examples
    --------
    >>> encode_numbers(["2", 3.5], 2, (1, 5)).tolist()
    [[2.0], [3.5]]
    """
    if isinstance(labels, (str, bytes)) or not isinstance(labels, Sized):
        raise DataError(f"numbers as labels are one number per record, not {brief(labels, 40)}")
    labels, _ = plain_labels(labels)
    if len(labels) != count:
        raise DataError(f"{count} records, but {len(labels)} labels")
    if isinstance(labels, np.ndarray) and labels.ndim > 1:
        if labels.shape != (count, 1):
            raise DataError(
                f"{what} holds one number per record, not an array of shape {labels.shape}"
            )
        labels = labels[:, 0]
    cells = labels.tolist() if isinstance(labels, np.ndarray) else list(labels)
    column = np.array([_number(cell, row, what) for row, cell in enumerate(cells)], dtype=float)
    check_range(column, allowed, what)
    return column[:, None]


def check_range(column: Array, allowed: Range, what: str = "the label") -> None:
    """Raise `DataError` for the first number that no record could hold."""
    low, high = allowed
    outside = ~np.isfinite(column) | (column < low) | (column > high)
    if outside.any():
        row = int(outside.argmax())
        raise DataError(
            f"{what} holds {in_full(column[row])} in record {row}"
            + (f", and {between(allowed)}" if allowed != EVERY else "")
        )


def between(allowed: Range) -> str:
    """Say between which numbers all lie.

    Examples
    --------
    >>> between((1, 5))
    'numbers lie between 1 and 5'
    """
    return f"numbers lie between {in_full(allowed[0])} and {in_full(allowed[1])}"


def in_full(number: float) -> str:
    """Write a number with as many digits as tell it from every other.

    Examples
    --------
    >>> [in_full(x) for x in (5.0, 5.0000001, 1234567.0, -0.25)]
    ['5', '5.0000001', '1234567', '-0.25']
    """
    written = repr(float(number))
    return written.removesuffix(".0")


def _number(cell: object, row: int, what: str) -> float:
    """Return the number that a cell holds."""
    if isinstance(cell, SETS):
        raise DataError(f"{what} holds a set of labels in record {row}, and numbers are wanted")
    if is_missing(cell):
        raise DataError(f"{what} holds no number in record {row}")
    if isinstance(cell, (bool, np.bool_)):
        raise DataError(f"{what} holds {cell} in record {row}, and numbers are wanted")
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return float(cell)
    number = number_in(spelled(cell).strip(), ".")
    if number is None:
        raise DataError(f"{what} holds {brief(cell, 40)} in record {row}, which is no number")
    return number
