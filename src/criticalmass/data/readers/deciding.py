"""Which columns are numbers: decided from all cells of all files, never from the first ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from unicodedata import normalize

import duckdb

from criticalmass.data.readers.opening import Opened
from criticalmass.data.readers.reading import Reading
from criticalmass.data.readers.source import Column, Source, quoted
from criticalmass.data.readers.texts import as_text
from criticalmass.data.spelling import CERTAIN, number_in
from criticalmass.errors import DataError, first_line

Kind = Literal["whole", "real", "number", "truth", "text", "empty"]

_BLANK = (
    r"[\s\x{0b}\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
    r"\x{3000}]*"
)
"""What Python's `str.strip` takes away, as DuckDB's regular expressions write it."""
_WHOLE = "-?(0|[1-9][0-9]{0,17})"
_SIMPLE = "-?((0|[1-9][0-9]*)[{0}][0-9]*|[{0}][0-9]+)"


@dataclass(frozen=True)
class Decided:
    """How a column is read.

    Parameters
    ----------
    name
        Its name.
    kind
        What its values are: ``whole`` or ``real`` numbers that a text file writes, a ``number`` or
        ``truth`` value that a typed file holds, ``text``; ``empty`` if all are missing.
    sql
        The expression that gives them, NULL where one is missing.
    missing, records
        How many values are missing, of how many.
    odd
        The first cell that keeps a column of numbers from being one, and where it stands; empty
        without such a cell.
    large, floats
        Whether it holds whole numbers that float64 would round; whether its numbers are floats.
    commas
        Whether most of its cells are numbers with a decimal comma, where none is expected.
    """

    name: str
    kind: Kind
    sql: str
    missing: int
    records: int
    odd: str = ""
    large: bool = False
    floats: bool = False
    commas: bool = False


AT_ONCE = 25
"""So many columns are looked at in one query, whose time grows with the square of their number."""


def decide(
    files: Opened, names: Sequence[str], reading: Reading
) -> list[tuple[Source, list[Decided]]]:
    """Return how the named columns of each file are read, the same in all files.

    Raises
    ------
    DataError
        If there is no such column, one cannot be used, or two files differ in what it holds.
    """
    found = [_of_source(files, source, names, reading) for source in files.sources]
    agreed = []
    for at, name in enumerate(names):
        parts = [(source.name, each[at]) for source, each in found]
        agreed.append(_agree(name, parts))
        _refuse_rounding(files.name, name, agreed[-1], [one for _, one in parts])
    return [
        (source, [_as(kind, decided) for kind, decided in zip(agreed, each, strict=True)])
        for source, each in found
    ]


def _agree(name: str, each: list[tuple[str, Decided]]) -> Kind:
    """Return what a column holds in all files."""
    numbers = ("whole", "real", "number")
    of_file = [(file, decided.kind) for file, decided in each if decided.kind != "empty"]
    if not of_file:
        return "empty"
    first, kind = of_file[0]
    for file, other in of_file[1:]:
        if other != kind and not (kind in numbers and other in numbers):
            words = {"truth": "truth values", "text": "texts"}
            odd = next((f" (because of {one.odd})" for _, one in each if one.odd), "")
            raise DataError(
                f"column {name!r} holds {words.get(kind, 'numbers')} in {first} and "
                f"{words.get(other, 'numbers')} in {file}{odd}; let them agree"
            )
    kinds = {kind for _, kind in of_file}
    if kinds <= {"whole", "real"}:
        return "real" if "real" in kinds else "whole"
    return kind if len(kinds) == 1 else "number"


def _refuse_rounding(called: str, name: str, kind: Kind, each: Sequence[Decided]) -> None:
    """Raise `DataError` where large whole numbers stand beside what makes a column float64."""
    if kind not in ("real", "number") and not (kind == "whole" and any(d.missing for d in each)):
        return
    floats = any(d.missing or d.floats for d in each)
    if floats and any(d.large for d in each):
        raise DataError(
            f"{called}: column {name!r} holds whole numbers of more than 15 digits beside decimals "
            "or missing values, where they would be rounded; make texts of them"
        )


def _as(kind: Kind, decided: Decided) -> Decided:
    """Return how a file's column is read where all files together decide its kind."""
    if decided.kind == "whole" and kind == "real":
        return replace(decided, kind="real", sql=decided.sql.replace("::BIGINT", "::DOUBLE"))
    if decided.kind == "empty" and kind in ("whole", "real", "number"):
        return replace(decided, kind=kind, sql="NULL::DOUBLE")
    return replace(decided, kind=kind)


def _of_source(
    files: Opened, source: Source, names: Sequence[str], reading: Reading
) -> tuple[Source, list[Decided]]:
    """Return how one file's columns are read, and the file, mended if it could not be read."""
    batches = [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]

    def decided(source: Source) -> list[Decided]:
        each = [_decide(files.connection, source, batch, reading) for batch in batches]
        return [one for batch in each for one in batch]

    try:
        return source, decided(source)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        mended = source.repaired(error)
    try:
        return mended, decided(mended)
    except duckdb.Error as error:
        raise DataError(f"{source.name} cannot be read: {first_line(error)}") from error


