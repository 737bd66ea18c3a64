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
            said = [
                (f"{f.strategy} ({f.measure})", answer(f), doubt(f)) for f in findings(facts, rows)
            ]
    for about, sentence, sentences in said:
        typer.echo(about)
        typer.echo(f"  {sentence}")
        if sentences:
            typer.echo(f"  {sentences}")
    for reason, times in Counter(row.error for row in rows if row.error).items():
        typer.echo(f"{times} of {len(rows)} trials failed: {reason}")
