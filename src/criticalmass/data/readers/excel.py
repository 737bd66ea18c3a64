"""Excel workbooks: the first sheet, its names in the first line (extra ``excel``)."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from criticalmass.data.readers.archives import archive_of, refuse_much, unpacked
from criticalmass.data.readers.delimited import relation_of
from criticalmass.data.readers.files_only import require_file
from criticalmass.data.readers.source import Cells, Column, Holds, Source, checked_names
from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError, needs

MOST_CELLS = 50_000_000
"""A sheet with more cells than this, blank ones included, is refused before it is parsed: a file of
5 kB can ask for 500 GB with one cell in its last corner."""
MOST_PACKED = 500_000_000
"""So is a workbook of more bytes than this as it lies on disk."""
MOST_NAMES = 10_000_000
"""The part that names the sheets has so many bytes at most."""
WORKBOOK = "a workbook (.xlsx)"
LONGEST_TEXT = 32_767
"""Characters that a cell of a workbook can hold."""
LONGEST_CELL = 1 << 20
"""Bytes of the longest cell, at most."""
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[ >/]")
_REFERENCE = re.compile(
    rb"""<(?:\w{1,20}:)?c\s[^<>]{0,500}?\br\s?=\s?["']([A-Za-z]{1,3})([0-9]{1,7})["']"""
)
_ROW = re.compile(rb"""<(?:\w{1,20}:)?row\s[^<>]{0,500}?\br\s?=\s?["']([0-9]{1,7})["']""")
_FORMULA = re.compile(rb"\s*<f[^<>]*>([^<]*)</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>")
"""What stands in a cell with a formula that no spreadsheet has computed."""


@dataclass(frozen=True)
class Excel(Source):
    """The first sheet of a workbook.

    Parameters
    ----------
    sheet
        Its records, as texts, with the line of each.
    typed
        Its records as the workbook holds them.
    others
        The names of the sheets that were not read.
    """

    sheet: tuple[tuple[int, Cells], ...]
    typed: tuple[tuple[Any, ...], ...]
    others: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, Cells]]:
        """Yield the records; see `Source.rows`."""
        for line, cells in self.sheet:
            yield f"line {line}", cells


def open_excel(path: Path, folder: Path) -> Source:
    """Return a workbook, opened; a copy as text lies in ``folder`` for a while."""
    lines, others = _sheet(path)
    filled = [(number, cells) for number, cells in lines if any(cell != "" for cell in cells)]
    if not filled:
        raise DataError(f"{path.name}: the first sheet is empty; its first line names the columns")
    (first, header), records = filled[0], filled[1:]
    width = max(at + 1 for at, name in enumerate(header) if name != "")
    for number, cells in records:
        if beyond := [cell for cell in cells[width:] if cell != ""]:
            raise DataError(
                f"{path.name}, line {number}: {_called(beyond[0])!r} stands right of the last "
                f"column that line {first} names"
            )
    # its columns, and its records as texts
    names = checked_names([_called(name) for name in header[:width]], path.name)
    sheet = tuple(
        (number, tuple(None if c == "" else _called(c) for c in cells[:width]))
        for number, cells in records
    )
    columns = tuple(
        _column(name, at, [cells[at] for _, cells in records]) for at, name in enumerate(names)
    )
    # the copy that DuckDB reads
    handle, plain = tempfile.mkstemp(suffix="-plain.csv", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([f"c{i}" for i in range(width)])
        writer.writerows([["" if c is None else c for c in cells] for _, cells in sheet])
    longest = max((sum(len(c or "") for c in cells) for _, cells in sheet), default=0)
    relation = relation_of(Path(plain), ",", width, longest * 5 + 1000)
    typed = tuple(tuple(cells[:width]) for _, cells in records)
    return Excel(path.name, columns, relation, sheet, typed, others)


def _column(name: str, at: int, cells: list[Any]) -> Column:
    """Return a column by what its cells hold; numbers beside texts are read as in a text file."""
    if not name:
        return Column(name, f"c{at}", refused=f"has no name (it is number {at + 1})")
    kinds = {type(cell) for cell in cells if cell != ""}
    holds: Holds = "text"
    sql = f"nullif(c{at}, '')"
    if kinds == {bool}:
        holds, sql = "truth", f"{sql}::BOOLEAN"
    elif kinds and kinds <= {int, float}:
        whole = all(float(cell).is_integer() and abs(cell) < 2**53 for cell in cells if cell != "")
        holds, sql = "number", f"{sql}::{'BIGINT' if whole else 'DOUBLE'}"
    elif kinds <= {int, float, str} and kinds & {int, float}:  # numbers but for some cells
        return Column(name, sql, "written", point=True)
    return Column(name, sql, holds, floats=sql.endswith("DOUBLE"))


def _called(cell: Any) -> str:
    """Return a cell as text; a number as the sheet shows it, ``1`` and not ``1.0``."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.timedelta):
        return str(cell)
    return spelled(cell)


def _sheet(path: Path) -> tuple[list[tuple[int, list[Any]]], tuple[str, ...]]:
    """Return the first sheet's lines, with their numbers, and the names of the other sheets."""
    try:
        from python_calamine import CalamineError, load_workbook
    except ModuleNotFoundError as error:
        lacking = needs(f"{path.name}: reading a workbook", "excel", "python-calamine")
        raise DataError(lacking) from error
    require_file(path, MOST_PACKED)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    odd = _looked_through(path, content)
    try:
        workbook = load_workbook(BytesIO(content))
        names = workbook.sheet_names
        if not names:
            raise DataError(f"{path.name} has no sheet")
        lines = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path.name} is damaged, or not {WORKBOOK}: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's own bugs, which nothing exports
            raise
        raise DataError(f"{path.name} is damaged, or not {WORKBOOK}: {error}") from error
    for line, column, text in odd:  # they would be blank, or not there
        lines += [[""] for _ in range(line - len(lines))]
        cells = lines[line - 1]
        cells += [""] * (column - len(cells))
        cells[column - 1] = text
    width = max(map(len, lines), default=0)
    lines = [cells + [""] * (width - len(cells)) for cells in lines]
    return list(enumerate(lines, start=1)), tuple(names[1:])


