"""`Growing`: the rows of a store that another process adds to, each read once."""

from __future__ import annotations

from collections import Counter

from criticalmass.studies.store.store import Store
from criticalmass.studies.trial import Row

FIRST = -(2**63)
"""The first place that a row may have in a file of SQLite's."""


class Growing:
    """The rows of a store so far; `read` adds those that were written since.

    Attributes
    ----------
    rows : dict of str to list of Row
        By strategy; each list is in the order of `Store.rows`.

    Examples
    --------
    >>> import tempfile
    >>> from criticalmass.measures import Count
    >>> from criticalmass.studies.facts import Facts
    >>> facts = Facts(name="demo", identity={"seed": 0})
    >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder, facts) as store:
    ...     growing = Growing()
    ...     store.add(Row("k", "mark", 0.1, 0, 0.1, 10, results={"top1": Count(4, 5)}))
    ...     growing.read(store), growing.read(store), len(growing.rows["mark"])
    (Counter({'mark': 1}), Counter(), 1)
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self._good: dict[str, list[Row]] = {}
        self._failed: dict[int, Row] = {}
        self._next = FIRST  # place of the first row that was not read

    def __len__(self) -> int:
        """Return the number of rows."""
        return sum(map(len, self.rows.values()))

    def read(self, store: Store) -> Counter[str]:
        """Read what was written since; return how many rows of each strategy that is.

        Rows that are no longer there, because others came in their place, count too.

        Parameters
        ----------
        store
            The store, opened anew or the same as before.
        """
        changed = self._follow(store)
        if changed is None:  # rows have other places: somebody compacted the file
            gone = Counter({strategy: len(rows) for strategy, rows in self.rows.items()})
            self._forget()
            changed = gone | (self._follow(store) or Counter())
        return changed

    def _follow(self, store: Store) -> Counter[str] | None:
        """Add what was written since; return None if rows were missed."""
        count, found = store.written_from(self._next)
        good = {place: row for place, row in found.items() if not row.error}
        failed = {place: row for place, row in found.items() if row.error}
        if count != sum(map(len, self._good.values())) + len(found):
            return None
        others = [row for at, row in failed.items() if self._failed.get(at) != row]
        gone = [row for at, row in self._failed.items() if failed.get(at) != row]
        changed = Counter(row.strategy for row in (*good.values(), *others, *gone))
        self._next = max(good, default=self._next - 1) + 1
        self._failed = failed
        for row in good.values():
            self._good.setdefault(row.strategy, []).append(row)
        for strategy in changed:
            own = [row for row in failed.values() if row.strategy == strategy]
            self.rows[strategy] = sorted([*self._good.get(strategy, ()), *own], key=_order)
        return changed


def _order(row: Row) -> tuple[float, int, str]:
    return row.asked, row.repetition, row.key
