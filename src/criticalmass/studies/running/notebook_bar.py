"""What a notebook shows while a study runs: a bar and a line, written anew in their place."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from criticalmass.progress import listening
from criticalmass.studies.trial import Row

EVERY = 0.2
"""Seconds between two looks, at least: a trial may take less."""
KERNEL = "ZMQInteractiveShell"
"""IPython's class for notebooks; that of the terminal is another."""

Show = Callable[[dict[str, str]], None]
"""Shows a line in place of the one before, in several formats by their MIME types."""


@contextmanager
def notebook_bar() -> Iterator[Callable[[int, int, Row | None], None] | None]:
    """Yield what `run` is to call with each trial: it moves a bar. None where no notebook runs."""
    if not in_notebook():
        yield None
        return
    from IPython.display import display

    handle = display({"text/plain": ""}, raw=True, display_id=True)
    bar = Bar(lambda line: handle.update(line, raw=True))
    with listening(bar.inside):
        yield bar.watch


def in_notebook() -> bool:
    """Return whether this code runs in the kernel of a notebook.

    Examples
    --------
    >>> in_notebook()
    False
    """
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return any(kind.__name__ == KERNEL for kind in type(get_ipython()).__mro__)


class Bar:
    """How far a study is, as a bar and a line.

    Parameters
    ----------
    show
        Shows it.
    clock
        Tells the time in seconds.

    Examples
    --------
    >>> bar = Bar(lambda line: print(line["text/plain"]), clock=lambda: 0.0)
    >>> bar.watch(0, 24, None)
    0 of 24 trials
    >>> bar.watch(24, 24, Row("k", "mark", 0.1, 0, 0.1, 10, error="MemoryError"))
    24 of 24 trials, 1 failed
    """

    def __init__(self, show: Show, clock: Callable[[], float] = time.monotonic) -> None:
        self._show, self._clock = show, clock
        self._before = self._failed = 0
        self._begun = self._shown = -EVERY
        self._trials = (0, 0, "")

    def watch(self, done: int, total: int, row: Row | None) -> None:
        """Show that so many trials are done; without a row, that these were before."""
        now = self._clock()
        if row is None:
            self._before, self._begun = done, now
        else:
            self._failed += bool(row.error)
        line = f"{done:,} of {total:,} trials"
        if self._failed:
            line += f", {self._failed:,} failed"
        if done > self._before and done < total:
            left = (now - self._begun) / (done - self._before) * (total - done)
            line += f", {_time(left)} left"
        self._trials = done, total, line
        self._draw(done, total, line, at_once=row is None or done == total)

    def inside(self, step: str, done: int, total: int) -> None:
        """Show how far one long computation is; at its end the trials are shown again."""
        if done < total:
            self._draw(done, total, f"{step}: {done:,} of {total:,}")
        else:
            self._draw(*self._trials)

    def _draw(self, done: int, total: int, line: str, *, at_once: bool = False) -> None:
        now = self._clock()
        if now - self._shown < EVERY and not at_once:
            return
        self._shown = now
        bar = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
        self._show({"text/html": f"<div>{bar} {html.escape(line)}</div>", "text/plain": line})


def _time(seconds: float) -> str:
    """Write how long something may still take.

    Examples
    --------
    >>> [_time(seconds) for seconds in (0.4, 50, 100, 8000)]
    ['1 s', '50 s', '2 min', '2.2 h']
    """
    if seconds < 60:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
