"""Values that somebody names, in the form that a table's columns hold.

A study file's ``true`` is the text ``True`` of a column of texts; a date is the text that spells
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.missing import is_missing, missing_in
from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of
from criticalmass.data.spelling import meaning, number_in, spelled
from criticalmass.errors import DataError, unknown

SHOWN = 3
"""A message names so many of a column's values."""


def column_name(features: Features, column: str) -> str:
    """Return a column's name as a table has it, or say which columns there are.

    Examples
    --------
    >>> column_name(np.zeros(2, dtype=[("café", float)]), "cafe\\u0301") == "café"
    True
    """
    if kind_of(features) != "table":
        raise DataError(f"no column {column!r}: these records are not a table")
    names = features.dtype.names or ()
    name = column if column in names else spelled(column)
    if name not in names:
        raise DataError(unknown("column", column, names))
    return name


def cell_of(population: Population, column: str, value: Any) -> Any:
    """Return a value as a column of a population holds it.

    A column of texts can hold any text. Where no text of it is spelled so, but a single one means
    the same, you get that one (``true`` is ``True``). A number or a truth value is a text only
    where it means one of the column's. A missing value is None or nan.

    Parameters
    ----------
    population
        The table.
    column
        The name of its column.
    value
        A text, number, truth value or date; or None for a missing value.

    Raises
    ------
    DataError
        If there is no such column, or it cannot hold the value.

    Examples
    --------
    >>> table = {"old": ["True", "False"], "size": [1.5, 2.0], "y": ["p", "q"]}
    >>> people = Population.from_table(table, label="y")
    >>> cell_of(people, "old", True), float(cell_of(people, "size", "2"))
    ('True', 2.0)
    """
    name = column_name(population.features, column)
    values = population.features[name]
    if is_missing(value):
        return _gap(population, name, values.dtype)
    if values.dtype == object:
        return _text(population, name, value)
    plain = _plain(value, values.dtype)
    if plain is None:
        kind = "truth values" if values.dtype.kind == "b" else "a number"
        number = number_in(value.strip(), ",") if isinstance(value, str) else None
        meant = "" if number is None else f" (a study writes it with a point: {number})"
        raise DataError(
            f"column {name!r} holds {kind}; {value!r} is not{meant}{how_read(population, name)}"
        )
    try:
        cell = np.asarray(plain, dtype=values.dtype)
        fits = bool(cell.ndim == 0 and cell == plain)
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise DataError(
            f"column {name!r} holds {values.dtype} values; {value!r} does not fit"
            + how_read(population, name)
        )
    return cell[()]


def holds(values: NDArray[Any], cell: Any) -> NDArray[np.bool_]:
    """Return which cells of a column are this one; missing ones are equal to each other.

    Examples
    --------
    >>> holds(np.array([1.0, np.nan]), np.nan).tolist()
    [False, True]
    """
    return missing_in(values) if is_missing(cell) else np.asarray(values == cell)


def how_read(population: Population, column: str) -> str:
    """Return why a column is read as it is, as a message about it ends; empty if nothing is known.

    Examples
    --------
    >>> reason = {"age": "is read as text because of '2,5' in line 3"}
    >>> table = {"age": ["30", "2,5"], "hired": ["yes", "no"]}
    >>> how_read(Population.from_table(table, label="hired", read_as=reason), "age")
    "; it is read as text because of '2,5' in line 3"
    """
    reason = population.read_as.get(column)
    return f"; it {reason}" if reason else ""


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a signal keeps them: dates as texts, because they are part of trials' names.

    Examples
    --------
    >>> named({"since": dt.date(2024, 1, 5), "age": np.int64(30)})
    {'since': '2024-01-05', 'age': 30}
    """
    dates = (dt.date, dt.time, np.datetime64)

    def plain(value: Any) -> Any:
        if isinstance(value, dates):
            return value if is_missing(value) else spelled(value)
        return value.item() if isinstance(value, np.generic) else value

    return {str(column): plain(value) for column, value in values.items()}


def _plain(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a value as a number or a truth value; None if it is none."""
    if not isinstance(value, str):
        is_truth = isinstance(value, (bool, np.bool_))
        return None if is_truth and dtype.kind != "b" else value
    if dtype.kind == "b":
        kind, truth = meaning(value)
        return truth == "true" if kind == "truth" else None
    return number_in(value.strip())


def _text(population: Population, name: str, value: Any) -> str:
    known = population.different(name)
    text = spelled(value)
    if text in known:
        return text
    same = population.meaning(name, value)
    if len(same) == 1:
        return same[0]
    if isinstance(value, (str, dt.date, dt.time, np.datetime64)):
        return text
    few = ", ".join(map(repr, sorted(known)[:SHOWN])) or "none"
    more = ", …" if len(known) > SHOWN else ""
    raise DataError(
        f"column {name!r} holds text; {value!r} is not, and no single text of it means the same: "
        f"it holds {few}{more}{how_read(population, name)}"
    )


def _gap(population: Population, name: str, dtype: np.dtype[Any]) -> Any:
    if population.missing == "refuse":
        raise DataError(
            f"column {name!r} can hold no missing value: {population.name} refuses them"
            f"{how_read(population, name)}"
        )
    if dtype.kind not in "Of":
        raise DataError(f"column {name!r} holds {dtype} values; no value at all does not fit")
    return None if dtype.kind == "O" else np.nan
