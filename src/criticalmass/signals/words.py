"""What is said of a signal: its own words, or what is true of any."""

from __future__ import annotations

from criticalmass.phrases import named, own_words
from criticalmass.signals.signal import Signal

DEEDS = ("apply",)


def signal_in_words(signal: Signal, records: str = "records") -> str:
    """Return what members do to apply a signal; a verb phrase in the plural.

    That is what its method ``in_words`` says, if it has one.

    Parameters
    ----------
    signal
        The signal.
    records
        What the records are called: texts, records or images.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> signal_in_words(InsertToken("~"))
    'put “~” after every 20 words of their text'
    """
    said = own_words(signal, "in_words", DEEDS, records=records)
    return said or f"change their {records} with {named(signal)}"


def erased_in_words(signal: Signal, records: str = "records") -> str:
    """Return what a record is like after an erasing signal, such as "without age".

    That is what its method ``erased_in_words`` says, if it has one.

    Examples
    --------
    >>> from criticalmass.signals import DropColumn
    >>> erased_in_words(DropColumn("age"))
    'without age'
    """
    said = own_words(signal, "erased_in_words", DEEDS, records=records)
    return said or f"changed with {named(signal)}"
