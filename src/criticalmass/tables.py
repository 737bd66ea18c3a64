"""`FiniteTable`: a population counted, so that everything about it can be computed exactly.

Where few different records stand for many people, P₀ is a table: one line a different record (a
cell), one column a label, and how often the two came together. Files of any length are counted by
DuckDB in one pass, within a memory limit, spilling to disk.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from criticalmass.errors import DataError, unknown
from criticalmass.population import Population
from criticalmass.records import Features, columns_of, numbered

_PLAIN_CSV = "(?, auto_type_candidates = ['BIGINT', 'DOUBLE', 'VARCHAR'])"

READERS = {
    ".csv": f"read_csv{_PLAIN_CSV}",  # "yes" stays a word, a date stays as it is written
    ".tsv": f"read_csv{_PLAIN_CSV}",
    ".parquet": "read_parquet(?)",
    ".json": "read_json(?)",
    ".jsonl": "read_json(?)",
}


@dataclass(frozen=True, eq=False)
class FiniteTable:
    """How often each different record (a cell) came with each label.

    Make one with `FiniteTable.of` from a population or `FiniteTable.read` from a file or frame.

    Parameters
    ----------
    features
        The m different records, first axis the cell.
    counts
        Whole numbers (m, k): records of each cell that hold each label.
    label_names
        The k labels.
    name
        What to call the table.

    Examples
    --------
    >>> people = Population.from_texts(["a", "b", "a"], ["x", "y", "y"])
    >>> table = FiniteTable.of(people)
    >>> table.features.tolist(), table.counts.tolist(), table.size
    (['a', 'b'], [[1, 1], [0, 1]], 3)
    """

    features: Features
    counts: NDArray[np.int64]
    label_names: tuple[str, ...]
    name: str = "table"

    @classmethod
    def of(cls, population: Population, *, holding: str | None = None) -> FiniteTable:
        """Count a population.

        Parameters
        ----------
        population
            Records of any kind. With sets of labels, ``holding`` is needed.
        holding
            A label y*. Records then count as holding it or not: the two labels are ``y*`` and
            ``not y*``. For sets of labels, this is what a firm sees that learns each label apart.

        Raises
        ------
        DataError
            If records hold sets of labels and no label is named.
        """
        labels, names = population.labels, population.label_names
        if holding is not None:
            held = labels[:, population.label_index(holding)]
            labels, names = np.column_stack([held, ~held]), (holding, f"not {holding}")
        elif population.label_sets:
            raise DataError(
                f"{population.name}: records hold sets of labels; a finite table counts one label "
                "a record, so name the label that it should count"
            )
        (cell,) = numbered(population.features)
        _, first = np.unique(cell, return_index=True)
        k = len(names)
        pairs = np.bincount(cell * k + labels.argmax(axis=1), minlength=len(first) * k)
        counts = pairs.reshape(len(first), k).astype(np.int64)
        return cls(population.features[first], counts, names, population.name)

    @classmethod
    def read(
        cls,
        source: Any,
        *,
        label: str,
        columns: Sequence[str] | None = None,
        memory: str = "1GB",
        name: str | None = None,
    ) -> FiniteTable:
        """Count a file or a dataframe of any length, in one pass.

        Parameters
        ----------
        source
            Path of a CSV, TSV, Parquet or JSON-lines file (``*`` matches several files), or a
            dataframe (pandas, polars, pyarrow).
        label
            The column that holds the label.
        columns
            The columns that make up a record; by default all but the label.
        memory
            How much memory counting may take; what does not fit is spilled to a temporary folder.
        name
            What to call the table.

        Raises
        ------
        DataError
            If there is no such file or column, or a cell is empty.
        """
        with _connection(memory) as connection:
            origin, called = _register(connection, source)
            known = [str(row[0]) for row in connection.sql(f"DESCRIBE {origin}").fetchall()]
            wanted = [column for column in known if column != label]
            wanted = wanted if columns is None else [str(column) for column in columns]
            for column in (label, *wanted):
                if column not in known:
                    raise DataError(f"{called}: {unknown('column', column, known)}")
            if label in wanted or not wanted:
                raise DataError(f"{called}: a record needs columns besides the label {label!r}")
            features, counts, labels = _count(connection, origin, wanted, label, called)
        return cls(features, counts, labels, name or called)

    def __len__(self) -> int:
        return len(self.features)

    @property
    def size(self) -> int:
        """Number of records."""
        return int(self.counts.sum())

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """Number of records of each cell, (m,)."""
        return np.asarray(self.counts.sum(axis=1))

    def label_index(self, label: str) -> int:
        """Return the column of ``label``; raises `DataError` if nobody could hold it."""
        if label not in self.label_names:
            raise DataError(unknown("label", label, self.label_names))
        return self.label_names.index(label)

    @cached_property
    def cells(self) -> Population:
        """The different records as a population, each with its most frequent label."""
        top = self.counts.argmax(axis=1)[:, None] == np.arange(len(self.label_names))
        return Population(self.features, top, self.label_names, False, self.name)

    def locate(self, features: Features) -> NDArray[np.intp]:
        """Return the cell of each given record, −1 where the table has no such record."""
        mine, theirs = numbered(self.features, features)
        cell = np.full(max(mine.max(), theirs.max(initial=0)) + 1, -1, dtype=np.intp)
        cell[mine] = np.arange(len(mine))
        return cell[theirs]


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


def _register(connection: duckdb.DuckDBPyConnection, source: Any) -> tuple[str, str]:
    """Make the source known to DuckDB; return what to select from, and what to call it."""
    if not isinstance(source, (str, Path)):
        module = type(source).__module__.partition(".")[0]
        frame = source if module in ("pandas", "pyarrow") else columns_of(source)[0]
        connection.register("source", frame)
        return "source", "the table"
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
    return "source", path.name


def _count(
    connection: duckdb.DuckDBPyConnection, origin: str, columns: list[str], label: str, called: str
) -> tuple[Features, NDArray[np.int64], tuple[str, ...]]:
    """Group once by record and label; then lay the labels of each record side by side."""
    names = [_identifier(column) for column in columns]
    held = f"{_identifier(label)}::VARCHAR"
    try:
        connection.execute(
            f"CREATE TEMP TABLE grouped AS SELECT {', '.join(names)}, {held} AS held_label, "
            f"count(*) AS records FROM {origin} GROUP BY ALL"
        )
        for column, name in zip([*columns, label], [*names, "held_label"], strict=True):
            query = f"SELECT coalesce(sum(records), 0)::BIGINT FROM grouped WHERE {name} IS NULL"
            (missing,) = connection.execute(query).fetchone() or (0,)
            if missing:
                raise DataError(
                    f"{called}: {missing:,} records have a missing value in column {column!r}; "
                    "fill it or leave them out"
                )
        found = connection.execute("SELECT DISTINCT held_label FROM grouped ORDER BY 1").fetchall()
        labels = tuple(str(row[0]) for row in found)
        if len(labels) < 2:
            raise DataError(f"{called}: labels must take at least two values; found {labels}")
        sums = ", ".join(
            f"(sum(records) FILTER (held_label = {_text(name)}))::BIGINT AS n{j}"
            for j, name in enumerate(labels)
        )
        each = ", ".join(f"coalesce(n{j}, 0) AS n{j}" for j in range(len(labels)))
        held_by = connection.execute(
            f"SELECT * EXCLUDE ({', '.join(f'n{j}' for j in range(len(labels)))}), {each} FROM "
            f"(SELECT {', '.join(names)}, {sums} FROM grouped GROUP BY {', '.join(names)}) "
            "ORDER BY ALL"  # so that sums are added in one order, whatever the threads did
        ).fetchnumpy()
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
    plain = {column: np.ma.getdata(held_by.pop(column)) for column in columns}
    numeric = (np.number, np.bool_)
    kinds = {c: v.dtype if issubclass(v.dtype.type, numeric) else object for c, v in plain.items()}
    features = np.empty(len(counts), dtype=list(kinds.items()))
    for column in columns:
        values = plain.pop(column)
        as_text = kinds[column] is object and values.dtype != object
        features[column] = values.astype(str) if as_text else values
    return features, counts, labels


def _identifier(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
