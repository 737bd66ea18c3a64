"""JSON: one object per line, or a list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from criticalmass.data.readers.delimited import lines_of
from criticalmass.data.readers.source import (
    Cells,
    Column,
    Holds,
    Source,
    checked_names,
    literal_path,
    quoted,
)
from criticalmass.data.readers.texts import as_text
from criticalmass.errors import DataError, first_line

SMALLEST_LIMIT = 1 << 24
"""DuckDB takes records of so many bytes without being told to."""


@dataclass(frozen=True)
class JsonRecords(Source):
    """A file of JSON objects."""

    connection: duckdb.DuckDBPyConnection
    plain: Path
    by_line: bool

    def rows(self) -> Iterator[tuple[str, Cells]]:
        """Yield the records; see `Source.rows`."""
        usable = ["NULL" if c.refused else as_text(c) for c in self.columns]
        cursor = self.connection.cursor()
        cursor.execute("SET preserve_insertion_order = true")
        cursor.execute(f"SELECT {', '.join(usable)} FROM {self.relation}")
        places = self._places()
        while batch := cursor.fetchmany(10_000):
            for cells in batch:
                yield next(places), cells

    def _places(self) -> Iterator[str]:
        """Yield where each record stands; blank lines are lines, but no records."""
        if not self.by_line:
            yield from (f"record {number}" for number in count(1))
        with self.plain.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"line {number}"


def open_json(path: Path, connection: duckdb.DuckDBPyConnection, folder: Path) -> Source:
    """Open a file of JSON objects; ``folder`` is where a copy may lie for a while."""
    lines = lines_of(path)
    if lines.encoding == "cp1252":
        raise DataError(f"{path.name}: {lines.odd.removeprefix('the file is ')}; JSON is UTF-8")
    plain = path
    if lines.encoding != "utf-8":
        plain = folder / f"plain-{path.name}"
        plain.write_text(path.read_text(encoding=lines.encoding), encoding="utf-8")
    with plain.open(encoding="utf-8") as file:
        start = file.read(1000).lstrip()
    if not start:
        raise DataError(f"{path.name} is empty")
    form = "array" if start.startswith("[") else "newline_delimited"
    by_line = form == "newline_delimited"
    needed = 2 * _longest(plain) if by_line else plain.stat().st_size + 1
    most = min(max(SMALLEST_LIMIT, needed), 2**31 - 1)
    objects = (
        f"read_json_objects({literal_path(plain)}, format='{form}', hive_partitioning=false, "
        f"filename=false, maximum_object_size={most})"
    )
    try:
        kinds = connection.execute(
            f"SELECT json_type(json), count(*) FROM {objects} GROUP BY 1"
        ).fetchall()
        if odd := [kind for kind, _ in kinds if kind != "OBJECT"]:
            raise DataError(
                f"{path.name}: {_where(plain, form)}a record is a JSON {odd[0]}, not {{…}}"
            )
        keys, doubled = _keys(connection, objects)
    except duckdb.Error as error:
        where = _where(plain, form)
        why = "" if where else f" ({first_line(error)})"
        raise DataError(
            f"{path.name}: {where or 'it '}is not JSON as expected here: one object per line, or a "
            f"list of objects{why}"
        ) from error
    if doubled:
        raise DataError(f"{path.name}: a record names a value twice; each name once")
    names = checked_names(keys, path.name)
    columns = tuple(
        _column(connection, objects, key, name) for key, name in zip(keys, names, strict=True)
    )
    return JsonRecords(path.name, columns, objects, connection, plain, by_line)


def _longest(path: Path) -> int:
    """Return the length of a file's longest line in bytes."""
    with path.open("rb") as file:
        return max(map(len, file), default=0)


def _keys(connection: duckdb.DuckDBPyConnection, objects: str) -> tuple[list[str], bool]:
    """Return the names that records use, the first record's first, and whether one is doubled."""
    first = connection.execute(f"SELECT json_keys(json) FROM {objects} LIMIT 1").fetchone()
    known = list(first[0]) if first else []
    found = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) AS key FROM {objects} ORDER BY 1"
    ).fetchall()
    (doubled,) = connection.execute(
        f"SELECT coalesce(bool_or(len(json_keys(json)) > len(list_distinct(json_keys(json)))), "
        f"false) FROM {objects}"
    ).fetchone() or (False,)
    return list(dict.fromkeys([*known, *(row[0] for row in found)])), bool(doubled)


