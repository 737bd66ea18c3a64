"""The SQLite file of a store: made, opened and brought up to date."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path

from criticalmass.drafts import draft_of
from criticalmass.errors import StoreError
from criticalmass.studies.trial import Row

FILE = "trials.sqlite"
SCHEMA = 5
"""Version of the tables; older ones are brought up to date as they are opened."""

DAMAGED = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises of a damaged file; it may quote bytes of it that are no text."""
KEPT = 64
"""Posteriors in a store, at most: those kept last."""

Cell = str | bytes | int | float | None
"""What SQLite keeps in a cell."""
COLUMNS = [field.name for field in fields(Row)]
"""The columns of the table of trials."""
_ADDED = {"otherwise": "NULL", "mean_error": "NULL"}
"""Columns that older tables do not have (schema 1 and 2: both; 3: the last), and what stands in
them."""
_FORMER = {"successes": "'{}'", "shares": "'{}'"}
"""Columns of tables before schema 5 (1 has no shares), in place of the results, and what stands for
one that is not there."""
_CREATE = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    f"CREATE TABLE trials (key TEXT PRIMARY KEY, {', '.join(COLUMNS[1:])})",
)


def make(path: Path, facts: str) -> None:
    """Make an empty store under another name and move it to its place: it is there whole or not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft_of(path) as draft:
            with closing(sqlite3.connect(draft)) as connection, connection:
                connection.execute("PRAGMA journal_mode = WAL")
                for statement in _CREATE:
                    connection.execute(statement)
                entries = [("schema", str(SCHEMA)), ("facts", facts)]
                connection.executemany("INSERT INTO meta VALUES (?, ?)", entries)
            with suppress(FileExistsError):  # somebody else was faster: theirs it is
                os.link(draft, path)
    except (OSError, sqlite3.Error) as error:
        why = "it is a file, not a folder" if path.parent.is_file() else error
        raise StoreError(f"cannot write to {str(path.parent)!r}: {why}") from error


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to an existing file, brought up to date.

    Raises
    ------
    StoreError
        If it is damaged, or of another version.
    """
    try:
        connection = _connected(path)
        connection.execute("PRAGMA trusted_schema = OFF")  # what a file defines runs nothing
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if odd := _odd_in(connection):
            connection.close()
            raise StoreError(
                f"{path} is damaged or not a store ({odd}); choose another folder with --out, "
                "or delete it to begin again"
            )
        schema = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        facts = connection.execute("SELECT value FROM meta WHERE key = 'facts'").fetchone()
    except DAMAGED as error:
        if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
            raise StoreError(f"{path} cannot be opened: {error}") from error
        raise StoreError(
            f"{path} is damaged or not a store ({error}); choose another folder with --out, "
            "or delete it to begin again"
        ) from error
    if verdict != "ok" or schema is None or facts is None:
        connection.close()
        raise StoreError(
            f"{path} is only part of a store; choose another folder with --out, or delete it "
            "to begin again"
        )
    connection.create_function("results_of", 3, _results_of, deterministic=True)
    if schema[0] in ("1", "2", "3", "4"):
        _bring_up_to_date(connection, path)
    elif schema[0] != str(SCHEMA):
        connection.close()
        raise StoreError(f"{path} has schema {schema[0]}, this version reads {SCHEMA}")
    return connection


def _odd_in(connection: sqlite3.Connection) -> str:
    """Return what a database has or lacks that a store does not; empty if it could be one."""
    has = dict(connection.execute("SELECT name, type FROM sqlite_master").fetchall())
    lacking = [name for name in ("meta", "trials") if has.get(name) != "table"]
    if lacking:
        return f"no such table: {lacking[0]}"
    if odd := [name for name, kind in has.items() if kind in ("view", "trigger")]:
        return f"it has a view or a trigger, {odd[0]!r}"
    there = _columns(connection)
    needed = [name for name in COLUMNS if name not in _ADDED]
    if "results" not in there:
        needed[needed.index("results")] = "successes"
    missing = [name for name in needed if name not in there]
    return f"its trials have no column {missing[0]!r}" if missing else ""


def _connected(path: Path) -> sqlite3.Connection:
    """Open a file; one in a folder that nothing can be written to as it lies there."""
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
        connection.close()
        how = "mode=ro" if log(path).exists() else "immutable=1"
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30)
    return connection


def selected(connection: sqlite3.Connection) -> str:
    """Return what to select for rows of `COLUMNS`, whatever version made the table."""
    there = _columns(connection)
    otherwise = {**_ADDED, "results": _results(there)}
    return ", ".join(name if name in there else f"{otherwise[name]} AS {name}" for name in COLUMNS)


def _results(there: set[str]) -> str:
    """Return the results of a table that keeps them in the columns of older schemas."""
    former = ", ".join(name if name in there else empty for name, empty in _FORMER.items())
    return f"results_of({former}, n)"


def _results_of(successes: Cell, shares: Cell, n: Cell) -> Cell:
    """Return the results as this version keeps them; what cannot be read is left as it is."""
    try:
        counts = json.loads(str(successes)).items()
        kept = {name: {"successes": count, "n": n} for name, count in counts}
        kept |= {name: {"value": share} for name, share in json.loads(str(shares)).items()}
    except (AttributeError, ValueError, RecursionError):
        return successes
    return json.dumps(kept)


def _columns(connection: sqlite3.Connection) -> set[str]:
    return {row[1] for row in connection.execute("PRAGMA table_info(trials)")}


class FitShelf:
    """The posteriors of a store, as `criticalmass.fitting.kept` keeps them.

    They save time and are not part of the truth: what cannot be read is not there, and what cannot
    be written, because the folder is not ours or another process writes, is not kept.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None if there is nothing."""
        try:
            query = "SELECT content FROM fits WHERE key = ?"
            found = self._connection.execute(query, [key]).fetchone()
        except DAMAGED:  # an older store has no such table
            return None
        return found[0] if found and isinstance(found[0], bytes) else None

    def put(self, key: str, content: bytes) -> None:
        """Keep something under a key, in place of what was there."""
        with suppress(*DAMAGED), self._connection as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS fits (key TEXT PRIMARY KEY, content)")
            connection.execute("REPLACE INTO fits VALUES (?, ?)", [key, content])
            connection.execute(
                "DELETE FROM fits WHERE rowid <= (SELECT max(rowid) FROM fits) - ?", [KEPT]
            )


def log(path: Path) -> Path:
    """Return the path of SQLite's log of what was written last, while anybody writes."""
    return path.with_name(path.name + "-wal")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Give the tables of an older schema the columns that they lack; not where nobody may write."""
    try:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            there = _columns(connection)  # another process may have been faster
            for name in (name for name in _ADDED if name not in there):
                connection.execute(f"ALTER TABLE trials ADD COLUMN {name} DEFAULT {_ADDED[name]}")
            if "results" not in there:
                connection.execute("ALTER TABLE trials ADD COLUMN results DEFAULT '{}'")
                connection.execute(f"UPDATE trials SET results = {_results(there)}")
                for name in _FORMER.keys() & there:
                    connection.execute(f"ALTER TABLE trials DROP COLUMN {name}")
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(SCHEMA)])
    except DAMAGED as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith(
            "SQLITE_READONLY"
        ):
            return
        connection.close()
        raise StoreError(
            f"{path} is of an older version and cannot be brought up to date: {error}"
        ) from None
