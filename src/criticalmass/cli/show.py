"""The command ``show``."""

from __future__ import annotations

import typer

from criticalmass.cli.shared.answers import print_answers
from criticalmass.cli.shared.options import Folder


def show(folder: Folder) -> None:
    """Print the trials in a folder and what they say."""
    from rich.console import Console
    from rich.table import Table

    from criticalmass.studies import Store
    from criticalmass.studies.identity.own_code import changed_code
    from criticalmass.words.numbers import percent

    with Store.open(folder) as store:
        facts, rows, finished = store.facts(), store.rows(), store.finished()
    table = Table(title=facts.name, title_justify="left", box=None, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for name in ("people", "share", "changed", *facts.measures, "accuracy", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        common = [row.strategy, f"{row.members:,}", percent(row.alpha)]
        if row.error:
            table.add_row(*common, "–", "failed")
            continue
        rates = [
            f"{row.rate(measure):.3f}" if measure in {**row.successes, **row.shares} else "–"
            for measure in facts.measures
        ]
        table.add_row(
            *common, f"{row.changed:,}", *rates, f"{row.accuracy:.3f}", f"{row.seconds:.1f}"
        )
    Console(markup=False, emoji=False).print(table)
    for warning in changed_code(facts.code):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo("" if finished else "\nThis study is not finished; the trials so far say:\n")
    print_answers(folder)
