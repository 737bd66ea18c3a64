"""The answers of a study, as `run` and `show` print them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from criticalmass.cli.shared.terminal import say
from criticalmass.errors import harmless, shortened

if TYPE_CHECKING:
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
    from criticalmass.words.finding import answer
    from criticalmass.words.sentences import about, failures, sentences

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
        with store.keeping_fits(), answering(store.path, facts, rows):
            answers = [
                (
                    one.strategy if headlines else about(one),
                    [answer(one)] if headlines else sentences(one),
                )
                for one in findings(facts, rows, headlines=headlines)
            ]
    for named, said in answers:
        say(named)
        for sentence in filter(None, said):
            say(f"  {sentence}")
    for failure in failures(rows):
        say(shortened(harmless(failure)))


def print_guesses(guesses: Mapping[str, FirstGuess]) -> None:
    """Print the first guesses of a study's strategies, while its trials begin."""
    from criticalmass.words.first_guess import before_trials

    for name, guess in guesses.items():
        say(before_trials(name, guess), err=True)
