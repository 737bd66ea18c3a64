"""`SoFar`: what the trials of a study say while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from criticalmass.answers.finding import Finding, findings_of
from criticalmass.studies.store.growing import Growing
from criticalmass.studies.store.store import Store

MORE = 0.01
"""A strategy is answered anew once so large a share of its rows was not there before."""


class SoFar:
    """The headline findings of a study whose store grows: what has not changed is not fitted again.

    Fitting thousands of trials takes long, and a few more of them hardly change anything. So while
    rows come, a strategy is answered anew only when `MORE` of its rows are new; and once none
    come, every one is.

    Parameters
    ----------
    store
        The study's store, which may be closed after this, and after each `read`.
    """

    def __init__(self, store: Store) -> None:
        self.facts = store.facts()
        self._growing = Growing()
        self._grows = True
        self._new: Counter[str] = Counter()
        self._found: dict[str, list[Finding]] = {}

    def read(self, store: Store) -> None:
        """Read what was written since."""
        written = self._growing.read(store)
        self._grows = bool(written)
        self._new.update(written)

    def findings(self) -> Iterator[list[Finding]]:
        """Answer anew what is to be, one strategy after another; return all findings after each.

        Each finding holds the rows that it is from.
        """
        for strategy in self.facts.strategies:
            rows = self._growing.rows.get(strategy, [])
            if strategy in self._found and not self._is_due(strategy, len(rows)):
                continue
            self._found[strategy] = findings_of(
                self.facts, strategy, rows, headlines=True, near=True
            )
            del self._new[strategy]
            yield [finding for found in self._found.values() for finding in found]

    def _is_due(self, strategy: str, rows: int) -> bool:
        """Return whether an answer is to be given anew."""
        new = self._new[strategy]
        return new > 0 and (not self._grows or new >= MORE * rows)
