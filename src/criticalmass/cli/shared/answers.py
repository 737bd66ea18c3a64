"""The answers of a study, as `run` and `show` print them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer


def print_answers(folder: Path) -> None:
    """Print what the trials in a folder say, and why trials failed."""
    from criticalmass.answers.finding import findings
    from criticalmass.studies import Store
    from criticalmass.words.finding import answer, doubt

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
        with store.keeping_fits():
            answers = findings(facts, rows)
    for finding in answers:
        typer.echo(f"{finding.strategy} ({finding.measure})")
        typer.echo(f"  {answer(finding)}")
        if sentences := doubt(finding):
            typer.echo(f"  {sentences}")
    for reason, times in Counter(row.error for row in rows if row.error).items():
        typer.echo(f"{times} of {len(rows)} trials failed: {reason}")
