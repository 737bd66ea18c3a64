"""Text files of lines and cells: CSV and TSV, as spreadsheets and programs write them."""

from __future__ import annotations

import codecs
import csv
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from criticalmass.data.readers.files_only import refuse_archive
from criticalmass.data.readers.source import Cells, Column, Source, checked_names, literal_path
from criticalmass.errors import DataError, first_line

CHUNK = 1 << 22
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_QUOTE_AFTER_BLANK = re.compile(rb'[,;\t|][ \t]+"')


@dataclass(frozen=True)
class Lines:
    """How the bytes of a text file are to be read.

    Parameters
    ----------
    encoding
        Its name in Python: UTF-8, with or without a mark, UTF-16 with one, or else Windows-1252.
    odd
        Why its encoding is one that programs rarely write today; empty if it is UTF-8.
    tidy
        Whether DuckDB can read it as it is: it is UTF-8, its lines end in one way and are not very
        long, no quote follows a blank, and no line ends with an empty cell.
    """

    encoding: str
    odd: str = ""
    tidy: bool = True


def lines_of(path: Path, delimiter: str = "") -> Lines:
    """Return a file's encoding and whether DuckDB can read it; all of it is looked through.

    Parameters
    ----------
    path
        The file.
    delimiter
        What stands between its cells, if it has cells.

    Raises
    ------
    DataError
        If it cannot be opened, or holds bytes that no text has, with the line.
    """
    try:
        with path.open("rb") as file:
            start = file.read(16)
            refuse_archive(start, path.name)
            if start.startswith(b"\xff\xfe\0\0"):
                raise DataError(f"{path.name} is UTF-32; save it as UTF-8 (“CSV UTF-8”)")
            for mark, encoding in _MARKS.items():
                if start.startswith(mark):
                    return _read_through(path, encoding, delimiter)
            return _read_through(path, "utf-8", delimiter)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def _read_through(path: Path, encoding: str, delimiter: str) -> Lines:
    """Look through a file in the encoding that its first bytes suggest."""
    cell = delimiter.encode()
    # lines whose last cell is empty: DuckDB leaves out any number of such cells
    empty = [cell + quotes + end for quotes in (b"", b'""') for end in (b"\n", b"\r") if cell]
    pending = True  # whether the decoder may hold the first bytes of a letter
    decoder = codecs.getincrementaldecoder(encoding)()
    breaks = returns = both = seen = 0
    odd = False
    end = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            # bytes that no text has
            if b"\0" in chunk and encoding != "utf-16":
                line = seen + chunk[: chunk.index(b"\0")].count(b"\n") + 1
                raise DataError(
                    f"{path.name}, line {line}: a byte 0, which no text has; save the file as "
                    "UTF-8 (“CSV UTF-8”)"
                )
            try:
                if pending or not chunk.isascii():
                    decoder.decode(chunk)
                    pending = encoding == "utf-16" or not chunk.isascii()
            except UnicodeDecodeError as error:
                at = max(0, error.start - (len(error.object) - len(chunk)))
                if encoding != "utf-8":
                    raise DataError(f"{path.name} is not {encoding}, as its mark says") from error
                return _windows(path, seen + chunk[:at].count(b"\n") + 1, chunk[at : at + 1])
            # how lines end
            breaks, returns = breaks + chunk.count(b"\n"), returns + chunk.count(b"\r")
            both += (end[-1:] + chunk).count(b"\r\n")
            seen = breaks
            # what DuckDB would read otherwise; the last bytes of a chunk belong to the next
            text = end + chunk
            if not odd:
                blank = b' "' in text or b'\t"' in text
                odd = (blank and _QUOTE_AFTER_BLANK.search(text) is not None) or any(
                    ending in text for ending in empty
                )
                odd = odd or (len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk)
            end = text[-64:]
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise DataError(f"{path.name} is not {encoding}, as its mark says") from error
        return _windows(path, seen + 1, error.object[error.start : error.start + 1])
    ends_empty = bool(cell) and end.rstrip(b'"').endswith(cell)
    one_end = (both in (0, breaks) and returns == both) or (breaks == 0)
    return Lines(encoding, tidy=encoding != "utf-16" and one_end and not odd and not ends_empty)


