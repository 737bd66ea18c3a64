"""Rows as a table for other tools: a data frame, Parquet or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np

from criticalmass.drafts import draft_of
from criticalmass.errors import ParameterError, StoreError, require_choice
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.result import Count, Real
from criticalmass.studies.trial import Row

LIBRARIES = ("pandas", "polars", "pyarrow")
"""Libraries that a data frame can be of; the first that is installed is taken."""
FORMATS = {".parquet": "FORMAT parquet", ".csv": "FORMAT csv, HEADER"}


def export(rows: Sequence[Row], path: str | Path) -> Path:
    """Write rows to a Parquet or CSV file, one trial per line, whole or not at all.

    The columns are the fields of `Row`, and for each success measure two in place of
    ``results``: ``included``, the success in [0, 1], and ``included_count``, how many of ``n``
    marked test records that is (empty for a share of the way). Where a measure judges other
    records than all of these, ``won_n`` says how many; a real number, ``rank``, comes with its
    standard error, ``rank_error``. A failed trial has empty cells.

    Parameters
    ----------
    rows
        Such as `Store.rows` returns.
    path
        Ends in ``.parquet`` or ``.csv``; what is there is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        If the name ends otherwise, or there are no rows.
    StoreError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     row = Row("k", "mark", 0.1, 0, 0.1, 10, n=4, results={"top1": Count(3, 4)})
    ...     file = export([row], Path(folder) / "rows.csv")
    ...     file.read_text().splitlines()[0].split(",")[:6]
    ['key', 'strategy', 'asked', 'repetition', 'alpha', 'members']
    """
    path = Path(path)
    ending = path.suffix.lower()
    require_choice("file ending", ending, FORMATS)
    if not path.parent.is_dir():
        raise StoreError(f"cannot write {str(path)!r}: there is no folder {str(path.parent)!r}")
    if not rows:
        raise ParameterError("there are no trials to export")
    table = _columns(rows)
    try:
        with draft_of(path) as draft, duckdb.connect() as connection:
            connection.register("rows", table)
            chosen = ", ".join(
                f"nullif({_quoted(name)}, 'nan'::DOUBLE) AS {_quoted(name)}"
                if column.dtype.kind == "f"
                else _quoted(name)
                for name, column in table.items()
            )
            target = str(draft).replace("'", "''")
            connection.execute(
                f"COPY (SELECT {chosen} FROM rows) TO '{target}' ({FORMATS[ending]})"
            )
            draft.replace(path)
    except (OSError, duckdb.Error) as error:
        raise StoreError(f"cannot write {str(path)!r}: {error}") from error
    return path


def to_frame(rows: Sequence[Row], library: str | None = None) -> Any:
    """Return rows as a data frame, one trial per line, with the columns that `export` writes.

    Parameters
    ----------
    rows
        Such as `run` and `Store.rows` return, in their order; none give a frame without lines.
    library
        ``"pandas"``, ``"polars"`` or ``"pyarrow"``; by default the first of them that is installed.

    Returns
    -------
    pandas.DataFrame, polars.DataFrame or pyarrow.Table
        The frame. A failed trial has nan in place of results.

    Raises
    ------
    ParameterError
        If the library is none of these, or not installed.

    Examples
    --------
    >>> frame = to_frame([Row("a", "mark", 0.1, 0, 0.1, 10), Row("b", "mark", 0.2, 0, 0.2, 20)])
    >>> frame[["strategy", "members"]].values.tolist()
    [['mark', 10], ['mark', 20]]
    """
    if library is not None:
        require_choice("library of data frames", library, LIBRARIES)
    asked = LIBRARIES if library is None else (library,)
    installed = [name for name in asked if find_spec(name)]
    if not installed:
        raise ParameterError(
            f"a data frame needs {' or '.join(asked)}, which is not installed: "
            f"pip install {asked[0]}"
        )
    table = {
        name: column.tolist() if column.dtype == object else column
        for name, column in _columns(rows).items()
    }
    return nw.from_dict(table, backend=import_module(installed[0])).to_native()


def to_columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return rows as lists of plain values by column, the columns that `export` writes.

    Examples
    --------
    >>> columns = to_columns([Row("a", "mark", 0.1, 0, 0.1, 10), Row("b", "mark", 0.2, 0, 0.2, 20)])
    >>> columns["strategy"], columns["members"]
    (['mark', 'mark'], [10, 20])
    """
    return {name: column.tolist() for name, column in _columns(rows).items()}


def _columns(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Return the table's columns, those of each measure in place of ``results``."""
    table: dict[str, np.ndarray] = {}
    measures = sorted({name for row in rows for name in row.results})
    for field in fields(Row):
        if field.name == "results":
            for measure in measures:
                table |= _columns_of(measure, rows)
        else:
            values = [getattr(row, field.name) for row in rows]
            table[field.name] = np.array(values, dtype=object if field.type == "str" else None)
    return table


def _columns_of(measure: str, rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Return the columns of one measure; nan stands for what a row does not have."""
    results = [row.results.get(measure) for row in rows]
    counts = [result if isinstance(result, Count) else None for result in results]
    columns = {
        measure: [np.nan if result is None else result.value for result in results],
        f"{measure}_count": [np.nan if count is None else count.successes for count in counts],
    }
    if any(count and count.n != row.n for count, row in zip(counts, rows, strict=True)):
        columns[f"{measure}_n"] = [np.nan if count is None else count.n for count in counts]
    if MeasureFacts.named(measure).sort != "share" and not any(counts):
        del columns[f"{measure}_count"]
        errors = [result.error if isinstance(result, Real) else np.nan for result in results]
        columns[f"{measure}_error"] = errors
    return {name: np.array(column) for name, column in columns.items()}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
