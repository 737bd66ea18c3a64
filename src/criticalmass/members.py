"""`Members`: the people of a real collective, read from their file, and their place in a study."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.errors import DataError, StudyError, unknown
from criticalmass.population import Population
from criticalmass.records import numbered, split_sets
from criticalmass.studies.study import Study


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
        What tells members apart, and what they are called; a file need not have names.
    """

    text: str = "text"
    label: str = "label"
    separator: str = ";"
    id: str = "id"
    name: str = "name"


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
        The file as it stands: its columns, and a line a member.
    columns
        Which of them mean what.
    delimiter
        What stands between the file's cells.
    """

    ids: tuple[str, ...]
    records: Population
    header: tuple[str, ...]
    lines: tuple[dict[str, str], ...]
    columns: Columns
    delimiter: str = ","

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Joined:
    """A study whose population holds the members' records.

    Parameters
    ----------
    study
        The study, its training records those of the platform with the members' among them.
    rows
        Each member's row in its population, (m,).
    found
        How many members' records were among the study's already; the others were added.
    """

    study: Study
    rows: NDArray[np.intp]
    found: int


def read_members(path: str | Path, population: Population, columns: Columns) -> Members:
    """Read a members' file: CSV or TSV, in UTF-8, a line a member.

    Parameters
    ----------
    path
        The file. It has an id, the columns of a record and its label; more columns are kept.
    population
        The study's, whose kind, columns and labels the members' records have.
    columns
        What the file's columns are called.

    Raises
    ------
    DataError
        If the file cannot be read, two members have one id, a column or a cell is missing, or a
        label is not among the population's. The line says where.
    """
    path = Path(path)
    if population.kind == "array":
        raise DataError(f"{path.name}: members' files hold texts or tables, not images or arrays")
    numbers, header, cells, delimiter = _cells(path)
    record = (columns.text,) if population.kind == "texts" else population.columns
    for column in (columns.id, *record, columns.label):
        if column not in header:
            raise DataError(f"{path.name} lacks a column: {unknown('column', column, header)}")
    lines = tuple(dict(zip(header, line, strict=True)) for line in cells)
    where = [f"{path.name}, line {number}" for number in numbers]
    _check_ids([line[columns.id] for line in lines], where, columns.id)
    for place, line in zip(where, lines, strict=True):
        for column in record:
            if not line[column].strip():
                raise DataError(f"{place}: nothing in column {column!r}")
    features = np.empty(len(lines), dtype=population.features.dtype)
    for row, (place, line) in enumerate(zip(where, lines, strict=True)):
        if population.kind == "texts":
            features[row] = line[columns.text]
        for column in population.columns:
            features[column][row] = _value(line[column], features.dtype[column], place, column)
    labels = _labels([line[columns.label] for line in lines], where, population, columns)
    records = Population(
        features, labels, population.label_names, population.label_sets, name=path.stem,
        frame_library=population.frame_library,
    )  # fmt: skip
    ids = tuple(line[columns.id].strip() for line in lines)
    return Members(ids, records, header, lines, columns, delimiter)


def join(study: Study, members: Members) -> Joined:
    """Put the members' records into a study, each where an equal one lies already, else at the end.

    Records that are equal can stand for each other: a member takes the place of one that the firm
    trains on, or of one that success was to be measured on, which then moves to the others. So no
    record of a member is measured on unless somebody else's is equal to it.
    """
    train, test, mine = study.population, study.test, members.records
    kinds = numbered(train.features, test.features, mine.features)
    places: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    offset = len(train)
    for batch, start, kind in ((test, offset, kinds[1]), (train, 0, kinds[0])):
        for row in range(len(batch) - 1, -1, -1):  # popped from the end: training records first
            places[kind[row], batch.labels[row].tobytes()].append(start + row)
    taken = []
    for row in range(len(mine)):
        there = places.get((kinds[2][row], mine.labels[row].tobytes()))
        taken.append(there.pop() if there else -1)
    at = np.array(taken)
    moved = np.flatnonzero(at >= offset)
    added = np.flatnonzero(at < 0)
    if len(moved) == len(test):
        raise StudyError("all test records are members' own, so that success cannot be measured")
    new = np.concatenate([moved, added])
    rows = at.copy()
    rows[new] = offset + np.arange(len(new))
    population = replace(
        train,
        features=np.concatenate([train.features, mine.features[new]]),
        labels=np.concatenate([train.labels, mine.labels[new]]),
    )
    left = np.setdiff1d(np.arange(len(test)), at[moved] - offset)
    return Joined(
        replace(study, population=population, test=test.take(left)), rows, len(mine) - len(added)
    )


def _cells(path: Path) -> tuple[list[int], tuple[str, ...], list[list[str]], str]:
    """Read a file's lines: their numbers, the names of the columns, the cells, the delimiter."""
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;", key=first.count)
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    numbers: list[int] = []
    cells: list[list[str]] = []
    try:
        header = tuple(name.strip() for name in next(reader, []))
        begun = reader.line_num + 1
        for cut in reader:
            if cut:
                numbers.append(begun)
                cells.append(cut)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path.name}, line {reader.line_num}: {error}") from error
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"{path.name}: two columns are called {twice!r}")
    for number, line in zip(numbers, cells, strict=True):
        if len(line) != len(header):
            raise DataError(
                f"{path.name}, line {number}: {len(line)} cells, but the first line names "
                f"{len(header)} columns"
            )
    if not cells:
        raise DataError(f"{path.name}: no members")
    return numbers, header, cells, delimiter


def _text(path: Path) -> str:
    """Read a file as UTF-8, with or without a byte-order mark."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise DataError(f"{str(path)!r}: a members' file ends in .csv or .tsv")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{path.name} is UTF-16; save it as UTF-8 (“CSV UTF-8”)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        wrong = raw[error.start : error.start + 1]
        raise DataError(
            f"{path.name}, line {line}: not UTF-8, which a spreadsheet calls “CSV UTF-8”; the byte "
            f"0x{wrong.hex()} would be {wrong.decode('cp1252', 'replace')!r} in Windows-1252"
        ) from error


def _check_ids(ids: list[str], where: list[str], column: str) -> None:
    seen: dict[str, str] = {}
    for member, place in zip(ids, where, strict=True):
        if not member.strip():
            raise DataError(f"{place}: nothing in column {column!r}")
        if member.strip() in seen:
            before = seen[member.strip()].rpartition(", ")[2]
            raise DataError(f"{place}: the id {member.strip()!r} is that of {before} already")
        seen[member.strip()] = place


def _value(cell: str, dtype: Any, place: str, column: str) -> Any:
    """Read a cell as the study's column has it."""
    if dtype.kind == "O":
        return cell
    try:
        value = np.asarray(cell.strip()).astype(dtype)[()]
        fits = np.isfinite(value) if np.issubdtype(dtype, np.floating) else True
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        kind = "whole numbers" if np.issubdtype(dtype, np.integer) else "numbers"
        raise DataError(f"{place}: column {column!r} holds {kind}; {cell!r} is none")
    return value


def _labels(
    cells: list[str], where: list[str], population: Population, columns: Columns
) -> NDArray[np.bool_]:
    """Read the label cells into a boolean matrix."""
    matrix = np.zeros((len(cells), len(population.label_names)), dtype=bool)
    held = split_sets(cells, columns.separator) if population.label_sets else [{c} for c in cells]
    for row, (names, place) in enumerate(zip(held, where, strict=True)):
        for name in sorted(names):
            if name not in population.label_names:
                raise DataError(f"{place}: {unknown('label', name, population.label_names)}")
            matrix[row, population.label_names.index(name)] = True
    return matrix