def _windows(path: Path, line: int, byte: bytes) -> Lines:
    """Return how to read a file that is not UTF-8: as Windows-1252, which spreadsheets write.

    Parameters
    ----------
    path
        The file.
    line, byte
        The first byte that is not UTF-8, and its line.
    """
    seen = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                chunk.decode("cp1252")
            except UnicodeDecodeError as error:
                line = seen + chunk[: error.start].count(b"\n") + 1
                wrong = chunk[error.start : error.start + 1].hex()
                raise DataError(
                    f"{path.name}, line {line}: the byte 0x{wrong} is neither UTF-8 nor "
                    "Windows-1252; save the file as UTF-8 (“CSV UTF-8”)"
                ) from error
            seen += chunk.count(b"\n")
    odd = (
        f"the file is not UTF-8 and was read as Windows-1252: the byte 0x{byte.hex()} in line "
        f"{line} is {byte.decode('cp1252')!r}"
    )
    return Lines("cp1252", odd, tidy=False)


def cut(path: Path, lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield a file's lines, cut into cells, with their numbers; blank lines are left out.

    Raises
    ------
    DataError
        Where a quote is not closed, or something stands before or after one, with the line.
    """
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding=lines.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                reason = f"after a closing quote comes something else than {delimiter!r}"
                if "end of data" in str(error):
                    reason = "a quote is opened and not closed"
                raise DataError(f"{path.name}, line {number}: {reason}") from error
            if cells is None:
                return
            if any(cell[:1] in (" ", "\t") and cell.strip()[:1] == '"' for cell in cells):
                raise DataError(
                    f"{path.name}, line {number}: blanks stand between a {delimiter!r} and a "
                    "quote; take them out"
                )
            if cells:
                yield number, cells


@dataclass(frozen=True)
class Delimited(Source):
    """A CSV or TSV file."""

    path: Path
    lines: Lines
    delimiter: str
    folder: Path
    copied: bool = False

    def rows(self) -> Iterator[tuple[str, Cells]]:
        """Yield the records; see `Source.rows`."""
        lines = cut(self.path, self.lines, self.delimiter)
        next(lines)  # the names
        for number, cells in lines:
            if len(cells) != len(self.columns):
                many = "cell" if len(cells) == 1 else "cells"
                raise DataError(
                    f"{self.name}, line {number}: {len(cells)} {many}, but the first line names "
                    f"{len(self.columns)} columns"
                )
            yield f"line {number}", tuple(cells)

    def column(self, name: str) -> Column:
        """Return a column; see `Source.column`."""
        if all(name != column.name for column in self.columns) and len(self.columns) == 1:
            first = self.columns[0].name
            raise DataError(
                f"{self.name}, line 1: {first!r} is no line of names; the first line must name the "
                f"columns, {name!r} among them"
            )
        return super().column(name)

    def repaired(self, error: Exception) -> Source:
        """Return the file written anew, every cell in quotes; or say which line is wrong."""
        if self.copied:
            raise DataError(f"{self.name} cannot be read: {first_line(error)}") from error
        return self.rewritten()

    def rewritten(self) -> Source:
        """Return the file as a copy in UTF-8 with every cell in quotes."""
        handle, name = tempfile.mkstemp(suffix="-plain.csv", dir=self.folder)
        os.close(handle)
        plain = Path(name)
        longest = 0
        with plain.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow([f"c{i}" for i in range(len(self.columns))])
            for _, cells in self.rows():
                writer.writerow(cells)
                longest = max(longest, sum(map(len, filter(None, cells))))
        return replace(
            self, relation=relation_of(plain, ",", len(self.columns), longest * 5 + 1000)
        )


def line_end_of(path: Path, encoding: str) -> str:
    """Return how the first line of a text file ends; a line feed where it does not.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_bytes(b'id,"a\\nb"\\r\\n1,2\\r\\n')
    ...     line_end_of(path, "utf-8")
    '\\r\\n'
    """
    with path.open(encoding=encoding, newline="") as file:
        first = ""
        for line in file:
            first += line
            if first.count('"') % 2 == 0:  # no cell of it goes on in the next line
                break
    return next((end for end in ("\r\n", "\n", "\r") if first.endswith(end)), "\n")


def _is_utf16(path: Path) -> bool:
    """Return whether a file begins with the mark of UTF-16."""
    try:
        with path.open("rb") as file:
            return file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def relation_of(path: Path, delimiter: str, columns: int, longest: int = 0) -> str:
    """Return DuckDB's expression for a file of lines, with everything that it would guess."""
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(columns))
    wide = f", max_line_size={longest}, buffer_size={2 * longest}" if longest > 2_000_000 else ""
    return (
        f"read_csv({literal_path(path)}, auto_detect=false, header=true, skip=0, "
        f"delim='{delimiter}', quote='\"', escape='\"', comment='', nullstr='', "
        "allow_quoted_nulls=false, null_padding=false, ignore_errors=false, strict_mode=true, "
        f"hive_partitioning=false, filename=false, columns={{{names}}}{wide})"
    )


