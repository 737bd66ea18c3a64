"""Messages: whole sentences with named placeholders, which catalogues put into other languages.

Every sentence stands in the code once, in English, as one literal text: that text is its key in a
catalogue of the standard library's `gettext`. ``docs/languages.md`` says how to make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

_CATALOGUE: ContextVar[NullTranslations] = ContextVar("catalogue")
_ENGLISH = NullTranslations()


def say(text: str, /, **values: object) -> str:
    """Return a message in the language at work, with its values put in.

    Parameters
    ----------
    text
        The whole message in English, with ``{names}`` where values go: a literal text, because
        the tools that make catalogues read the code and do not run it.
    values
        What goes there; whole numbers are written with their thousands apart.

    Raises
    ------
    KeyError
        If the message, or a catalogue's, names a value that is not given.

    Examples
    --------
    >>> say("{people} out of {size}", people="12 people", size=10_000)
    '12 people out of 10,000'
    """
    return _catalogue().gettext(text).format_map(_written(values))


def say_count(one: str, many: str, n: int, /, **values: object) -> str:
    """Return a message about a number of things, in the plural form that this number takes.

    Parameters
    ----------
    one, many
        The message in English for one thing and for several; both write the number as ``{n}``,
        because in some languages 21 takes the form of 1.
    n
        The number.
    values
        What else goes into the message, as of `say`.

    Examples
    --------
    >>> [say_count("{n} trial is left", "{n} trials are left", n) for n in (0, 1, 1000)]
    ['0 trials are left', '1 trial is left', '1,000 trials are left']
    """
    return _catalogue().ngettext(one, many, n).format_map(_written({"n": n, **values}))


def paragraph(*sentences: str) -> str:
    """Return whole sentences one after the other; empty ones are left out.

    Examples
    --------
    >>> paragraph("It rains.", "", "It pours.")
    'It rains. It pours.'
    """
    return " ".join(filter(None, sentences))


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital first letter, where a name of something may come first.

    Examples
    --------
    >>> capitalised("by “mark” it takes two.")
    'By “mark” it takes two.'
    """
    return sentence[:1].upper() + sentence[1:]


def language() -> str:
    """Return the language at work as catalogues and web pages name it, such as ``de``."""
    return _catalogue().info().get("language", "en").replace("_", "-")


@contextmanager
def speaking(catalogue: NullTranslations) -> Iterator[None]:
    """Put messages into another language; what the catalogue lacks stays English.

    Parameters
    ----------
    catalogue
        What `gettext.translation` returns, or an object like it.

    Examples
    --------
    >>> class Shouted(NullTranslations):
    ...     def gettext(self, message):
    ...         return message.upper()
    >>> with speaking(Shouted()):
    ...     print(say("nobody joins"))
    NOBODY JOINS
    >>> print(say("nobody joins"))
    nobody joins
    """
    token = _CATALOGUE.set(catalogue)
    try:
        yield
    finally:
        _CATALOGUE.reset(token)


def _catalogue() -> NullTranslations:
    return _CATALOGUE.get(_ENGLISH)


def _written(values: dict[str, object]) -> dict[str, object]:
    """Return values as messages show them."""
    return {name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()}
