"""The answers of a study, as `run` and `show` print them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from criticalmass.cli.shared.terminal import say
from criticalmass.errors import harmless, shortened


def print_answers(folder: Path) -> None:
    """Print what the trials in a folder say, and why trials failed."""
    from criticalmass.answers.finding import findings
    from criticalmass.studies import Store
    from criticalmass.studies.store.damage import answering
    from criticalmass.words.finding import answer, doubt, others

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
        with store.keeping_fits(), answering(store.path, facts, rows):
            said = [
                (f"{f.strategy} ({f.measure})", (answer(f), doubt(f), others(f)))
                for f in findings(facts, rows)
            ]
    for about, sentences in said:
        say(about)
        for sentence in filter(None, sentences):
            say(f"  {sentence}")
    for reason, times in Counter(row.error for row in rows if row.error).items():
        say(shortened(harmless(f"{times} of {len(rows)} trials failed: {reason}")))