def _decide(
    connection: duckdb.DuckDBPyConnection, source: Source, names: Sequence[str], reading: Reading
) -> list[Decided]:
    """Return how some columns of one file are read, in one query."""
    columns = [source.column(name) for name in names]
    for column in columns:
        if column.holds == "list":
            raise DataError(
                f"{source.name}: column {column.name!r} holds lists; a record has one value in a "
                "column"
            )
    # each cell's class (k) and text (v)
    classes = ", ".join(f"{_class_of(c, reading)} AS k{i}" for i, c in enumerate(columns))
    cells = ", ".join(f"{_cell(c)} AS v{i}" for i, c in enumerate(columns))
    # of each column: cells by class, the first that Python must look at, letters beyond ASCII
    aggregates = []
    for i, column in enumerate(columns):
        kinds = range(7) if column.holds == "written" else (0, 1, 2)
        counts = [f"count(*) FILTER (k{i} = {kind})" for kind in kinds]
        odd, beyond_ascii = f"min(v{i}) FILTER (k{i} = 5)", f"bool_or(strlen(v{i}) > length(v{i}))"
        aggregates.append([*counts, odd, beyond_ascii])
    row = connection.execute(
        f"SELECT {', '.join(one for each in aggregates for one in each)} FROM "
        f"(SELECT {classes}, {cells} FROM {source.relation})"
    ).fetchone()
    assert row is not None
    values = iter(row)
    return [
        _decided(connection, source, column, reading, [next(values) for _ in each])
        for column, each in zip(columns, aggregates, strict=True)
    ]


def _cell(column: Column) -> str:
    """Return the expression for a cell's text."""
    return column.sql if column.holds in ("written", "text") else "NULL::VARCHAR"


def missing_in(column: Column, reading: Reading) -> str:
    """Return the condition under which a cell of a column holds no value."""
    cell = column.sql
    numbers = ", ".join(map(repr, reading.missing_numbers))
    if column.holds in ("written", "text"):
        words = {normalize("NFC", word) for word in reading.missing_words}
        words |= {normalize("NFD", word) for word in reading.missing_words}
        either = "".join(f"|{re.escape(word)}" for word in sorted(words))
        pattern = quoted(f"{_BLANK}({either}){_BLANK}" if words else _BLANK)
        blank = f"regexp_full_match({cell}, {pattern})"
        if not words:  # most cells begin with a letter or a digit: look no further
            blank = f"CASE WHEN ascii({cell}) BETWEEN 33 AND 127 THEN false ELSE {blank} END"
        conditions = [f"({cell}) IS NULL", blank]
        if numbers:
            plain = f"trim({cell})"
            if not column.point and reading.decimal != ".":
                plain = f"replace({plain}, {quoted(reading.decimal)}, '.')"
            conditions.append(f"coalesce(TRY_CAST({plain} AS DOUBLE) IN ({numbers}), false)")
    elif column.holds == "number":
        conditions = [f"({cell}) IS NULL", *([f"isnan({cell})"] if column.floats else [])]
        conditions += [f"({cell}) IN ({numbers})"] if numbers else []
    else:
        conditions = [f"({cell}) IS NULL"]
    return f"({' OR '.join(conditions)})"


def _class_of(column: Column, reading: Reading) -> str:
    """Return the expression for a cell's class.

    0: missing; 1, 2: a whole number, short or long; 3: a decimal number that float64 holds; 4:
    ``nan``; 5: something else, which Python looks at; 6: a number with an unexpected decimal comma.
    """
    missing = missing_in(column, reading)
    cell = column.sql
    if column.holds != "written":
        long = ""
        if column.long:
            long = (
                f"WHEN ({cell}) BETWEEN {-(2**53)} AND {2**53} THEN 1 "
                f"WHEN ({cell})::DOUBLE::HUGEINT <> ({cell})::HUGEINT THEN 2 "
            )
        return f"CASE WHEN {missing} THEN 0 {long}ELSE 1 END"
    decimal = "." if column.point else reading.decimal
    simple = _SIMPLE.format(decimal)
    comma = ""
    if reading.decimal == "." and not column.point:
        comma = f"WHEN regexp_full_match({cell}, '-?[0-9]+,[0-9]+') THEN 6 "
    number = (
        f"CASE WHEN regexp_full_match({cell}, '{_WHOLE}') THEN "
        f"CASE WHEN length({cell}) <= {CERTAIN} THEN 1 ELSE 2 END "
        f"WHEN length({cell}) <= {CERTAIN + 1} AND regexp_full_match({cell}, '{simple}') THEN 3 "
        f"WHEN lower({cell}) = '-nan' THEN 4 {comma}ELSE 5 END"
    )
    # from - to 9: what a number may begin with, and no blank cell
    begins = f"ascii({cell}) BETWEEN {min(map(ord, ('-', decimal)))} AND {ord('9')}"
    if reading.missing_words:
        begins = f"{begins} AND NOT {missing}"
    return (
        f"CASE WHEN {begins} THEN {number} "
        f"WHEN {missing} THEN 0 WHEN lower({cell}) = 'nan' THEN 4 ELSE 5 END"
    )


