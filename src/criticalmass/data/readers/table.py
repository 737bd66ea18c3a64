"""`read_table`: the columns of a file as numpy arrays, for a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Mask
from criticalmass.data.readers.deciding import Decided, decide, missing_in
from criticalmass.data.readers.incomplete import ADVICE, left_out, no_records, places_of
from criticalmass.data.readers.opening import Opened, opened
from criticalmass.data.readers.reading import Reading
from criticalmass.data.readers.source import Column, Source
from criticalmass.data.readers.texts import as_text
from criticalmass.errors import DataError, first_line


@dataclass(frozen=True, eq=False)
class Table:
    """What was read of a file.

    Parameters
    ----------
    name
        What messages call the file.
    columns
        The columns of the records, as numbers, truth values or texts (objects, None where one is
        missing).
    label
        The label of each record as it is written, or a list of labels; None without a label column.
    texts
        The text of each record, as it is written; None without a text column.
    read_as
        Why a column with many numbers was read as text, by column.
    left_out
        Which records were left out, in a sentence; empty if none was.
    kept
        Which records of the file are in the table; None if all are.
    """

    name: str
    columns: dict[str, NDArray[Any]]
    label: list[Any] | None
    texts: list[str] | None
    read_as: dict[str, str]
    left_out: str = ""
    kept: Mask | None = None


def read_table(
    path: str | Path,
    *,
    label: str | None = None,
    text: str | None = None,
    columns: Sequence[str] | None = None,
    separator: str | None = None,
    reading: Reading | None = None,
) -> Table:
    """Return the columns of a CSV, TSV, Excel, Parquet or JSON file.

    Parameters
    ----------
    path
        The file; a name with ``*`` stands for several, unless it is the name of a file.
    label
        The column that holds the label, which is read as it is written.
    text
        The column that holds a text, which is read as it is written.
    columns
        The columns of a record; by default all but the label, or none if there is a text.
    separator
        What stands between several labels in a cell; a blank cell then holds none.
    reading
        How cells are read.

    Raises
    ------
    DataError
        If the file cannot be read, or a value is missing that may not be; the line says where.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_text("age,zip,hired\\n30,01005,1\\n41.5,10115,1.0\\n")
    ...     table = read_table(path, label="hired")
    >>> {name: values.tolist() for name, values in table.columns.items()}, table.label
    ({'age': [30.0, 41.5], 'zip': ['01005', '10115']}, ['1', '1.0'])
    """
    reading = reading or Reading()
    with opened(path) as files:
        # how each column is read
        names = names_of(files, label, text, columns)
        decided = decide(files, names, reading)
        problems = missing_in_columns(files, decided, reading)
        # what each file gives
        selected = [
            (source, [f"{one.sql} AS x{i}" for i, one in enumerate(each)])
            for source, each in decided
        ]
        for source, chosen in selected:
            if label is not None:
                chosen.append(f"{label_sql(source.column(label), separator, reading)} AS label")
            if text is not None:
                chosen.append(f"{_text_sql(source, text, reading)} AS text")
        parts = [_fetched(files, source, chosen) for source, chosen in selected]
        kept, sentence = None, ""
        if reading.missing == "drop":
            gone = _lacking(parts, names, label, text)
            if sentence := left_out(files.name, gone):
                kept = ~np.any(list(gone.values()), axis=0)
                parts = _taken(parts, kept)
        # all files together
        arrays = {
            one.name: plain_column([part[f"x{i}"] for part in parts], one.kind)
            for i, one in enumerate(decided[0][1])
        }
        labels = texts = None
        if label is not None:
            labels, missing = _joined(parts, "label")
            if missing:
                problems += no_label(files, label, missing, len(labels), reading).lines
        if text is not None:
            texts, missing = _joined(parts, "text")
            if missing:
                where = _missing_places(files, text, reading)
                problems.append(
                    f"{files.name}: {missing:,} of {len(texts):,} records have an empty text in "
                    f"column {text!r} ({where}); {ADVICE}"
                )
        if problems:
            raise DataError(*problems)
        return Table(files.name, arrays, labels, texts, read_as_of(decided), sentence, kept)


def _lacking(
    parts: Sequence[dict[str, Any]], names: Sequence[str], label: str | None, text: str | None
) -> dict[str, Mask]:
    """Return which records of all files lack something, by what they do."""
    called = {f"x{i}": f"have no value in column {name!r}" for i, name in enumerate(names)}
    called |= {"label": f"have no label in column {label!r}"}
    called |= {"text": f"have an empty text in column {text!r}"}
    return {
        called[key]: np.concatenate([np.ma.getmaskarray(part[key]) for part in parts])
        for key in parts[0]
    }


def _taken(parts: Sequence[dict[str, Any]], kept: Mask) -> list[dict[str, Any]]:
    """Return some of the records of all files."""
    taken, start = [], 0
    for part in parts:
        end = start + len(next(iter(part.values())))
        taken.append({key: values[kept[start:end]] for key, values in part.items()})
        start = end
    return taken


def read_as_of(decided: Sequence[tuple[Source, Sequence[Decided]]]) -> dict[str, str]:
    """Return why columns with many numbers are read as text, in words, by column."""
    return {
        one.name: f"is read as text because of {one.odd}"
        for _, each in reversed(decided)
        for one in each
        if one.odd and one.kind == "text"
    }


def names_of(
    files: Opened, label: str | None, text: str | None, columns: Sequence[str] | None
) -> list[str]:
    """Return the columns of a record.

    Raises
    ------
    DataError
        If there is no such column, one stands twice or is the label, or none is left.
    """
    first = files.sources[0]
    for name in (label, text):
        if name is not None:
            first.column(name)
    if text is not None and columns is None:
        return []
    every = [column.name for column in first.columns]
    chosen = [name for name in every if name != label] if columns is None else list(columns)
    for name in chosen:
        first.column(name)
    check_columns(chosen, label, files.name)
    return chosen


def check_columns(columns: Sequence[str], label: str | None, source: str) -> None:
    """Raise `DataError` unless these columns make up a record: one at least, each once, no label.

    Parameters
    ----------
    columns
        The columns' names.
    label
        The column that holds the label.
    source
        What messages call the table.
    """
    if len(set(columns)) < len(columns):
        raise DataError(f"{source}: a column stands twice in {', '.join(columns)}")
    if label in columns:
        raise DataError(f"{source}: column {label!r} is the label, so no part of a record")
    if not columns:
        raise DataError(f"{source}: a record needs columns besides the label {label!r}")


def refuse_missing(
    files: Opened, decided: Sequence[tuple[Source, Sequence[Decided]]], reading: Reading
) -> None:
    """Raise `DataError` where a value of a record is missing, unless missing values are kept."""
    if problems := missing_in_columns(files, decided, reading):
        raise DataError(*problems)


def missing_in_columns(
    files: Opened, decided: Sequence[tuple[Source, Sequence[Decided]]], reading: Reading
) -> list[str]:
    """Return a line for each column with missing values, where these are refused."""
    if not sum(each[0].records for _, each in decided if each) and decided[0][1]:
        raise no_records(files.name, reading)
    if reading.missing != "refuse":
        return []
    problems = []
    for at, one in enumerate(decided[0][1]):
        missing = sum(each[at].missing for _, each in decided)
        if missing:
            records = sum(each[at].records for _, each in decided)
            problems.append(
                f"{files.name}: {missing:,} of {records:,} records have a missing value in column "
                f"{one.name!r} ({_missing_places(files, one.name, reading)}); {ADVICE}, or "
                '"keep" them'
            )
    return problems


def _missing_places(files: Opened, name: str, reading: Reading) -> str:
    """Say where the missing values of a column stand."""
    columns = [column.name for column in files.sources[0].columns]
    lists = files.sources[0].columns[columns.index(name)].holds == "list"

    def missing(cell: str | None) -> bool:
        gone = cell is None if lists else reading.is_missing(cell)
        return gone or str(cell).strip().lower() in ("nan", "-nan")

    return places_of(files, name, missing) or "not found"


def label_sql(column: Column, separator: str | None, reading: Reading) -> str:
    """Return the expression that gives the label of a record; '' is a set without labels."""
    if column.holds == "list":
        return column.sql
    missing = missing_in(column, reading)
    text = as_text(column)
    if separator is None:
        return f"CASE WHEN {missing} THEN NULL ELSE {text} END"
    blank = missing_in(column, Reading())
    return f"CASE WHEN {blank} THEN '' WHEN {missing} THEN NULL ELSE {text} END"


def no_label(files: Opened, label: str, missing: int, records: int, reading: Reading) -> DataError:
    """Return the error for records without a label."""
    return DataError(
        f"{files.name}: {missing:,} of {records:,} records have no label in column {label!r} "
        f"({_missing_places(files, label, reading)}); {ADVICE}"
    )


def _text_sql(source: Source, text: str, reading: Reading) -> str:
    """Return the expression that gives the text of a record."""
    column = source.column(text)
    if column.holds not in ("written", "text"):
        words = {"number": "numbers", "truth": "truth values", "list": "lists"}
        raise DataError(
            f"{source.name}: column {text!r} holds {words.get(column.holds, 'dates')}, not texts"
        )
    return f"CASE WHEN {missing_in(column, reading)} THEN NULL ELSE {column.sql} END"


def _fetched(files: Opened, source: Source, chosen: Sequence[str]) -> dict[str, Any]:
    """Return what a source gives for some expressions, as arrays."""

    def fetched(source: Source) -> dict[str, Any]:
        query = f"SELECT {', '.join(chosen)} FROM {source.relation}"
        return dict(files.connection.execute(query).fetchnumpy())

    try:
        try:
            return fetched(source)
        except duckdb.Error as error:
            return fetched(source.repaired(error))
    except duckdb.Error as error:
        raise DataError(f"{source.name} cannot be read: {first_line(error)}") from error
    except RuntimeError as error:  # DuckDB reports Ctrl-C in this way
        raise KeyboardInterrupt from error


def _joined(parts: Sequence[Any], name: str) -> tuple[list[Any], int]:
    """Return a column of all files as a list, and how many of its values are missing."""
    values: list[Any] = []
    missing = 0
    for part in parts:
        missing += int(np.ma.getmaskarray(part[name]).sum())
        cells = np.ma.getdata(part[name]).tolist()
        if any(isinstance(cell, np.ndarray) for cell in cells):  # lists of labels
            cells = [cell.tolist() if isinstance(cell, np.ndarray) else cell for cell in cells]
        values += cells
    if not values:
        raise DataError("no records")
    return values, missing


def plain_column(parts: Sequence[Any], kind: str) -> NDArray[Any]:
    """Return a column as one array: NaN or None where a value is missing."""
    parts = [part for part in parts if len(part)] or parts[:1]
    if kind in ("text", "empty"):
        return np.concatenate([_objects(part) for part in parts])
    masks = [np.ma.getmaskarray(part) for part in parts]
    if not any(mask.any() for mask in masks):
        return np.concatenate([np.ma.getdata(part) for part in parts])
    if kind == "truth":
        return np.concatenate([_objects(part) for part in parts])
    numbers = [np.ma.getdata(part).astype(float) for part in parts]
    for values, mask in zip(numbers, masks, strict=True):
        values[mask] = np.nan
    return np.concatenate(numbers)


def _objects(values: Any) -> NDArray[Any]:
    """Return values as texts, None where one is missing."""
    mask = np.ma.getmaskarray(values)
    texts = np.ma.getdata(values)
    if texts.dtype != object:
        texts = texts.astype(str).astype(object)
    elif mask.any():
        texts = texts.copy()
    texts[mask] = None
    return texts
