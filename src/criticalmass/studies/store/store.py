"""`Store`: the rows of a study in one SQLite file, written as they arrive.

The store is the truth about what has been run: whoever runs a study asks it what is missing. A row
is in it wholly or not at all, whatever happens to the process that writes it.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from criticalmass.errors import StoreError, brief
from criticalmass.fitting.kept import kept_on
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.measures.result import (
    Count,
    Real,
    Result,
    results_from_json,
    results_to_json,
)
from criticalmass.studies.facts import Facts
from criticalmass.studies.identity.describe import difference
from criticalmass.studies.identity.own_code import remembered
from criticalmass.studies.store.damage import content_of
from criticalmass.studies.store.sound import require_sound
from criticalmass.studies.store.sqlite import (
    COLUMNS,
    DAMAGED,
    FILE,
    FitShelf,
    log,
    make,
    opened,
    selected,
)
from criticalmass.studies.trial import Row

PATIENCE = 2.0
"""Seconds to wait for another process to let a study go; who looks whether one runs takes less."""

_RESULTS = COLUMNS.index("results")
_KINDS: Mapping[str, tuple[type, ...]] = {
    field.name: {
        "str": (str,),
        "int": (int,),
        "float": (int, float),
        "float | None": (int, float, type(None)),
    }.get(str(field.type), (dict,))
    for field in fields(Row)
}
"""What each column of the trials holds."""
_FLOATS = [
    COLUMNS.index(name) for name in ("accuracy", "precision", "recall", "seconds", "otherwise")
]


class Store:
    """The rows and facts of one study, in a folder.

    Make one with `Store.create` or `Store.open`; it is a context manager.

    Examples
    --------
    >>> import tempfile
    >>> facts = Facts(name="demo", identity={"seed": 0})
    >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
    ...     store.add(Row("k", "mark", 0.1, 0, 0.1, 10, n=5, results={"top1": Count(4, 5)}))
    ...     store.rows()[0].rate("top1")
    0.8
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def create(cls, folder: str | Path, facts: Facts | Mapping[str, Any]) -> Store:
        """Return the store of a study in a folder; make both if they do not exist.

        Parameters
        ----------
        folder
            The folder.
        facts
            What is known of the study (`criticalmass.studies.facts.facts_of`); a mapping has the
            form in which it is kept.

        Raises
        ------
        StoreError
            If the folder holds the store of another study, or a damaged one.
        """
        path = Path(folder) / FILE
        if not isinstance(facts, Facts):
            facts = Facts.from_json(facts)
        if not path.exists():
            make(path, _json(facts))
            return cls.open(folder)
        store = cls.open(folder)
        kept = store.facts()
        if kept.identity != facts.identity:
            store.close()
            raise StoreError(
                f"{path} holds another study: {difference(facts.identity, kept.identity)}; "
                "choose another folder of results"
            )
        if facts.code is not None:
            facts = replace(facts, code=remembered(facts.code, kept.code, store._good()))
        with store._using() as connection, connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'facts'", [_json(facts)])
        return store

    @classmethod
    def open(cls, folder: str | Path) -> Store:
        """Return the existing store in a folder.

        Raises
        ------
        StoreError
            If there is none, or it is damaged or of another version.
        """
        path = Path(folder) / FILE
        if not path.is_file():
            raise StoreError(
                f"no study in {str(folder)!r}: it has no {FILE} (one that has just begun makes it "
                "once the records are read)"
            )
        return cls(opened(path), path)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def facts(self) -> Facts:
        """Return the facts of the study, whatever version wrote them."""
        with self._using() as connection, content_of(self.path):
            text = connection.execute("SELECT value FROM meta WHERE key = 'facts'").fetchone()[0]
            facts = Facts.from_json(json.loads(text))
            require_sound(facts)
            return facts

    def add(self, row: Row) -> None:
        """Write one row; it replaces a failed row of the same trial, never one with a result."""
        values = [getattr(row, name) for name in COLUMNS]
        values[_RESULTS] = json.dumps(results_to_json(row.results))
        names, marks = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
        with self._using() as connection, connection:
            connection.execute("DELETE FROM trials WHERE key = ? AND error != ''", [row.key])
            connection.execute(f"INSERT OR IGNORE INTO trials ({names}) VALUES ({marks})", values)

    def rows(
        self, *, strategy: str | None = None, low: float = 0.0, high: float = 1.0
    ) -> list[Row]:
        """Return rows by strategy, share and repetition: all, or some.

        Parameters
        ----------
        strategy
            The strategy's name; None for all.
        low, high
            Smallest and largest share asked for, both included; the reference is at 0.
        """
        with self._using() as connection, content_of(self.path):
            query = (
                f"SELECT {selected(connection)} FROM trials "
                "WHERE asked BETWEEN ? AND ? AND strategy = coalesce(?, strategy) "
                "ORDER BY strategy, asked, repetition, key"
            )
            return _rows(connection.execute(query, [low, high, strategy]).fetchall())

    def written_from(self, place: int) -> tuple[int, dict[int, Row]]:
        """Return the rows from a place in the file on, and failed ones before it.

        A failed row may be replaced; one with a result stays as it is.

        Parameters
        ----------
        place
            A row number of SQLite's.

        Returns
        -------
        int
            How many rows the store has.
        dict of int to Row
            Those that were read, by place.

        Examples
        --------
        >>> import tempfile
        >>> facts = Facts(name="demo", identity={"seed": 0})
        >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
        ...     for key in "abc":
        ...         store.add(Row(key, "mark", 0.1, 0, 0.1, 10, error="" if key > "a" else "no"))
        ...     count, rows = store.written_from(3)
        ...     count, {place: row.key for place, row in rows.items()}
        (3, {1: 'a', 3: 'c'})
        """
        with self._using() as connection, content_of(self.path):
            names = selected(connection)
            query = f"SELECT {names}, rowid FROM trials WHERE rowid >= ? OR error != ''"
            with connection:
                connection.execute("BEGIN")  # both are of the same state of the store
                count: int = connection.execute("SELECT count(*) FROM trials").fetchone()[0]
                found = connection.execute(query, [place]).fetchall()
            rows = _rows([values[:-1] for values in found])
            return count, {values[-1]: row for values, row in zip(found, rows, strict=True)}

    def keep_measured(self, row: Row) -> None:
        """Keep a training run that is no trial of the study, under its key: one of real members."""
        values = {name: getattr(row, name) for name in COLUMNS}
        text = json.dumps(values | {"results": results_to_json(row.results)})
        with self._using() as connection, connection:
            connection.execute("REPLACE INTO meta VALUES (?, ?)", [f"measured {row.key}", text])

    def measured(self, key: str) -> Row | None:
        """Return what `keep_measured` kept under a key; None if there is nothing.

        Examples
        --------
        >>> import tempfile
        >>> facts = Facts(name="demo", identity={"seed": 0})
        >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
        ...     row = Row("k", "mark", 0.1, 0, 0.1, 10, n=5, results={"top1": Count(4, 5)})
        ...     store.keep_measured(row)
        ...     store.measured("k").rate("top1"), store.measured("j"), len(store)
        (0.8, None, 0)
        """
        query = "SELECT value FROM meta WHERE key = ?"
        with self._using() as connection:
            found = connection.execute(query, [f"measured {key}"]).fetchone()
        return _measured(json.loads(found[0])) if found else None

    def keep_guesses(self, guesses: Mapping[str, FirstGuess]) -> None:
        """Keep the first guesses of the study's strategies, by name."""
        self._keep("first guesses", {name: guess.to_json() for name, guess in guesses.items()})

    def guesses(self) -> dict[str, FirstGuess]:
        """Return the first guesses that were kept; none in a store that was begun without them.

        Examples
        --------
        >>> import tempfile
        >>> facts = Facts(name="demo", identity={"seed": 0})
        >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
        ...     store.keep_guesses({"mark": FirstGuess(12.0, 0.0, 1000)})
        ...     store.guesses()["mark"].people
        12
        """
        kept = self._kept("first guesses")
        with content_of(self.path):
            return {name: FirstGuess.from_json(one) for name, one in (kept or {}).items()}

    def keep_size_law(self, laws: Mapping[str, Any]) -> None:
        """Keep what this study and others of other sizes say together, by strategy."""
        self._keep("size law", dict(laws))

    def size_law(self) -> dict[str, Any]:
        """Return what `keep_size_law` kept; nothing where the study is part of no size law."""
        kept = self._kept("size law")
        with content_of(self.path):
            return dict(kept or {})

    def keep_groups(self, groups: Mapping[str, Any]) -> None:
        """Keep what the records of groups that were planned with guarantee, by strategy."""
        self._keep("groups", dict(groups))

    def groups(self) -> dict[str, Any]:
        """Return what `keep_groups` kept; nothing where no group was planned with."""
        kept = self._kept("groups")
        with content_of(self.path):
            return dict(kept or {})

    def _keep(self, key: str, content: Any) -> None:
        text = json.dumps(content, ensure_ascii=False)
        with self._using() as connection, connection:
            connection.execute("REPLACE INTO meta VALUES (?, ?)", [key, text])

    def _kept(self, key: str) -> Any:
        """Return what `_keep` kept; None if there is nothing."""
        query = "SELECT value FROM meta WHERE key = ?"
        with self._using() as connection:
            found = connection.execute(query, [key]).fetchone()
        with content_of(self.path):
            return json.loads(found[0]) if found else None

    def expect(self, total: int) -> None:
        """Keep the number of trials that are known to come, for whoever watches."""
        self._note(total=total, finished=0)

    def finish(self) -> None:
        """Keep that no more trials are to come."""
        self._note(finished=1)

    def finished(self) -> bool:
        """Return whether the study went to its end."""
        return self._noted("finished", len(self) >= self.total()) == 1

    def ended(self) -> bool:
        """Return whether no more trials were to come and all are here; old stores do not say."""
        return self._noted("finished", 0) == 1 and len(self) >= self.total()

    def total(self) -> int:
        """Return how many trials were known to come; 0 if `expect` was never called."""
        return self._noted("total", 0)

    def _note(self, **numbers: int) -> None:
        with self._using() as connection, connection:
            for key, number in numbers.items():
                connection.execute("REPLACE INTO meta VALUES (?, ?)", [key, str(number)])

    def _noted(self, key: str, otherwise: int) -> int:
        with self._using() as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        with content_of(self.path):
            return int(found[0]) if found else otherwise

    @property
    def _lock_file(self) -> Path:
        return self.path.with_suffix(".lock")

    def _good(self) -> int:
        """Return the number of rows with results."""
        query = "SELECT count(*) FROM trials WHERE error = ''"
        with self._using() as connection:
            count: int = connection.execute(query).fetchone()[0]
        return count

    def __len__(self) -> int:
        """Return the number of rows."""
        with self._using() as connection:
            count: int = connection.execute("SELECT count(*) FROM trials").fetchone()[0]
        return count

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only process that runs this study, until the end or this process's own.

        Raises
        ------
        StoreError
            If another process is running it.
        """
        lock = FileLock(self._lock_file)
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout as error:
            raise StoreError(
                f"another process is running the study in {str(self.path.parent)!r}; `criticalmass "
                "watch` shows how far it is. Wait for it, or choose another folder with --out"
            ) from error
        except OSError as error:
            raise StoreError(f"{lock.lock_file} cannot be locked: {error}") from error
        try:
            yield
        finally:
            lock.release()

    def keeping_fits(self) -> AbstractContextManager[None]:
        """Take curves that are fitted meanwhile from this store, and keep in it those it lacks.

        Examples
        --------
        >>> import tempfile
        >>> from criticalmass import Outcome
        >>> from criticalmass.fitting import FittedCurve
        >>> facts = Facts(name="demo", identity={"seed": 0})
        >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
        ...     with store.keeping_fits():
        ...         curve = FittedCurve.fit([Outcome(0.01, 10, 100), Outcome(0.1, 90, 100)])
        """
        return kept_on(FitShelf(self._connection))

    def busy(self) -> bool:
        """Return whether some process is running this study."""
        try:
            with FileLock(self._lock_file, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # a folder that is not ours to write to; who runs a study keeps a log there
            return log(self.path).exists()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection
        except DAMAGED as error:
            raise StoreError(f"{self.path} cannot be used: {error}") from error


def _json(facts: Facts) -> str:
    return json.dumps(facts.to_json(), ensure_ascii=False)


def _rows(found: list[tuple[Any, ...]]) -> list[Row]:
    """Return database rows as `Row`s; SQLite keeps nan as NULL."""
    if not found:
        return []
    columns: list[Any] = list(zip(*found, strict=True))
    kept = json.loads(f"[{','.join(columns[_RESULTS])}]")
    columns[_RESULTS] = [results_from_json(results) for results in kept]
    for place in _FLOATS:
        columns[place] = [math.nan if value is None else value for value in columns[place]]
    for name, values in zip(COLUMNS, columns, strict=True):
        if len(values) != len(found) or not set(map(type, values)) <= set(_KINDS[name]):
            raise TypeError(f"column {name!r} of its trials holds what no trial has")
    rows = list(map(Row, *columns))
    for row in rows:
        if not math.isfinite(row.asked) or not 0 <= row.alpha <= 1:
            raise ValueError(f"a trial of strategy {brief(row.strategy)} has a share that is none")
        if min(row.members, row.changed, row.n) < 0:
            raise ValueError(f"a trial of strategy {brief(row.strategy)} has counts below 0")
    return rows


def _measured(kept: dict[str, Any]) -> Row:
    """Return a training run that was kept; before schema 5 its results were kept apart."""
    counts, shares = kept.pop("successes", {}), kept.pop("shares", {})
    results: dict[str, Result] = {name: Count(k, kept["n"]) for name, k in counts.items()}
    results |= {name: Real(share) for name, share in shares.items()}
    results |= results_from_json(kept.pop("results", {}))
    return Row(**kept, results=results)
