"""`Members`: the people of a real collective, read from their file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.labels import split_sets
from criticalmass.data.numbers import EVERY, Range, between, in_full
from criticalmass.data.population import Labels, Population
from criticalmass.data.readers import Reading, opened
from criticalmass.data.readers.delimited import Delimited, line_end_of
from criticalmass.data.readers.excel import Excel
from criticalmass.data.readers.texts import BETWEEN
from criticalmass.data.spelling import find, meaning, number_in, spelled
from criticalmass.errors import DataError, brief, unknown


@dataclass(frozen=True)
class Columns:
    """Which columns of a members' file mean what.

    Parameters
    ----------
    text
        The column with the text; for a table not used: its columns are those of the study's table.
    label
        The column with the label.
    separator
        What stands between several labels in one cell, where records hold sets of labels.
    id, name
        What tells members apart, and what they are called; a file need not have names, and may
        write the name of that column in capitals.
    reading
        How the cells of the study's file, and so of the members', are read.
    """

    text: str = "text"
    label: str = "label"
    separator: str = ";"
    id: str = "id"
    name: str = "name"
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Form:
    """How a text file of cells is written; what is written for its owner has the same form.

    Parameters
    ----------
    delimiter
        What stands between cells.
    line_end
        What ends a line.
    encoding
        The encoding, by its name in Python, with a byte-order mark where there is one.
    """

    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"


@dataclass(frozen=True, eq=False)
class Members:
    """The members of a collective and their own records.

    Make one with `read_members`.

    Parameters
    ----------
    ids
        What tells them apart, (m,).
    records
        Their records, in the same order, with the labels of the study's population.
    header, lines
        The file as it stands: its columns, and one line per member.
    columns
        Which of them mean what.
    form
        How the file is written, where it is a text file.
    typed
        The cells as a workbook holds them, where the file was one; otherwise empty.
    places
        Where each member stands, such as ``members.csv, line 2``.
    encoding
        What is odd about the file's encoding; empty if nothing is.
    """

    ids: tuple[str, ...]
    records: Population
    header: tuple[str, ...]
    lines: tuple[dict[str, str], ...]
    columns: Columns
    form: Form = field(default_factory=Form)
    typed: tuple[tuple[Any, ...], ...] = ()
    places: tuple[str, ...] = ()
    encoding: str = ""

    def __len__(self) -> int:
        return len(self.ids)


def read_members(path: str | Path, population: Population, columns: Columns) -> Members:
    """Read a members' file: CSV, TSV, Excel, Parquet or JSON, one line per member.

    Parameters
    ----------
    path
        The file. It has an id, the columns of a record and its label; more columns are kept.
    population
        The study's, whose kind, columns and labels the members' records have.
    columns
        What the file's columns are called, and how its cells are read.

    Raises
    ------
    DataError
        If the file cannot be read, two members have one id, a column or a cell is missing, or a
        label is not among the population's. The line says where.
    """
    path = Path(path)
    if population.kind == "array":
        raise DataError(f"{path.name}: members' files hold texts or tables, not images or arrays")
    record = (columns.text,) if population.kind == "texts" else population.columns
    with opened(path) as files:
        if len(files.sources) > 1:
            raise DataError(f"{path.name} matches several files; members come in one")
        source = files.sources[0]
        if all(column.name != columns.id for column in source.columns):
            said = unknown("column", columns.id, [column.name for column in source.columns])
            raise DataError(
                f"{path.name}: {said}; the option --id names the column that tells members apart"
            )
        for name in (columns.id, *record, columns.label):
            source.column(name)
        header = tuple(column.name for column in source.columns)
        called = [name for name in header if name.casefold() == columns.name.casefold()]
        columns = replace(columns, name=called[0]) if called else columns
        if header.count("") > 1:
            raise DataError(f"{path.name}: two columns have no name; name them or take them out")
        for other in source.columns:  # what could not be given back is not taken
            if other.name and other.refused:
                source.column(other.name)
        numbers = {c.name for c in source.columns if c.holds == "number" or c.point}
        numbers -= {columns.id} if population.holds == "numbers" else {columns.id, columns.label}
        lists = {c.name for c in source.columns if c.holds == "list"}
        where, lines = [], []
        for place, cells in files.rows():
            where.append(place)
            line = {name: cell or "" for name, cell in zip(header, cells, strict=True)}
            for name in numbers:  # in the study's way of writing them
                if number_in(line[name]) is not None:
                    line[name] = line[name].replace(".", columns.reading.decimal)
            for name in lists:
                line[name] = line[name].replace(BETWEEN, columns.separator)
            lines.append(line)
        form, odd = Form(), ""
        if isinstance(source, Delimited):
            encoding, odd = source.lines.encoding, source.lines.odd
            form = Form(source.delimiter, line_end_of(path, encoding), encoding)
        typed = source.typed if isinstance(source, Excel) else ()
    if not lines:
        raise DataError(f"{path.name}: no members")
    problems = _Problems(where)
    _check_ids([line[columns.id] for line in lines], problems, columns.id)
    features = np.empty(len(lines), dtype=population.features.dtype)
    if population.kind == "texts":
        for row, line in enumerate(lines):
            if not line[columns.text].strip():
                problems.add(row, f"nothing in column {columns.text!r}")
            features[row] = line[columns.text]
    for column in population.columns:
        spellings = _Spellings.of(population.features[column])
        for row, line in enumerate(lines):
            try:
                value = _value(line[column], spellings, column, columns.reading)
            except DataError as error:
                problems.add(row, str(error))
            else:
                features[column][row] = value
    labels = _labels([line[columns.label] for line in lines], problems, population, columns)
    problems.refuse()
    records = replace(population, features=features, labels=labels, name=path.stem, notes=())
    ids = tuple(line[columns.id].strip() for line in lines)
    places = tuple(where)
    return Members(ids, records, header, tuple(lines), columns, form, typed, places, odd)


class MemberProblems(DataError):
    """What is wrong with a members' file, every line of it.

    Parameters
    ----------
    problems
        One sentence per problem, with where it is.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        more = len(problems) - 1
        also = f" (and {more:,} more; `criticalmass check` lists them)" if more else ""
        super().__init__(problems[0] + also)


