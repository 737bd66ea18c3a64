"""The command ``show``."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from criticalmass.cli.shared.answers import print_answers
from criticalmass.cli.shared.options import Folder
from criticalmass.cli.shared.terminal import add_row, say, show_table, warn
from criticalmass.errors import harmless

if TYPE_CHECKING:
    from criticalmass.studies.facts import Facts

WIDEST = 1000
"""No table is wider than this many characters."""


def show(folder: Folder) -> None:
    """Print every trial in a folder, what the trials say, and how sure that is."""
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    from criticalmass.studies import Store
    from criticalmass.studies.identity.own_code import changed_code
    from criticalmass.words.numbers import percent

    with Store.open(folder) as store:
        facts, rows, finished = store.facts(), store.rows(), store.finished()
    others = [] if all(isnan(row.otherwise) for row in rows) else ["otherwise"]
    quality = "mean error" if facts.population.numbers else "accuracy"
    table = Table(title=harmless(facts.name), title_justify="left", box=None, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for name in ("people", "share", "changed", *facts.measures, quality, *others, "seconds"):
        table.add_column(harmless(name), justify="right", no_wrap=True)
    for row in rows:
        common = [row.strategy, f"{row.members:,}", percent(row.alpha)]
        if row.error:
            add_row(table, *common, "–", "failed")
            continue
        rates = [
            f"{row.rate(measure):.3f}" if measure in row.results else "–"
            for measure in facts.measures
        ]
        add_row(
            table,
            *common,
            f"{row.changed:,}",
            *rates,
            _error(row.mean_error) if facts.population.numbers else f"{row.accuracy:.3f}",
            *("–" if isnan(row.otherwise) else f"{row.otherwise:.3f}" for _ in others),
            f"{row.seconds:.1f}",
        )
    console = Console()
    unlimited = console.options.update(width=WIDEST)
    table.collapse_padding = Measurement.get(console, unlimited, table).maximum > console.width
    show_table(table)
    say("", *_legend(facts, otherwise=bool(others)))
    for warning in changed_code(facts.code):
        warn(warning)
    say()
    if not finished:
        say("This study is not finished; the trials so far say:", "")
    print_answers(folder)


def _legend(facts: Facts, *, otherwise: bool) -> list[str]:
    """Return what the columns mean that a newcomer may not know, one line for each."""
    meanings = {"share": "of the whole population", "changed": "records that members changed"}
    for measure in facts.measures:
        about = facts.measure(measure)
        records = "test records" if measure == "erased" else "marked test records"
        among = f"share of the {records} where " if about.sort == "count" else ""
        meanings[measure] = f"{among}{about.words.about('the target label').legend}"
    if facts.population.numbers:
        meanings["mean error"] = "how far off predictions of the unmarked test records are"
    else:
        meanings["accuracy"] = "share of the unmarked test records' labels that are right"
    if otherwise:
        meanings["otherwise"] = (
            "share of the unmarked test records that a model without a collective answers "
            "differently"
        )
    return [f"{name}: {meaning}" for name, meaning in meanings.items()]


def _error(mean_error: float | None) -> str:
    """Return a mean error in a few signs."""
    from criticalmass.words.numbers import measured

    return "–" if mean_error is None else measured(mean_error)
