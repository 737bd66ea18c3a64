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

from criticalmass.data.readers.delimited import relation_of
from criticalmass.data.readers.source import Cells, Column, Holds, Source, checked_names
from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError, needs

MOST_CELLS = 50_000_000
"""A sheet with more cells than this, blank ones included, is refused before it is parsed: a file of
5 kB can ask for 500 GB with one cell in its last corner."""
MOST_BYTES = 4_000_000_000
"""So is a workbook with more bytes than this when unpacked."""
LONGEST_TEXT = 32_767
"""Characters that a cell of a workbook can hold."""
_ODD_CELL = re.compile(
    rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*?(?:t="e"[^>]*>.*?<v>(#[^<]*)</v>'
    rb"|>\s*<f[^>]*>([^<]*)</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>)"
)
"""A cell that holds an error, or a formula that no spreadsheet has computed."""
_REFERENCE = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


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
    try:
        content = path.read_bytes()
        _refuse_giants(content, path.name)
        workbook = load_workbook(BytesIO(content))
        names = workbook.sheet_names
        if not names:
            raise DataError(f"{path.name} has no sheet")
        lines = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except (CalamineError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name} is damaged, or no workbook (.xlsx): {error}") from error
    for line, column, text in _odd_cells(content):
        if line <= len(lines) and column <= len(lines[line - 1]):
            lines[line - 1][column - 1] = text  # else it would be blank
    return list(enumerate(lines, start=1)), tuple(names[1:])


def _odd_cells(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield cells of the first sheet with an error or a formula that was not computed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        try:
            book = archive.read("xl/workbook.xml")
            links = archive.read("xl/_rels/workbook.xml.rels")
        except KeyError:
            return
        first = re.search(rb'<(?:\w+:)?sheet [^>]*?r:id="([^"]+)"', book)
        if first is None:
            return
        for link in re.findall(rb"<Relationship [^>]*>", links):
            target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', link)
            if target is None or b'Id="' + first.group(1) + b'"' not in link:
                continue
            name = "xl/" + target.group(1).decode()
            if name not in archive.namelist():
                return
            for letters, number, error, formula in _ODD_CELL.findall(archive.read(name)):
                yield int(number), _number(letters), (error or b"=" + formula).decode()


def _refuse_giants(content: bytes, name: str) -> None:
    """Raise `DataError` where parsing would take more memory than any such sheet needs."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_BYTES:
            raise DataError(f"{name}: more than {MOST_BYTES:,} bytes when unpacked; save it as CSV")
        for part in parts:
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
                continue
            rows = columns = 0
            rest = b""
            with archive.open(part) as sheet:
                while chunk := sheet.read(1 << 20):
                    text = rest + chunk
                    for letters, number in _REFERENCE.findall(text):
                        rows = max(rows, int(number))
                        columns = max(columns, _number(letters))
                    rest = text[-200:]
            if rows * columns > MOST_CELLS:
                raise DataError(
                    f"{name}: a sheet of {rows:,} lines × {columns:,} columns is more than "
                    f"{MOST_CELLS:,} cells; take out what stands far off, or save it as CSV"
                )


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters:
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
