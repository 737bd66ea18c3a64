"""A first guess in sentences: how many people it may take, before anything was tried."""

from __future__ import annotations

from criticalmass.learners.first_guess import FirstGuess
from criticalmass.messages import say
from criticalmass.words.numbers import heads, percent


def before_trials(strategy: str, guess: FirstGuess) -> str:
    """Say what the guess is before the trials of a strategy begin.

    Examples
    --------
    >>> before_trials("mark", FirstGuess(32.4, 0.0, 16_500))
    'mark: a first guess, from one training: about 33 people (0.20%). Trials will tell.'
    """
    if guess.people == 0:
        return say(
            "{strategy}: a first guess, from one training: nobody needs to join. Trials will tell.",
            strategy=strategy,
        )
    if guess.people is None:
        return say(
            "{strategy}: a first guess, from one training: very many people, perhaps more than "
            "there are. Trials will tell.",
            strategy=strategy,
        )
    return say(
        "{strategy}: a first guess, from one training: about {people} ({share}). Trials will tell.",
        strategy=strategy,
        people=heads(guess.people),
        share=percent(guess.people / guess.size),
    )


def beside_trials(guess: FirstGuess) -> str:
    """Say what the guess was, beside what trials found."""
    if guess.people == 0:
        return say(
            "A first guess, from one training without a collective, was that nobody needs to join."
        )
    if guess.people is None:
        return say(
            "A first guess, from one training without a collective, was very many people, perhaps "
            "more than there are."
        )
    return say(
        "A first guess, from one training without a collective, was {people} ({share}).",
        people=heads(guess.people),
        share=percent(guess.people / guess.size),
    )


def legend() -> str:
    """Name the mark of a first guess in a figure."""
    return say("a first guess, from one training")
