"""Opening files of any format: what follows a study's `file`, and a members' file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from criticalmass.data.readers.delimited import open_delimited
from criticalmass.data.readers.excel import open_excel
from criticalmass.data.readers.files_only import require_file
from criticalmass.data.readers.json_records import open_json
from criticalmass.data.readers.parquet import open_parquet
from criticalmass.data.readers.source import Source
from criticalmass.drafts import own_folder
from criticalmass.errors import DataError, first_line

Opener = Callable[[Path, duckdb.DuckDBPyConnection, Path], Source]

_OPENERS: Mapping[str, Opener] = {
    ".csv": lambda path, connection, folder: open_delimited(path, folder),
    ".tsv": lambda path, connection, folder: open_delimited(path, folder),
    ".xlsx": lambda path, connection, folder: open_excel(path, folder),
    ".parquet": lambda path, connection, folder: open_parquet(path, connection),
    ".json": open_json,
    ".jsonl": open_json,
}
ENDINGS = tuple(_OPENERS)
PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz")


@dataclass(frozen=True)
class Opened:
    """Files, opened together.

    Parameters
    ----------
    name
        What messages call them.
    sources
        The files; all have the same columns.
    connection
        Through which they are queried.
    """

    name: str
    sources: tuple[Source, ...]
    connection: duckdb.DuckDBPyConnection

    def rows(self) -> Iterator[tuple[str, tuple[str | None, ...]]]:
        """Yield where each record stands, with the file's name, and its cells as texts."""
        names = [column.name for column in self.sources[0].columns]
        if len(self.sources) == 1:
            for place, cells in self.sources[0].rows():
                yield f"{self.sources[0].name}, {place}", cells
            return
        for source in self.sources:
            order = [[column.name for column in source.columns].index(name) for name in names]
            for place, cells in source.rows():
                yield f"{source.name}, {place}", tuple(cells[at] for at in order)


@contextmanager
def opened(path: str | Path, *, memory: str = "4GB", ordered: bool = True) -> Iterator[Opened]:
    """Open a file, or the files that a name with ``*`` matches.

    Parameters
    ----------
    path
        The file. A name with ``*`` matches several, in the order of their names, unless it is the
        name of a file.
    memory
        How much DuckDB may take; what does not fit is spilled to a temporary folder.
    ordered
        Whether records must come in the order of the file.

    Raises
    ------
    DataError
        If there is no such file, it is of another kind or damaged, or the files differ in their
        columns.
    """
    path = Path(path)
    paths = _files(path)
    with own_folder() as folder:
        settings: dict[str, str | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(folder),
            "preserve_insertion_order": "true" if ordered else "false",
        }
        try:
            connection = duckdb.connect(config=settings)
        except duckdb.Error as error:
            raise DataError(f"memory = {memory!r} is not a size such as '1GB'") from error
        with connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")  # it goes to standard output
            sources = tuple(_open(each, connection, folder) for each in paths)
            _check_columns(sources)
            yield Opened(path.name, sources, connection)


def rows_of(path: str | Path) -> tuple[tuple[str, ...], list[tuple[str, tuple[str | None, ...]]]]:
    """Return the names of a file's columns, and where each record stands with its cells as texts.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_text("age,hired\\n30,yes\\n")
    ...     rows_of(path)
    (('age', 'hired'), [('people.csv, line 2', ('30', 'yes'))])
    """
    with opened(path) as files:
        names = tuple(column.name for column in files.sources[0].columns)
        return names, list(files.rows())


def _files(path: Path) -> list[Path]:
    """Return the file of this name, or the files that a name with ``*`` matches."""
    if path.suffix.lower() not in _OPENERS:
        packed = path.suffix.lower() in PACKED
        hint = "; unpack it first" if packed else ""
        raise DataError(
            f"{path.name or path}: expected a file ending in {', '.join(ENDINGS)}{hint}"
        )
    if require_file(path):
        return [path]
    pattern = re.sub(r"\*+", "*", re.sub(r"([?\[])", r"[\1]", path.name))
    try:
        found = sorted(each for each in path.parent.glob(pattern) if each.is_file())
    except (OSError, ValueError) as error:
        raise DataError(f"{str(path)!r} cannot be read: {error}") from error
    if not found or "*" not in path.name:
        raise DataError(f"no file {str(path)!r}")
    return found


def _open(path: Path, connection: duckdb.DuckDBPyConnection, folder: Path) -> Source:
    try:
        return _OPENERS[path.suffix.lower()](path, connection, folder)
    except duckdb.Error as error:
        raise DataError(f"{path.name} cannot be read: {first_line(error)}") from error


def _check_columns(sources: Sequence[Source]) -> None:
    """Raise `DataError` unless all files have the same columns, in whatever order."""
    names = {column.name for column in sources[0].columns}
    for source in sources[1:]:
        others = {column.name for column in source.columns}
        if odd := sorted(names ^ others):
            has, lacks = (sources[0], source) if odd[0] in names else (source, sources[0])
            raise DataError(f"{lacks.name} lacks the column {odd[0]!r}, which {has.name} has")
