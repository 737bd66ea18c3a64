"""What a terminal shows of a running study: bars, time left, and what the trials say so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from criticalmass.cli.shared.terminal import add_row, say
from criticalmass.errors import StoreError
from criticalmass.progress import listening

if TYPE_CHECKING:
    from rich.live import Live
    from rich.progress import TaskID
    from rich.table import Table

    from criticalmass.answers.finding import Finding
    from criticalmass.studies import Row
    from criticalmass.studies.facts import Facts

LOOK = 1.0
"""Seconds between two looks at a store."""
SILENT = 60.0
"""Seconds after which a line says how far a long step is, where there is no terminal."""
PAUSE = 10
"""An estimate is computed at most this often, as a multiple of the seconds that one takes."""


class View:
    """What is shown while trials run; in a terminal bars and estimates, elsewhere a few lines.

    Parameters
    ----------
    folder
        The study's folder of results; None to show no estimates.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._estimates = Estimates(folder) if folder else None
        self._live: Live | None = None
        self._inner: TaskID | None = None
        self._last_printed = -1
        self._begun = self._told = 0.0

    def __enter__(self) -> Callable[..., None]:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        self._listening = listening(self._inside if console.is_terminal else self._in_lines)
        self._listening.__enter__()
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("left:"),
                TimeRemainingColumn(),
                console=console,
            )
            shown = (self._bar, self._estimates) if self._estimates else (self._bar,)
            self._live = Live(Group(*shown), console=console, refresh_per_second=4)
            self._live.start()
            self._task = self._bar.add_task("training", total=None)
            if self._estimates:
                self._estimates.start()
        return self._watch

    def _watch(self, done: int, total: int, row: Row | None = None) -> None:
        if self._live is not None:
            self._end_inside()
            doing = "training" if done < total else "at work"  # on where further trials lie
            self._bar.update(self._task, description=doing, completed=done, total=total)
            return
        next_to_print = self._last_printed + max(1, total // 10)
        if done == total or done >= next_to_print or self._last_printed < 0:
            self._last_printed = done
            say(f"trained {done} of {total}", err=True)

    def _inside(self, step: str, done: int, total: int) -> None:
        """Show how far one trial is; many are too short to be seen."""
        if done == 0:
            self._end_inside()
            self._inner = self._bar.add_task(step, total=total)
        elif self._inner is not None:
            self._bar.update(self._inner, completed=done)
        if done == total:
            self._end_inside()

    def _in_lines(self, step: str, done: int, total: int) -> None:
        """Say now and then how far a step is, and how long it may still take."""
        now = time.monotonic()
        if done == 0:
            self._begun = self._told = now
        elif done < total and now - self._told >= SILENT:
            self._told = now
            left = (now - self._begun) / done * (total - done) / 60
            say(f"{step}: {done / total:.0%}, about {_minutes(left)} left", err=True)

    def _end_inside(self) -> None:
        if self._inner is not None:
            self._bar.remove_task(self._inner)
            self._inner = None

    def __exit__(self, *_: object) -> None:
        self._listening.__exit__(None, None, None)
        if self._live is not None:
            if self._estimates:
                self._estimates.end()
            self._live.stop()


class Estimates:
    """A table of what a store's trials say so far, kept up to date by a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._table: Table | str = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Begin to follow the store."""
        self._thread.start()

    def end(self) -> None:
        """Stop following, and clear the table: the answer follows."""
        self._stop.set()
        self._thread.join(timeout=5)
        self._table = ""

    def __rich__(self) -> Table | str:
        """Return what was computed last."""
        return self._table

    def _follow(self) -> None:
        from criticalmass.answers.so_far import SoFar
        from criticalmass.studies import Store

        so_far, pause = None, LOOK
        while not self._stop.wait(pause):
            begun = time.perf_counter()
            try:
                with Store.open(self._folder) as store:  # and close it: fitting takes long
                    so_far = so_far or SoFar(store)
                    so_far.read(store)
            except StoreError:  # it does not exist yet
                continue
            for found in so_far.findings():
                self._table = table_of(so_far.facts, found, finished=False)
                if self._stop.is_set():
                    return
            pause = max(LOOK, PAUSE * (time.perf_counter() - begun))


def summary(facts: Facts, rows: list[Row], *, finished: bool) -> Table:
    """Return what rows say, as `table_of` has it."""
    from criticalmass.answers.finding import findings

    return table_of(facts, findings(facts, rows, headlines=True, near=True), finished=finished)


def table_of(facts: Facts, found: Iterable[Finding], *, finished: bool) -> Table:
    """Return a line for each finding: trials, failures, and how many people it takes so far.

    Trials that are still to come, often of larger collectives, may reach what was not reached.
    """
    from rich.table import Table

    from criticalmass.words.finding import in_short

    own = any(
        facts.target_of(about.measures[0]) != facts.target for about in facts.strategies.values()
    )
    people_for = "people for the target" if own else f"people for {facts.target:g}"
    table = Table(box=None, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for name in ("trials", "failed", people_for, "95% interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for finding in found:
        people, span = in_short(finding)
        still_open = finding.mass and (not finding.mass.reached or finding.only_by_everybody)
        if not finished and still_open:
            people, span = "not so far", ""
        add_row(
            table, finding.strategy, f"{len(finding.rows)}", f"{len(finding.failed)}", people, span
        )
    return table


def _minutes(left: float) -> str:
    """Return a time as people say it."""
    minutes = max(1, round(left))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
