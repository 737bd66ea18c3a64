"""Counting files of any length by record and label, with DuckDB.

Memory is limited; what does not fit is spilled to a temporary folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from criticalmass.data.labels import check_labels, sort_labels
from criticalmass.data.readers import Reading, opened
from criticalmass.data.readers.deciding import Decided, decide
from criticalmass.data.readers.incomplete import no_records
from criticalmass.data.readers.opening import Opened
from criticalmass.data.readers.source import Source, quoted
from criticalmass.data.readers.table import (
    label_sql,
    names_of,
    no_label,
    plain_column,
    read_as_of,
    refuse_missing,
)
from criticalmass.data.records import Features, table_of
from criticalmass.errors import DataError, first_line

FEW_LABELS = 8
"""Up to so many labels are counted side by side."""


class SetsOfLabels(DataError):
    """A file's records hold lists of labels, which a finite table cannot count."""


@dataclass(frozen=True, eq=False)
class Counted:
    """The different records of a file, and how often each came with each label.

    Parameters
    ----------
    features
        The different records.
    counts
        Records of each that hold each label.
    labels
        The labels.
    name
        What the file is called.
    read_as
        Why a column with many numbers was read as text, by column.
    """

    features: Features
    counts: NDArray[np.int64]
    labels: tuple[str, ...]
    name: str
    read_as: Mapping[str, str] = field(default_factory=dict)


def count(
    path: str | Path,
    label: str,
    columns: Sequence[str] | None,
    memory: str,
    reading: Reading | None = None,
) -> Counted:
    """Return the counts of a file; `criticalmass.FiniteTable.read` says what the parameters are."""
    reading = reading or Reading()
    with opened(path, memory=memory, ordered=False) as files:
        try:
            names = names_of(files, label, None, columns)
            if any(source.column(label).holds == "list" for source in files.sources):
                raise SetsOfLabels(
                    f"{files.name}: column {label!r} holds lists of labels; a finite table counts "
                    "one label per record"
                )
            # how each column is read
            decided = decide(files, names, reading)
            refuse_missing(files, decided, reading)
            if reading.missing == "drop":
                decided = [
                    (_complete(source, each, label, reading), each) for source, each in decided
                ]
            read_as = read_as_of(decided)
            kinds = [column.kind for column in decided[0][1]]
            files = replace(files, sources=tuple(source for source, _ in decided))  # as mended
            # all records; columns are numbered, because a file's names could clash with ours
            numbers = [f"c{i}" for i in range(len(names))]
            parts = [
                f"SELECT {', '.join(f'{one.sql} AS c{i}' for i, one in enumerate(each))}, "
                f"({source.column(label).sql})::VARCHAR AS cell FROM {source.relation}"
                for source, each in decided
            ]
            labels, grouped = _count(files, numbers, " UNION ALL ".join(parts), label, reading)
        except duckdb.OutOfMemoryException as error:
            raise DataError(
                f"{files.name}: too many different records for the memory allowed; allow more, or "
                "use fewer columns"
            ) from error
        except duckdb.Error as error:
            raise DataError(f"{files.name} cannot be read: {first_line(error)}") from error
        except RuntimeError as error:  # DuckDB reports Ctrl-C in this way
            raise KeyboardInterrupt from error
    counts = np.column_stack([np.ma.getdata(grouped.pop(f"n{j}")) for j in range(len(labels))])
    features = {
        name: plain_column([grouped.pop(number)], kind)
        for name, number, kind in zip(names, numbers, kinds, strict=True)
    }
    return Counted(table_of(features), counts, labels, files.name, read_as)


def _complete(source: Source, decided: Sequence[Decided], label: str, reading: Reading) -> Source:
    """Return a file without the records that lack a value or their label."""
    values = [label_sql(source.column(label), None, reading), *(one.sql for one in decided)]
    there = " AND ".join(f"({value}) IS NOT NULL" for value in values)
    return replace(source, relation=f"(SELECT * FROM {source.relation} WHERE {there})")


def _count(
    files: Opened, names: list[str], each: str, label: str, reading: Reading
) -> tuple[tuple[str, ...], dict[str, NDArray[np.generic]]]:
    """Return the labels, and the different records with one count for each label."""
    connection = files.connection
    spellings = _labels(files, label, reading)
    labels = tuple(sort_labels(spellings))
    each, counter = f"({each})", "count(*)"
    if len(labels) > FEW_LABELS:  # to look at each record once for each label would take longer
        connection.execute(
            f"CREATE TEMP TABLE pairs AS SELECT {', '.join(names)}, cell, count(*) AS records "
            f"FROM {each} GROUP BY ALL"
        )
        each, counter = "pairs", "sum(records)"
    counts_of = ", ".join(
        f"coalesce({counter} FILTER (cell IN ({', '.join(map(quoted, spellings[name]))})), 0)"
        f"::BIGINT AS n{j}"
        for j, name in enumerate(labels)
    )
    # ordered: whatever threads do, the records come in one order
    grouped = connection.execute(
        f"SELECT * FROM (SELECT {', '.join(names)}, {counts_of} FROM {each} "
        f"GROUP BY {', '.join(names)}) ORDER BY ALL"
    ).fetchnumpy()
    return labels, dict(grouped)


def _labels(files: Opened, label: str, reading: Reading) -> dict[str, list[str]]:
    """Return the labels, and the cells that stand for each.

    Raises
    ------
    DataError
        If a record has no label, or there are so many different ones that they are measurements.
    """
    spellings: dict[str, list[str]] = {}
    records = unlabelled = 0
    for source in files.sources:
        column = source.column(label)
        found = files.connection.execute(
            f"SELECT {label_sql(replace(column, sql='cell'), None, reading)}, cell::VARCHAR, n "
            f"FROM (SELECT {column.sql} AS cell, count(*) AS n FROM {source.relation} GROUP BY 1)"
        ).fetchall()
        for name, cell, count in found:
            records += count
            if name is None:
                unlabelled += count
            else:
                spellings.setdefault(name, []).append(cell)
    if unlabelled:
        raise no_label(files, label, unlabelled, records, reading)
    if not records:
        raise no_records(files.name, reading)
    check_labels(list(spellings), records, f"{files.name}: column {label!r}")
    if len(spellings) < 2:
        raise DataError(
            f"{files.name}: labels must take at least two values; found {tuple(spellings)}"
        )
    return spellings