class _Problems:
    """Problems as they are found, by the row of the member."""

    def __init__(self, where: list[str]) -> None:
        self._where = where
        self._found: list[tuple[int, str]] = []

    def add(self, row: int, sentence: str) -> None:
        self._found.append((row, f"{self._where[row]}: {sentence}"))

    def line(self, row: int) -> str:
        """Return the line of a member, without the file's name."""
        return self._where[row].rpartition(", ")[2]

    def refuse(self) -> None:
        """Raise `MemberProblems` if there are any, in the order of the lines."""
        if self._found:
            self._found.sort(key=lambda found: found[0])
            raise MemberProblems(tuple(sentence for _, sentence in self._found))


def _check_ids(ids: list[str], problems: _Problems, column: str) -> None:
    seen: dict[str, int] = {}
    for row, member in enumerate(ids):
        if not member.strip():
            problems.add(row, f"nothing in column {column!r}")
        elif member.strip() in seen:
            before = problems.line(seen[member.strip()])
            problems.add(row, f"the id {member.strip()!r} is that of {before} already")
        seen.setdefault(member.strip(), row)


@dataclass(frozen=True)
class _Spellings:
    """The type of a column of the study's, and how it spells texts."""

    dtype: Any
    known: frozenset[str]
    by_meaning: dict[Any, list[str]]

    @classmethod
    def of(cls, values: NDArray[Any]) -> _Spellings:
        texts = sorted({v for v in values if v is not None}) if values.dtype == object else []
        by_meaning: dict[Any, list[str]] = defaultdict(list)
        for text in texts:
            by_meaning[meaning(text)].append(text)
        return cls(values.dtype, frozenset(texts), dict(by_meaning))

    def find(self, cell: str) -> str:
        """Return the column's spelling of a text, or the text if the column has none."""
        text = spelled(cell)
        if text in self.known:
            return text
        same = self.by_meaning.get(meaning(text), [])
        return same[0] if len(same) == 1 else text


def _value(cell: str, spellings: _Spellings, column: str, reading: Reading) -> Any:
    """Read a cell as the study's column has it."""
    dtype = spellings.dtype
    number_column = np.issubdtype(dtype, np.floating)
    if reading.is_missing(cell) or (number_column and cell.strip().lower() == "nan"):
        if reading.missing == "keep" and (number_column or dtype.kind == "O"):
            return None if dtype.kind == "O" else np.nan
        raise DataError(f"nothing in column {column!r}")
    if dtype.kind == "O":
        return spellings.find(cell)
    if dtype.kind == "b":
        if cell.strip().lower() not in ("true", "false"):
            raise DataError(f"column {column!r} holds true or false, not {cell!r}")
        return cell.strip().lower() == "true"
    number = number_in(cell.strip(), reading.decimal)
    whole = np.issubdtype(dtype, np.integer)
    if number is not None and whole:
        limits = np.iinfo(dtype)
        number = int(number) if number == int(number) else None
        number = number if number is not None and limits.min <= number <= limits.max else None
    if number is None:
        kind = "whole numbers" if whole else "numbers"
        raise DataError(f"column {column!r} holds {kind}; {cell!r} is none")
    return number


def _labels(
    cells: list[str], problems: _Problems, population: Population, columns: Columns
) -> Labels:
    """Read the label cells into a boolean matrix, or into one column of numbers."""
    if population.numbers is not None:
        return _numbers(cells, problems, population.numbers, columns)
    matrix = np.zeros((len(cells), len(population.label_names)), dtype=bool)
    sets = split_sets(cells, columns.separator) if population.label_sets else [{c} for c in cells]
    for row, names in enumerate(sets):
        if not population.label_sets and columns.reading.is_missing(cells[row]):
            problems.add(row, f"nothing in column {columns.label!r}")
            continue
        for name in sorted(names):
            known = find(name, population.label_names)
            if known is None:
                problems.add(row, unknown("label", name, population.label_names))
            else:
                matrix[row, population.label_names.index(known)] = True
    return matrix


def _numbers(
    cells: list[str], problems: _Problems, allowed: Range, columns: Columns
) -> NDArray[np.float64]:
    """Read the label cells as numbers, in one column."""
    column = np.zeros((len(cells), 1))
    low, high = allowed
    for row, cell in enumerate(cells):
        number = number_in(cell.strip(), columns.reading.decimal)
        if number is None:
            what = brief(cell, 40) if cell.strip() else "nothing"
            problems.add(row, f"column {columns.label!r} holds {what}, and numbers are wanted")
        elif not low <= number <= high and allowed != EVERY:
            holds = f"column {columns.label!r} holds {in_full(number)}"
            problems.add(row, f"{holds}, and {between(allowed)}")
        else:
            column[row, 0] = number
    return column
