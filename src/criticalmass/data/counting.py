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
from criticalmass.data.readers.deciding import decide
from criticalmass.data.readers.opening import Opened
from criticalmass.data.readers.source import quoted
from criticalmass.data.readers.table import (
    label_sql,
    names_of,
    no_label,
    plain_column,
    read_as_of,
    refuse_missing,
)
from criticalmass.data.records import Features
from criticalmass.errors import DataError

FEW_LABELS = 8
"""Up to so many labels are counted side by side at once."""


class SetsOfLabels(DataError):
    """A file whose records hold lists of labels, which no finite table counts."""


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
    """Count a file; what is asked for is told in `criticalmass.FiniteTable.read`."""
    reading = reading or Reading()
    with opened(path, memory=memory, ordered=False) as files:
        try:
            names = names_of(files, label, None, columns)
            if any(source.column(label).holds == "list" for source in files.sources):
                raise SetsOfLabels(
                    f"{files.name}: column {label!r} holds lists of labels; a finite table counts "
                    "one label per record"
                )
            decided = decide(files, names, reading)
            refuse_missing(files, decided, reading)
            own = [f"c{i}" for i in range(len(names))]  # no name of a file's, lest two clash
            parts = [
                f"SELECT {', '.join(f'{one.sql} AS c{i}' for i, one in enumerate(each))}, "
                f"({source.column(label).sql})::VARCHAR AS cell FROM {source.relation}"
                for source, each in decided
            ]
            files = replace(files, sources=tuple(source for source, _ in decided))  # as mended
            labels, grouped = _count(files, own, " UNION ALL ".join(parts), label, reading)
        except duckdb.OutOfMemoryException as error:
            raise DataError(
                f"{files.name}: too many different records for the memory allowed; allow more, or "
                "use fewer columns"
            ) from error
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise DataError(f"{files.name} cannot be read: {said}") from error
        except RuntimeError as error:  # how duckdb says that Ctrl-C was pressed
            raise KeyboardInterrupt from error
        kinds = [one.kind for one in decided[0][1]]
        read_as = read_as_of(decided)
    counts = np.column_stack([np.ma.getdata(grouped.pop(f"n{j}")) for j in range(len(labels))])
    held = [plain_column([grouped.pop(c)], kind) for c, kind in zip(own, kinds, strict=True)]
    features = np.empty(
        len(counts), dtype=[(name, v.dtype) for name, v in zip(names, held, strict=True)]
    )
    for name, values in zip(names, held, strict=True):
        features[name] = values
    return Counted(features, counts, labels, files.name, read_as)


def _count(
    files: Opened, names: list[str], each: str, label: str, reading: Reading
) -> tuple[tuple[str, ...], dict[str, NDArray[np.generic]]]:
    """Find the labels; then group by record, with one count a label."""
    connection = files.connection
    spellings = _labels(files, label, reading)
    labels = tuple(sort_labels(spellings))
    each, counter = f"({each})", "count(*)"
    if len(labels) > FEW_LABELS:  # then looking at each record once a label would take longer
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
    # ordered, so that sums are added in one order, whatever the threads did
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
        If a record has no label, or so many different ones are none.
    """
    spellings: dict[str, list[str]] = {}
    records = gone = 0
    for source in files.sources:
        column = source.column(label)
        found = files.connection.execute(
            f"SELECT {label_sql(replace(column, sql='cell'), None, reading)}, cell::VARCHAR, n "
            f"FROM (SELECT {column.sql} AS cell, count(*) AS n FROM {source.relation} GROUP BY 1)"
        ).fetchall()
        for name, cell, count in found:
            records += count
            if name is None:
                gone += count
            else:
                spellings.setdefault(name, []).append(cell)
    if gone:
        raise no_label(files, label, gone, records, reading)
    if not records:
        raise DataError(f"{files.name}: no records")
    check_labels(list(spellings), records, f"{files.name}: column {label!r}")
    if len(spellings) < 2:
        raise DataError(
            f"{files.name}: labels must take at least two values; found {tuple(spellings)}"
        )
    return spellings
