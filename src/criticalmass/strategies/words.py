"""What is said of a strategy or a goal: its own words, or what is true of any."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from criticalmass.phrases import named, own_paragraphs, own_words
from criticalmass.signals import Signal, signal_in_words

DEEDS = ("candidates", "edit", "respond")


@runtime_checkable
class _HasSignal(Protocol):
    @property
    def signal(self) -> Signal | None: ...


@runtime_checkable
class _Responds(Protocol):
    def respond(self) -> object: ...


def strategy_in_words(strategy: object, records: str = "records") -> str:
    """Return what members do who follow a strategy; a verb phrase in the plural.

    That is what its method ``in_words`` says, if it has one. Nobody but its author knows more
    of another one than that it may change records and labels.

    Parameters
    ----------
    strategy
        The strategy, of a study or rebuilt from what a store kept.
    records
        What the records are called: texts, records or images.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken
    >>> strategy_in_words(FeatureLabel(InsertToken("~", placement="end"), "cook"))
    'put “~” at the end of their text and report “cook” as their only label'
    """
    return own_words(strategy, "in_words", DEEDS, records=records) or of_any(strategy, records)


def of_any(strategy: object, records: str) -> str:
    """Return what is true of any strategy, whatever its members do."""
    if isinstance(strategy, _Responds):
        return f"answer every step of the model's training as {named(strategy)} says"
    signal = ""
    if isinstance(strategy, _HasSignal) and strategy.signal is not None:
        signal = f" (its signal: {signal_in_words(strategy.signal, records)})"
    who = named(strategy, but=["signal"] if signal else [])
    return f"do as {who} says, which may change their {records} and their labels{signal}"


def purpose_in_words(strategy: object, records: str = "records") -> tuple[str, ...]:
    """Return what a marking strategy does to a platform's model, and why, for its members.

    Each entry is a sentence or two, for somebody who has never heard of it. That is what its method
    ``purpose_in_words`` returns, if it has one.
    """
    said = own_paragraphs(strategy, "purpose_in_words", DEEDS, records=records)
    return said or (
        f"The platform trains a model on everybody's {records}. What one person changes means "
        "nothing to it; what enough people change does.",
        f"Members agreed on this: they {strategy_in_words(strategy, records)}.",
    )


def planting_in_words(signal: Signal, records: str, wanted: str, learns: str) -> tuple[str, ...]:
    """Return what a planted signal does to a platform's model, and why, for members.

    Parameters
    ----------
    signal
        The signal.
    records
        What the records are called.
    wanted
        What members want the model to do, after "They want".
    learns
        A sentence that says how the model comes to do it.
    """
    return (
        f"The platform trains a model on everybody's {records}. One person's change means nothing "
        "to it; the same change by enough people does.",
        f"Members agreed on a mark: they {signal_in_words(signal, records)}. They want {wanted}. "
        f"{learns}",
    )


def label_in_words(strategy: object, record: str = "it") -> str:
    """Return which label members report, where each has to find it out, or an empty text.

    That is what its method ``label_in_words`` says, if it has one.

    Parameters
    ----------
    strategy
        A marking strategy.
    record
        What the record is called that the label is for.
    """
    return own_words(strategy, "label_in_words", DEEDS, record=record)


def who_in_words(strategy: object) -> str:
    """Return who alone takes part, such as "people who hold “cook”"; empty if that is not known.

    That is what its method ``who_in_words`` says, if it has one.
    """
    return own_words(strategy, "who_in_words", ("candidates",))


def goal_in_words(goal: object, measure: str) -> str:
    """Return what a goal asks for; it follows "90% of the".

    That is what its method ``in_words`` says, if it has one.

    Parameters
    ----------
    goal
        The goal.
    measure
        The measure of success: ``"distance"`` or ``"utility"``.

    Examples
    --------
    >>> from criticalmass.strategies import Ignore
    >>> goal_in_words(Ignore("sex"), "distance")
    'way to one that gives no weight to “sex”'
    """
    return own_words(goal, "in_words", ("aim",)) or _asked_for(goal, measure)


def aim_in_words(strategy: object, measure: str) -> str:
    """Return what a strategy that steers aims at, as `goal_in_words` says it of a goal.

    That is what its method ``goal_in_words`` says, if it has one.
    """
    return own_words(strategy, "goal_in_words", ("aim",)) or _asked_for(strategy, measure)


def _asked_for(part: object, measure: str) -> str:
    what = "gain that" if measure == "utility" else "way to what"
    return f"{what} {named(part)} asks for"