def _looked_through(path: Path, content: bytes) -> list[tuple[int, int, str]]:
    """Return the first sheet's cells with an error, or with a formula that was not computed.

    Raises
    ------
    DataError
        If the workbook is damaged, or parsing it would take more memory than any such sheet needs.
    """
    odd: list[tuple[int, int, str]] = []
    with archive_of(path, WORKBOOK, content) as archive:
        first = _first_sheet(archive)
        total = 0
        for part in archive.infolist():
            counting = _Cells(path.name, odd if part.filename == first else None)
            is_sheet = re.fullmatch(r"/?xl/worksheets/[^/]+", part.filename, re.IGNORECASE)
            for piece in unpacked(archive, part):
                total += len(piece)
                refuse_much(total, len(content), path.name)
                if is_sheet or part.filename == first:
                    counting.read(piece)
            counting.end()
    return odd


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """Return which part of a workbook is its first sheet; empty if that is not to be found."""
    parts = {part.filename: part for part in archive.infolist()}
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    if any(name not in parts or parts[name].file_size > MOST_NAMES for name in names):
        return ""
    book, links = (archive.read(name) for name in names)
    first = re.search(rb'<(?:\w+:)?sheet [^<>]*?r:id="([^"<>]+)"', book)
    if first is None:
        return ""
    for link in re.findall(rb"<Relationship [^<>]*>", links):
        target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', link)
        if target is not None and b'Id="' + first.group(1) + b'"' in link:
            return "xl/" + target.group(1).decode()
    return ""


class _Cells:
    """Counts the cells of a sheet, and collects odd ones, as its bytes come piece by piece.

    Parameters
    ----------
    name
        What messages call the workbook.
    odd
        To which odd cells are added; None to look for none.
    """

    def __init__(self, name: str, odd: list[tuple[int, int, str]] | None) -> None:
        self._name, self._odd = name, odd
        self._rest = b""
        self._cells = self._rows = self._columns = 0

    def read(self, piece: bytes) -> None:
        """Read on; what may be cut in two waits for the next piece."""
        text = self._rest + piece
        begins = max(text.rfind(b"<c "), text.rfind(b"<row "))
        begins = begins if begins >= 0 else max(text.rfind(b"<"), 0)
        if len(text) - begins > LONGEST_CELL:  # no cell is so long: only a tag must stay whole
            begins = max(text.rfind(b"<"), len(text) - 1000)
        self._rest = text[begins:]
        self._look(text[:begins])

    def end(self) -> None:
        """Read what waited."""
        self._look(self._rest)

    def _look(self, text: bytes) -> None:
        self._cells += len(_CELL.findall(text))
        for letters, number in _REFERENCE.findall(text):
            self._rows = max(self._rows, int(number))
            self._columns = max(self._columns, _number(letters))
        for number in _ROW.findall(text):
            self._rows = max(self._rows, int(number))
        if max(self._cells, self._rows * self._columns) > MOST_CELLS:
            size = f"{self._rows:,} lines × {self._columns:,} columns"
            raise DataError(
                f"{self._name}: a sheet of {size} is more than {MOST_CELLS:,} cells; take out what "
                "stands far off, or save it as CSV"
            )
        if self._odd is not None and (b't="e"' in text or b"<f" in text):
            for cell in text.split(b"<c ")[1:]:
                if found := _odd_cell(cell):
                    self._odd.append(found)


def _odd_cell(cell: bytes) -> tuple[int, int, str] | None:
    """Return where a cell stands, and its error or the formula that was not computed, if any."""
    head, _, inside = cell[:LONGEST_CELL].partition(b">")
    error = re.search(rb"<v>(#[^<]*)</v>", inside) if b't="e"' in head else None
    formula = _FORMULA.match(inside)
    place = re.search(rb'(?:^|\s)r="([A-Z]{1,3})([0-9]{1,7})"', head)
    if place is None or not (error or formula):
        return None
    text = error.group(1) if error else b"=" + formula.group(1) if formula else b""
    return int(place.group(2)), _number(place.group(1)), text.decode()


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def workbook(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook with one sheet: texts as texts, never as formulas or links.

    Raises
    ------
    DataError
        If a text is longer than a cell of a workbook can hold.
    """
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as error:
        raise DataError(needs("writing a workbook", "excel", "XlsxWriter")) from error
    buffer = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(buffer, plain) as book:
        sheet = book.add_worksheet()
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        times = book.add_format({"num_format": "hh:mm:ss"})
        spans = book.add_format({"num_format": "[h]:mm:ss"})
        for line, cells in enumerate([header, *rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    if len(cell) > LONGEST_TEXT:
                        raise DataError(
                            f"a text of {len(cell):,} characters is longer than a cell of a "
                            f"workbook can hold ({LONGEST_TEXT:,})"
                        )
                    if cell:
                        sheet.write_string(line, column, cell)
                elif isinstance(cell, dt.datetime):
                    sheet.write_datetime(line, column, cell, moments)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(line, column, cell, days)
                elif isinstance(cell, dt.time):
                    sheet.write_datetime(line, column, cell, times)
                elif isinstance(cell, dt.timedelta):
                    sheet.write_datetime(line, column, cell, spans)
                elif isinstance(cell, bool):
                    sheet.write_boolean(line, column, cell)
                else:
                    sheet.write_number(line, column, cell)
    return buffer.getvalue()
