"""The command ``watch``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from criticalmass.cli.shared.options import Folder
from criticalmass.cli.shared.terminal import say, show_table
from criticalmass.cli.shared.view import LOOK, View, summary

if TYPE_CHECKING:
    from criticalmass.studies import Store


def watch(folder: Folder) -> None:
    """Watch a study that another process runs: trials done, the answer so far, time left.

    It waits for one that has not begun its first trial. It ends with the study, or with Ctrl-C,
    which does not stop the study.
    """
    from criticalmass.studies import Store

    with Store.open(folder) as store:
        try:
            _wait_for_its_beginning(store)
            if not store.busy():
                _print_where_it_stands(store)
                return
            with View(folder) as show:
                done = -1
                while store.busy():
                    if (count := len(store)) != done:
                        show(count, max(count, store.total()))
                        done = count
                    time.sleep(LOOK)
        except KeyboardInterrupt:
            say("watching ended; the study goes on", err=True)
            raise typer.Exit(130) from None
        _print_where_it_stands(store)


def _wait_for_its_beginning(store: Store) -> None:
    """Wait while nobody has begun a study: it does not know yet how many trials it has."""
    waiting = False
    while not (store.busy() or store.total() or len(store)):
        if not waiting:
            say("this study has not begun; waiting for it", err=True)
            waiting = True
        time.sleep(LOOK)


def _print_where_it_stands(store: Store) -> None:
    """Print how much of a study that nobody runs is done, and what it found."""
    from criticalmass.studies.store.damage import answering

    facts, rows = store.facts(), store.rows()
    planned = max(store.total(), len(rows))
    finished = store.finished()
    with store.keeping_fits(), answering(store.path, facts, rows):
        table = summary(facts, rows, finished=finished)
    if finished:
        say(f"this study is finished: {len(rows)} trials", err=True)
    else:
        progress = f"{len(rows)} of {planned} trials are there"
        if len(rows) == planned:
            progress = f"{len(rows)} trials are there, and more may follow"
        say(f"nobody runs this study now; {progress}", err=True)
        say("it was stopped: the command that began it goes on from there", err=True)
    show_table(table)