def _column(connection: duckdb.DuckDBPyConnection, objects: str, key: str, name: str) -> Column:
    """Return the column of the values that have one name."""
    at = quoted("/" + key.replace("~", "~0").replace("/", "~1"))
    value = f"(json->>{at})"
    found = connection.execute(
        f"SELECT json_type(json, {at}) AS kind, "
        f"bool_or(regexp_full_match({value}, '-?[0-9]+')), "
        f"bool_or(TRY_CAST({value} AS BIGINT) IS NULL), "
        f"bool_or(NOT coalesce(isfinite(TRY_CAST({value} AS DOUBLE)), false)), "
        f"bool_or(TRY_CAST({value} AS HUGEINT)::DOUBLE::HUGEINT <> TRY_CAST({value} AS HUGEINT)) "
        f"FROM {objects} GROUP BY 1"
    ).fetchall()
    # what cannot be used
    kinds = {row[0] for row in found if row[0] not in (None, "NULL")}
    numbers = {row[0]: row[1:] for row in found if row[0] in ("UBIGINT", "BIGINT", "DOUBLE")}
    beyond = "DOUBLE" in numbers and numbers["DOUBLE"][0]
    unsigned = "UBIGINT" in numbers and numbers["UBIGINT"][1]
    if not name:
        return Column(name, value, "text", "has no name")
    if "OBJECT" in kinds:
        return Column(name, value, "text", "holds objects; a table has one value per cell")
    if beyond or (unsigned and "BIGINT" in kinds):
        why = "holds whole numbers beyond 64 bits; make texts of them"
        return Column(name, value, "text", why)
    if any(row[2] for row in numbers.values()):
        why = "holds numbers that are not finite, or too large for float64"
        return Column(name, value, "text", why)
    if "ARRAY" in kinds:
        if kinds > {"ARRAY"}:
            return Column(name, value, "text", "holds lists in some records and not in others")
        inside = connection.execute(
            f"SELECT DISTINCT json_type(item) FROM (SELECT unnest((json->{at})::JSON[]) AS item "
            f"FROM {objects})"
        ).fetchall()
        if {row[0] for row in inside} - {"VARCHAR", "UBIGINT", "BIGINT"}:
            return Column(name, value, "text", "holds lists of something else than names")
        return Column(name, f"CAST(json->{at} AS VARCHAR[])", "list")
    # what the values are
    holds: Holds = "text"
    if kinds == {"BOOLEAN"}:
        return Column(name, f"{value}::BOOLEAN", "truth")
    if kinds and kinds <= {"UBIGINT", "BIGINT"}:
        kind = "UBIGINT" if unsigned else "BIGINT"
        return Column(name, f"{value}::{kind}", "number", long=True)
    if kinds and kinds <= {"UBIGINT", "BIGINT", "DOUBLE"}:
        if any(numbers[kind][3] for kind in kinds - {"DOUBLE"}):
            why = "holds whole numbers that would be rounded beside decimals; make texts of them"
            return Column(name, value, "text", why)
        return Column(name, f"{value}::DOUBLE", "number", floats=True)
    if "BOOLEAN" in kinds:
        value = (
            f"CASE json_type(json, {at}) WHEN 'BOOLEAN' THEN CASE {value} WHEN 'true' THEN 'True' "
            f"ELSE 'False' END ELSE {value} END"
        )
    return Column(name, value, holds)


def _where(path: Path, form: str) -> str:
    """Return which line is no JSON object, as a message goes on; empty if none is."""
    if form == "array":
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:  # too deep: at some place
            return f"line {error.lineno} " if isinstance(error, json.JSONDecodeError) else ""
        return ""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    if not isinstance(json.loads(line), dict):
                        return f"line {number}: "
                except (ValueError, RecursionError):
                    return f"line {number} "
    return ""
