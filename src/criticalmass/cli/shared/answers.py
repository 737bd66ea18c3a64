"""The answers of a study, as `run` and `show` print them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from criticalmass.cli.shared.terminal import say
from criticalmass.errors import harmless, shortened

if TYPE_CHECKING:
    from criticalmass.answers.finding import Finding
    from criticalmass.learners.first_guess import FirstGuess


def print_answers(folder: Path, *, headlines: bool = False) -> None:
    """Print what the trials in a folder say, and why trials failed.

    Parameters
    ----------
    folder
        The study's results.
    headlines
        Whether to answer by the first measure of each strategy only, and to leave out how sure the
        answer is.
    """
    from criticalmass.answers.finding import findings
    from criticalmass.studies import Store
    from criticalmass.studies.store.damage import answering
    from criticalmass.words.finding import answer, doubt, others

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
        with store.keeping_fits(), answering(store.path, facts, rows):
            answers = [
                (
                    one.strategy if headlines else _about(one),
                    [answer(one)] if headlines else [answer(one), doubt(one), others(one)],
                )
                for one in findings(facts, rows, headlines=headlines)
            ]
    for about, sentences in answers:
        say(about)
        for sentence in filter(None, sentences):
            say(f"  {sentence}")
    for reason, times in Counter(row.error for row in rows if row.error).items():
        say(shortened(harmless(f"{times} of {len(rows)} trials failed: {reason}")))


def print_guesses(guesses: Mapping[str, FirstGuess]) -> None:
    """Print the first guesses of a study's strategies, while its trials begin."""
    from criticalmass.words.first_guess import before_trials

    for name, guess in guesses.items():
        say(before_trials(name, guess), err=True)


def _about(finding: Finding) -> str:
    """Name a strategy and a measure, and say what success is by it."""
    from criticalmass.words.outcome import meaning

    return f"{finding.strategy} ({finding.measure}): {meaning(finding)}"