def delimiter_of(first: str, ending: str) -> str:
    """Return what stands between the cells of a file, seen in its first line.

    Examples
    --------
    >>> delimiter_of("age;hired", ".csv"), delimiter_of('"a;b",c', ".csv")
    (';', ',')
    """
    if ending == ".tsv":
        return "\t"
    outside = re.sub(r'"(?:[^"]|"")*("|$)', "", first)
    return max(",;\t|", key=outside.count)


def open_delimited(path: Path, folder: Path) -> Source:
    """Return a CSV or TSV file, opened; a copy may lie in ``folder`` for a while."""
    csv.field_size_limit(2**31 - 1)
    # the line of names; delimiters and quotes are ASCII
    encoding = lines_of(path).encoding if _is_utf16(path) else "latin-1"
    with path.open(encoding=encoding, newline="") as file:
        read: list[str] = []
        quotes = 0
        for line in file:
            if read or line.strip():
                read.append(line)
                quotes += line.count('"')
            if read and quotes % 2 == 0:  # no cell of it goes on in the next line
                break
    first = "".join(read).removeprefix("\xef\xbb\xbf")
    if re.fullmatch(r'"?sep=.?"?\s*', first):
        raise DataError(
            f"{path.name}, line 1: {first.strip()!r} tells Excel what stands between cells; take "
            "it out: the first line must name the columns"
        )
    # the columns
    delimiter = delimiter_of(first, path.suffix.lower())
    lines = lines_of(path, delimiter)
    header = next(iter(cut(path, lines, delimiter)), None)
    if header is None:
        raise DataError(f"{path.name} is empty; its first line is to name the columns")
    names = checked_names(header[1], path.name)
    columns = tuple(
        Column(name, f"c{i}", refused="" if name else _nameless(i + 1))
        for i, name in enumerate(names)
    )
    relation = relation_of(path, delimiter, len(names))
    source = Delimited(path.name, columns, relation, path, lines, delimiter, folder)
    marked = lines.encoding == "utf-8-sig" and first.startswith('"')  # DuckDB misses that quote
    tidy = lines.tidy and header[0] == 1 and not marked
    return source if tidy else source.rewritten()


def _nameless(number: int) -> str:
    """Return why a column without a name is refused: the first one is often of row names."""
    if number > 1:
        return f"has no name (it is number {number})"
    return (
        "has no name (it is number 1): row names of R or pandas? Write the file without them "
        "(row.names = FALSE, index=False), or name the columns that you use"
    )
