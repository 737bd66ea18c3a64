"""What a terminal shows of a running study: bars, time left, and what the trials say so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from criticalmass.errors import StoreError
from criticalmass.progress import listening

if TYPE_CHECKING:
    from rich.table import Table

    from criticalmass.studies import Row, Store

LOOK = 1.0
"""Seconds between two looks at a store."""
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
        self._live: Live | None = None
        self._inner: Any = None
        self._told = -1
        self._listening = listening(self._inside)
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
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
            self._listening.__enter__()
            if self._estimates:
                self._estimates.start()
        return self._watch

    def _watch(self, done: int, total: int, row: Row | None = None) -> None:
        if self._live is not None:
            self._end_inside()
            what = "training" if done < total else "at work"  # on where further trials lie
            self._bar.update(self._task, description=what, completed=done, total=total)
        elif done == total or done >= self._told + max(1, total // 10) or self._told < 0:
            self._told = done
            typer.echo(f"trained {done} of {total}", err=True)

    def _inside(self, what: str, done: int, total: int) -> None:
        """Show how far one trial is; many are too short to be seen."""
        if done == 0:
            self._end_inside()
            self._inner = self._bar.add_task(what, total=total)
        elif self._inner is not None:
            self._bar.update(self._inner, completed=done)
        if done == total:
            self._end_inside()

    def _end_inside(self) -> None:
        if self._inner is not None:
            self._bar.remove_task(self._inner)
            self._inner = None

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._listening.__exit__(None, None, None)
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
        seen, pause = -1, LOOK
        while not self._stop.wait(pause):
            begun = time.perf_counter()
            try:
                count, table = _look(self._folder, seen)
            except StoreError:  # it is not there yet
                continue
            if table is not None:
                seen, self._table = count, table
            pause = max(LOOK, PAUSE * (time.perf_counter() - begun))


def _look(folder: Path, seen: int) -> tuple[int, Table | None]:
    """Return the number of rows of a store and, if that has changed, what they say."""
    from criticalmass.studies import Store

    with Store.open(folder) as store:
        if len(store) == seen:
            return seen, None
        facts, rows = store.facts(), store.rows()
    return len(rows), summary(facts, rows, finished=False)


def summary(facts: dict[str, Any], rows: list[Row], *, finished: bool) -> Table:
    """Return a line for each strategy: trials, failures, and how many people it takes so far.

    What was not reached may be by the trials that are still to come, often of larger collectives.
    """
    from rich.table import Table

    from criticalmass.answers.finding import findings

    table = Table(box=None, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for name in ("trials", "failed", f"people for {facts['target']:g}", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for finding in findings(facts, rows, headlines=True):
        people, span = finding.in_short()
        if not finished and finding.mass and not finding.mass.reached:
            people, span = "not so far", ""
        table.add_row(
            finding.strategy, f"{len(finding.rows)}", f"{len(finding.failed)}", people, span
        )
    return table


def watch(
    folder: Annotated[Path, typer.Argument(help="A study's folder of results.")],
) -> None:
    """Watch a study that another process runs: trials done, the answer so far, time left.

    It ends with the study, or with Ctrl-C, which does not stop the study.
    """
    from criticalmass.studies import Store

    with Store.open(folder) as store:
        if not store.busy():
            _say_where_it_stands(store)
            return
        try:
            with View(folder) as show:
                done = -1
                while store.busy():
                    if (count := len(store)) != done:
                        show(count, max(count, store.total()))
                        done = count
                    time.sleep(LOOK)
        except KeyboardInterrupt:
            typer.echo("watching ended; the study goes on", err=True)
            raise typer.Exit(130) from None
        _say_where_it_stands(store)


def _say_where_it_stands(store: Store) -> None:
    """Say how much of a study that nobody runs is done, and what it found."""
    from rich.console import Console

    rows = store.rows()
    planned = max(store.total(), len(rows))
    finished = store.finished()
    if finished:
        typer.echo(f"this study is finished: {len(rows)} trials", err=True)
    else:
        there = f"{len(rows)} of {planned} trials are there"
        if len(rows) == planned:
            there = f"{len(rows)} trials are there, and more may follow"
        typer.echo(f"nobody runs this study now; {there}", err=True)
        typer.echo("it was stopped: the command that began it goes on from there", err=True)
    Console(markup=False, emoji=False).print(summary(store.facts(), rows, finished=finished))
