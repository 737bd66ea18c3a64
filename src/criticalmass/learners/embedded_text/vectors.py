"""Vectors of texts on disk: each is computed once, whichever study, trial or process needs it.

One SQLite file per encoder and its settings. A file that is damaged is made anew; so is a single
vector that does not carry the checksum it was written with.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from criticalmass.arrays import Rows, Single
from criticalmass.errors import DataError

PATIENCE = 120.0
"""Seconds that a process waits for another to have written."""
AT_ONCE = 500
"""So many vectors are asked for in one query."""
SUFFIX = ".vectors"

_TABLES = """
PRAGMA page_size = 16384;
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL);
"""


@dataclass(frozen=True)
class KeptVectors:
    """Vectors in a file, by the keys of their texts.

    Parameters
    ----------
    path
        The file; it is made when something is kept.
    width
        How many numbers a vector has.
    about
        What made the vectors, in words, for who lists the files.

    Raises
    ------
    DataError
        By each method: if the disk is full, or the file cannot be read or written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     kept = KeptVectors(Path(folder) / "some.vectors", 2, {})
    ...     kept.keep([b"one"], np.array([[1, 2]], dtype=np.float32))
    ...     kept.find([b"two", b"one"])
    (array([1]), array([[1., 2.]], dtype=float32))
    """

    path: Path
    width: int
    about: Mapping[str, str]

    def find(self, keys: Sequence[bytes]) -> tuple[Rows, Single]:
        """Return which of some keys are there, (m,), ascending, and their vectors, (m, width)."""
        if not self.path.exists():
            return np.empty(0, dtype=np.intp), np.empty((0, self.width), dtype=np.float32)
        found: dict[bytes, Single] = {}

        def read(file: sqlite3.Connection) -> None:
            for begin in range(0, len(keys), AT_ONCE):
                some = list(keys[begin : begin + AT_ONCE])
                marks = ",".join("?" * len(some))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                for key, cell in file.execute(query, some):
                    vector = _unsealed(key, cell, self.width)
                    if vector is not None:
                        found[key] = vector

        self._with_file(read)
        rows = [row for row, key in enumerate(keys) if key in found]
        vectors = [found[keys[row]] for row in rows]
        shape = (len(rows), self.width)
        return np.array(rows, dtype=np.intp), np.array(vectors, dtype=np.float32).reshape(shape)

    def keep(self, keys: Sequence[bytes], vectors: Single) -> None:
        """Keep vectors, (keys, width); all of them, or none if the process is killed."""
        rows = [(key, _sealed(key, vector)) for key, vector in zip(keys, vectors, strict=True)]

        def write(file: sqlite3.Connection) -> None:
            with file:
                file.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", self.about.items())
                file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

        self._with_file(write)

    def _with_file(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something with the file; if it is damaged, with an empty one in its place."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._try(work)
            except sqlite3.OperationalError:  # full, locked, not allowed
                raise
            except sqlite3.DatabaseError:
                remove(self.path)
                self._try(work)
        except (OSError, sqlite3.Error) as error:
            raise DataError(
                f"cannot keep vectors of texts in {str(self.path)!r}: {error}; set the environment "
                "variable CRITICALMASS_CACHE to a folder with room, or see what is kept with "
                "`criticalmass cache`"
            ) from error

    def _try(self, work: Callable[[sqlite3.Connection], None]) -> None:
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as file:
            file.executescript(_TABLES)
            work(file)


def described(path: Path) -> dict[str, str]:
    """Return what a file of vectors says about itself, and how many ``texts`` it holds.

    Raises
    ------
    sqlite3.Error
        If it is damaged.
    """
    source = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, timeout=PATIENCE, uri=True)) as file:
        about = dict(file.execute("SELECT name, value FROM about"))
        (count,) = file.execute("SELECT COUNT(*) FROM vectors").fetchone()
    return {**about, "texts": str(count)}


def remove(path: Path) -> None:
    """Remove a file of vectors, and what SQLite keeps beside it."""
    for name in (path, path.with_name(path.name + "-journal")):
        with suppress(FileNotFoundError):
            name.unlink()


def _sealed(key: bytes, vector: Single) -> bytes:
    """Return a vector as it is written: a checksum of key and numbers, then the numbers."""
    numbers = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    return zlib.crc32(key + numbers).to_bytes(4, "little") + numbers


def _unsealed(key: bytes, cell: bytes, width: int) -> Single | None:
    """Return the vector in a cell; None if it is damaged."""
    numbers = cell[4:]
    if len(numbers) != 4 * width or zlib.crc32(key + numbers).to_bytes(4, "little") != cell[:4]:
        return None
    return np.frombuffer(numbers, dtype="<f4")
