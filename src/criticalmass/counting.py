"""Counting files and dataframes of any length by record and label, with DuckDB.

Memory is limited; what does not fit is spilled to a temporary folder.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from criticalmass.errors import DataError, unknown
from criticalmass.records import Features, columns_of

_PLAIN_CSV = "(?, auto_type_candidates = ['BIGINT', 'DOUBLE', 'VARCHAR'])"

READERS = {
    ".csv": f"read_csv{_PLAIN_CSV}",  # "yes" stays a word, a date stays as it is written
    ".tsv": f"read_csv{_PLAIN_CSV}",
    ".parquet": "read_parquet(?)",
    ".json": "read_json(?)",
    ".jsonl": "read_json(?)",
}

MOST_LABELS = 1000
FEW_LABELS = 8
"""Up to so many labels are counted side by side at once."""


def count(
    source: Any, label: str, columns: Sequence[str] | None, memory: str
) -> tuple[Features, NDArray[np.int64], tuple[str, ...], str]:
    """Return different records, their counts by label, the labels, and what the source is called.

    What is asked for is told in `criticalmass.FiniteTable.read`.
    """
    with _connection(memory) as connection:
        called = _register(connection, source)
        kinds = {str(row[0]): row[1] for row in connection.sql("DESCRIBE source").fetchall()}
        known = list(kinds)
        wanted = [column for column in known if column != label]
        wanted = wanted if columns is None else [str(column) for column in columns]
        for column in (label, *wanted):
            if column not in known:
                raise DataError(f"{called}: {unknown('column', column, known)}")
        if len(set(wanted)) < len(wanted):
            raise DataError(f"{called}: a column stands twice in {', '.join(wanted)}")
        if label in wanted:
            raise DataError(f"{called}: column {label!r} is the label, so no part of a record")
        if not wanted:
            raise DataError(f"{called}: a record needs columns besides the label {label!r}")
        held = f"{_identifier(label)}::VARCHAR"
        if kinds[label] == "BOOLEAN":  # called as Python calls them, as everywhere
            held = f"CASE {held} WHEN 'true' THEN 'True' WHEN 'false' THEN 'False' END"
        features, counts, labels = _count(connection, wanted, (label, held), called)
    return features, counts, labels, called


@contextmanager
def _connection(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB with a memory limit and a folder to spill to, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="criticalmass-") as folder:
        settings: dict[str, str | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "preserve_insertion_order": "false",
        }
        try:
            connection = duckdb.connect(config=settings)
        except duckdb.Error as error:
            raise DataError(f"memory = {memory!r} is not a size such as '1GB'") from error
        with connection:
            yield connection


def _register(connection: duckdb.DuckDBPyConnection, source: Any) -> str:
    """Make the source known to DuckDB as ``source``; return what to call it."""
    if not isinstance(source, (str, Path)):
        module = type(source).__module__.partition(".")[0]
        frame = source if module in ("pandas", "pyarrow") else columns_of(source)[0]
        connection.register("source", frame)
        return "the table"
    path = Path(source)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path.name}: expected a file ending in {', '.join(READERS)}")
    if path.is_file():
        pattern = re.sub(r"([*?\[])", r"[\1]", str(path))
    elif any(path.parent.glob(path.name)):
        pattern = str(path)
    else:
        raise DataError(f"no file {str(path)!r}")
    literal = "'" + pattern.replace("'", "''") + "'"
    try:
        connection.execute(f"CREATE VIEW source AS SELECT * FROM {reader.replace('?', literal)}")
    except duckdb.Error as error:
        raise DataError(f"{path.name} cannot be read: {_first_line(error)}") from error
    return path.name


def _count(
    connection: duckdb.DuckDBPyConnection,
    columns: list[str],
    label: tuple[str, str],
    called: str,
) -> tuple[Features, NDArray[np.int64], tuple[str, ...]]:
    """Find the labels; then group by record, with one count a label.

    ``label`` is the name of its column, and the expression for it.
    """
    names = [f"c{i}" for i in range(len(columns))]  # no column's own, lest it clash with a count's
    renamed = ", ".join(f"{_identifier(c)} AS {n}" for c, n in zip(columns, names, strict=True))
    each = f"(SELECT {renamed}, {label[1]} AS held_label FROM source)"
    try:
        found = connection.execute(
            f"SELECT held_label, count(*) FROM {each} GROUP BY 1 ORDER BY 1 NULLS LAST"
        ).fetchall()
        if found and found[-1][0] is None:
            raise DataError(_missing(called, found[-1][1], label[0]))
        labels = tuple(str(row[0]) for row in found)
        if not labels:
            raise DataError(f"{called}: no records")
        if len(labels) > MOST_LABELS:
            raise DataError(
                f"{called}: column {label[0]!r} has {len(labels):,} different values; that is no "
                f"label (at most {MOST_LABELS:,})"
            )
        if len(labels) < 2:
            raise DataError(f"{called}: labels must take at least two values; found {labels}")
        counter = "count(*)"
        if len(labels) > FEW_LABELS:  # then looking at each record once a label would take longer
            connection.execute(f"CREATE TYPE held AS ENUM ({', '.join(map(_text, labels))})")
            connection.execute(
                f"CREATE TEMP TABLE pairs AS SELECT {', '.join(names)}, held_label::held AS "
                f"held_label, count(*) AS records FROM {each} GROUP BY ALL"
            )
            each, counter = "pairs", "sum(records)"
        counts_of = ", ".join(
            f"coalesce({counter} FILTER (held_label = {_text(name)}), 0)::BIGINT AS n{j}"
            for j, name in enumerate(labels)
        )
        connection.execute(
            f"CREATE TEMP TABLE grouped AS SELECT {', '.join(names)}, {counts_of} FROM {each} "
            f"GROUP BY {', '.join(names)}"
        )
        records = " + ".join(f"n{j}" for j in range(len(labels)))
        for column, name in zip(columns, names, strict=True):
            query = f"SELECT coalesce(sum({records}), 0)::BIGINT FROM grouped WHERE {name} IS NULL"
            (missing,) = connection.execute(query).fetchone() or (0,)
            if missing:
                raise DataError(_missing(called, missing, column))
        # ordered, so that sums are added in one order, whatever the threads did
        held_by = connection.execute("SELECT * FROM grouped ORDER BY ALL").fetchnumpy()
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"{called}: too many different records for the memory allowed; allow more, or use "
            "fewer columns"
        ) from error
    except duckdb.Error as error:
        raise DataError(f"{called} cannot be read: {_first_line(error)}") from error
    except RuntimeError as error:  # how duckdb says that Ctrl-C was pressed
        raise KeyboardInterrupt from error
    counts = np.column_stack([np.ma.getdata(held_by.pop(f"n{j}")) for j in range(len(labels))])
    plain = {
        column: np.ma.getdata(held_by.pop(name))
        for column, name in zip(columns, names, strict=True)
    }
    numeric = (np.number, np.bool_)
    kinds = {c: v.dtype if issubclass(v.dtype.type, numeric) else object for c, v in plain.items()}
    features = np.empty(len(counts), dtype=list(kinds.items()))
    for column in columns:
        values = plain.pop(column)
        as_text = kinds[column] is object and values.dtype != object
        features[column] = values.astype(str) if as_text else values
    return features, counts, labels


def _missing(called: str, records: int, column: str) -> str:
    return (
        f"{called}: {records:,} records have a missing value in column {column!r}; "
        "fill it or leave them out"
    )


def _identifier(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    said = str(error).splitlines()[0]
    hint = "; expected UTF-8, with the names of the columns in its first line"
    return said + (hint if "CSV" in said else "")