def _decided(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    column: Column,
    reading: Reading,
    counted: Sequence[int | str | bool | None],
) -> Decided:
    """Return how a column is read, given what `_decide` counted in it."""
    *counts, odd, beyond_ascii = counted
    counts += [0] * (7 - len(counts))
    missing, short, long, simple, nan, others, commas = (int(count or 0) for count in counts)
    records = missing + short + long + simple + nan + others + commas
    is_missing = missing_in(column, reading)
    if column.point:
        reading = replace(reading, decimal=".")
    # a column with a type
    if column.holds != "written":
        kind: Kind = "text"
        value = as_text(column) if beyond_ascii or column.holds != "text" else column.sql
        if column.holds in ("number", "truth"):
            kind, value = column.holds, f"({column.sql})"
        kind = "empty" if missing == records else kind
        sql = f"CASE WHEN {is_missing} THEN NULL ELSE {value} END" if missing else value
        return Decided(
            column.name, kind, sql, missing, records, large=long > 0, floats=column.floats
        )
    # a written column: is it one of numbers?
    text = f"nfc_normalize({column.sql})" if beyond_ascii else column.sql
    if missing:
        text = f"CASE WHEN {is_missing} THEN NULL ELSE {text} END"
    if missing + nan == records:
        return Decided(column.name, "empty", "NULL::VARCHAR", missing + nan, records)
    numbers = short + long + simple
    whole = True
    is_number = numbers + others > 0 and not commas
    if others and is_number:
        assert isinstance(odd, str)
        is_number, whole = _all_numbers(connection, source, column, reading, (5,), odd)
    whole = whole and not simple and not missing and not nan
    large = (
        is_number and bool(long or others) and not _all_held(connection, source, column, reading)
    )
    if large and not whole:  # float64 would have to hold them, and rounds them
        is_number = False
    # no: texts, and why
    if not is_number:
        why = ""
        has_commas = 2 * commas >= records - missing > 0
        if 2 * (numbers + commas) >= records - missing:
            why = _first_odd(source, column.name, reading)
            if has_commas:
                why += ' (if that is a decimal comma, say decimal = ",")'
        return Decided(column.name, "text", text, missing, records, why, commas=has_commas)
    # yes: whole ones, or real ones
    plain = column.sql
    if reading.decimal != ".":
        plain = f"replace({plain}, {quoted(reading.decimal)}, '.')"
    if whole:
        return Decided(column.name, "whole", f"({plain})::BIGINT", 0, records, large=large)
    value = f"({plain})::DOUBLE"
    if missing or nan:
        is_missing = f"{is_missing} OR lower({column.sql}) IN ('nan', '-nan')"
        value = f"CASE WHEN {is_missing} THEN NULL ELSE {value} END"
    return Decided(column.name, "real", value, missing + nan, records, floats=True)


def _all_numbers(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    column: Column,
    reading: Reading,
    classes: tuple[int, ...],
    one: str,
) -> tuple[bool, bool]:
    """Return whether cells that need a closer look are plain numbers, and whether all are whole."""
    if number_in(one, reading.decimal) is None:
        return False, False
    whole = True
    for cell in _different(connection, source, column, reading, classes):
        number = number_in(cell, reading.decimal)
        if number is None:
            return False, False
        whole = whole and isinstance(number, int)
    return True, whole


def _all_held(
    connection: duckdb.DuckDBPyConnection, source: Source, column: Column, reading: Reading
) -> bool:
    """Return whether float64 holds all whole numbers that have many digits."""
    cells = _different(connection, source, column, reading, (2, 5))
    numbers = [number_in(cell, reading.decimal) for cell in cells]
    return all(not isinstance(n, int) or int(float(n)) == n for n in numbers)


def _different(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    column: Column,
    reading: Reading,
    classes: tuple[int, ...],
) -> list[str]:
    """Return the different cells of some classes."""
    found = connection.execute(
        f"SELECT DISTINCT {column.sql} FROM {source.relation} WHERE "
        f"{_class_of(column, reading)} IN ({', '.join(map(str, classes))})"
    ).fetchall()
    return [row[0] for row in found]


def _first_odd(source: Source, name: str, reading: Reading) -> str:
    """Return which cell keeps a column of numbers from being one, and where it stands."""
    at = [column.name for column in source.columns].index(name)
    for place, cells in source.rows():
        cell = cells[at]
        if not reading.is_missing(cell) and number_in(str(cell), reading.decimal) is None:
            return f"{str(cell)[:40]!r} in {place} of {source.name}"
    return ""
