"""Parquet files: the file knows the types of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from criticalmass.data.readers import arrow_schema
from criticalmass.data.readers.source import (
    Cells,
    Column,
    Holds,
    Source,
    checked_names,
    literal_path,
)
from criticalmass.data.readers.texts import as_text
from criticalmass.errors import shortened

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_NUMBERS = (*_WHOLE, *_UNSIGNED, "FLOAT", "DOUBLE")
_LONG = ("HUGEINT", "UHUGEINT", "BIGNUM")
_TEXTS = ("VARCHAR", "UUID")
_LISTED = ("VARCHAR", *_WHOLE, *_UNSIGNED)
_MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")


@dataclass(frozen=True)
class Parquet(Source):
    """A Parquet file."""

    connection: duckdb.DuckDBPyConnection

    def rows(self) -> Iterator[tuple[str, Cells]]:
        """Yield the records; see `Source.rows`."""
        usable = ["NULL" if c.refused else as_text(c) for c in self.columns]
        cursor = self.connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute("SET preserve_insertion_order = true")
        cursor.execute(f"SELECT {', '.join(usable)} FROM {self.relation}")
        number = 0
        while batch := cursor.fetchmany(10_000):
            for cells in batch:
                number += 1
                yield f"record {number}", cells


def open_parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> Source:
    """Open a Parquet file."""
    called = f"{literal_path(path)}, hive_partitioning=false, filename=false"
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({called})").fetchall()
    types = [str(row[1]) for row in described]
    if {"FLOAT", "DOUBLE"} & set(types):
        # statistics of Parquet files leave nan out: DuckDB would conclude that isnan is never true
        connection.execute("SET disabled_optimizers = 'statistics_propagation'")
    schema = connection.execute(
        f"SELECT name, num_children FROM parquet_schema({literal_path(path)})"
    ).fetchall()
    names = checked_names(_top_level(schema), path.name)
    kept = connection.execute(
        f"SELECT value FROM parquet_kv_metadata({literal_path(path)}) WHERE key = ?",
        [arrow_schema.KEY],
    ).fetchone()
    spans = arrow_schema.spans_of_time(bytes(kept[0])) if kept else []
    if len(spans) == len(types):
        types = ["INTERVAL" if span else kind for span, kind in zip(spans, types, strict=True)]
    own = ", ".join(f"c{i}" for i in range(len(names)))
    columns = tuple(
        column_of_type(name, f"c{i}", kind)
        if name
        else Column(name, f"c{i}", "text", "has no name")
        for i, (name, kind) in enumerate(zip(names, types, strict=True))
    )
    relation = f"(SELECT * FROM read_parquet({called})) AS records({own})"
    return Parquet(path.name, columns, relation, connection)


def _top_level(schema: list[tuple[str, int | None]]) -> list[str]:
    """Return the names of a Parquet file's columns, without what lies within nested ones."""
    names: list[str] = []
    within = 0  # how many of the next ones lie within a column that has been named
    for name, children in schema[1:]:
        if within:
            within -= 1
        else:
            names.append(name)
        within += children or 0
    return names


def column_of_type(name: str, sql: str, kind: str) -> Column:
    """Return a column of one of DuckDB's types."""
    holds: Holds = "text"
    if kind in _NUMBERS:
        holds = "number"
    elif kind == "BOOLEAN":
        holds = "truth"
    elif kind in _MOMENTS:
        holds = "moment"
    elif kind == "TIMESTAMP WITH TIME ZONE":
        holds = "zoned"
    elif kind.startswith("DECIMAL"):  # spelled as a dataframe's is: 2.50 is 2.5
        plain = "HUGEINT" if kind.endswith(",0)") else "DOUBLE"
        exact = f"({sql}::VARCHAR)"
        short = (
            f"CASE WHEN {sql}::DOUBLE::{kind} = {sql} THEN {sql}::{plain}::VARCHAR ELSE {exact} END"
        )
        return Column(name, short, "written", point=True)
    elif kind == "TIME":
        time = f"{sql}::VARCHAR"
        sql = f"(CASE WHEN contains({time}, '.') THEN rpad({time}, 15, '0') ELSE {time} END)"
    elif kind in _TEXTS or kind.startswith("ENUM"):
        sql = f"{sql}::VARCHAR"
    elif kind.endswith("[]") and (kind[:-2] in _LISTED or kind.startswith("ENUM")):
        holds, sql = "list", f"CAST({sql} AS VARCHAR[])"
    elif kind in _LONG:
        return Column(name, sql, refused="holds whole numbers beyond 64 bits; make texts of them")
    elif kind == "INTERVAL":
        return Column(name, sql, refused="holds spans of time; make numbers or texts of them")
    elif kind == "BLOB":
        return Column(name, sql, refused="holds bytes, not texts; save it as text (UTF-8)")
    elif kind in ("NULL", '"NULL"'):
        sql = f"{sql}::VARCHAR"
    else:
        what = f"holds {shortened(kind, 60)}, which is nested or of no kind known here"
        return Column(name, sql, refused=what)
    long, floats = kind in ("BIGINT", "UBIGINT"), kind in ("FLOAT", "DOUBLE")
    return Column(name, sql, holds, long=long, floats=floats)
