"""What the phrases of parts are made of: numbers, quotation marks, and a part as Python prints it.

A part says itself what it is: a method whose name ends with ``in_words`` returns a phrase of one
line. `own_words` decides whether such a method may be asked; `named` says what can be said of a
part that has none.
"""

from __future__ import annotations

import math
from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from inspect import Parameter, isclass, isroutine, signature
from itertools import islice
from pathlib import PurePath
from typing import Any

import numpy as np

from criticalmass.errors import ParameterError, brief, harmless, shortened
from criticalmass.fields import shown

RECORDS = {"texts": "texts", "table": "records", "array": "images"}
"""What the records of each kind of population are called."""
LONGEST = 400
"""Characters of a phrase; what is longer is cut."""
LONGEST_QUOTED = 80
"""Characters of a label, a token or a value within a phrase."""
LONGEST_NAMED = 100
"""Characters of a part as Python prints it."""
LONGEST_VALUE = 40
"""Characters of one value of its fields."""
FEW = 4
"""Elements of a list that are named."""
_LARGEST = 10**30
_MANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def number(value: float) -> str:
    """Write a number that somebody chose, with all its digits.

    Examples
    --------
    >>> [number(x) for x in (5.0, 0.25, -12500, 1e-9)]
    ['5', '0.25', '-12,500', '1e-09']
    """
    if not math.isfinite(value):
        return f"{value:g}"
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:,.10g}"


def percent(share: float) -> str:
    """Write a share as a percentage with two significant digits.

    Examples
    --------
    >>> [percent(x) for x in (0.00041, 0.0244, 0.9, 0.976, 0.9962, 1)]
    ['0.041%', '2.4%', '90%', '98%', '99.6%', '100%']
    """
    if share == 0 or math.isnan(share):
        return "0%" if share == 0 else "–"
    scaled = 100 * share
    digits = max(0, 1 - math.floor(math.log10(abs(scaled)) + 1e-9))
    while scaled < 100 and f"{scaled:.{digits}f}" == "100":  # nearly all is not all
        digits += 1
    return f"{scaled:.{digits}f}%"


def counted(count: int, one: str) -> str:
    """Write how many there are of what a noun names in the singular.

    Examples
    --------
    >>> [counted(n, "epoch") for n in (0, 1, 2, 1000)]
    ['0 epochs', '1 epoch', '2 epochs', '1,000 epochs']
    """
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def quoted(text: object) -> str:
    """Put a label, a token or a value into quotation marks.

    Examples
    --------
    >>> quoted("cook")
    '“cook”'
    """
    return f"“{plain(text)}”"


def plain(text: object) -> str:
    """Return a name or a value for a phrase: on one line, and shortened.

    Examples
    --------
    >>> print(plain("one\\ntwo"), len(plain("x" * 100)))
    one\\ntwo 80
    """
    return shortened(harmless(text), LONGEST_QUOTED)


def listed(items: Iterable[str]) -> str:
    """Write a list of phrases; of many, how many more there are.

    Examples
    --------
    >>> listed("a"), listed("ab"), listed("abc"), listed("abcdef")
    ('a', 'a and b', 'a, b and c', 'a, b, c, d and 2 more')
    """
    every = list(items)
    if len(every) > FEW + 1:
        every[FEW:] = [f"{len(every) - FEW:,} more"]
    *others, last = every
    return f"{', '.join(others)} and {last}" if others else last


def group_in_words(where: Mapping[str, Any]) -> str:
    """Write which records a group has, from the values that it has in some columns.

    Examples
    --------
    >>> group_in_words({"job": "cook", "age": None})
    'job = cook and no value for age'
    """
    return listed(
        f"no value for {plain(column)}" if value is None else f"{plain(column)} = {plain(value)}"
        for column, value in where.items()
    )


def own_words(part: object, method: str, deeds: Iterable[str], **about: str) -> str:
    """Return what a part says of itself; an empty text if it has nothing to say that holds.

    Words that a class inherits are about what its base does: they do not hold if it does one of the
    ``deeds`` in its own way.

    Parameters
    ----------
    part
        A part of a study.
    method
        The method that says it.
    deeds
        The methods that it is about.
    **about
        What the method is told, if it has a parameter of that name.

    Raises
    ------
    ParameterError
        If it says something else than a text.

    Examples
    --------
    >>> class Shout:
    ...     def apply(self): ...
    ...     def in_words(self, records):
    ...         return f"write their {records} in capitals"
    >>> class Whisper(Shout):
    ...     def apply(self): ...
    >>> [own_words(kind(), "in_words", ["apply"], records="texts") for kind in (Shout, Whisper)]
    ['write their texts in capitals', '']
    """
    if not _holds(part, method, deeds):
        return ""
    said = asked(part, method, **about)
    if not isinstance(said, str):
        raise ParameterError(
            f"{type(part).__name__}.{method} must return a text, not {shown(said)}"
        )
    return _phrase(said, LONGEST).rstrip(".")


def own_paragraphs(
    part: object, method: str, deeds: Iterable[str], **about: str
) -> tuple[str, ...]:
    """Return the paragraphs that a part says of itself, as `own_words` returns a phrase.

    Raises
    ------
    ParameterError
        If it says something else than a list of texts.
    """
    if not _holds(part, method, deeds):
        return ()
    said = asked(part, method, **about)
    if not isinstance(said, list | tuple) or not all(isinstance(one, str) for one in said):
        raise ParameterError(
            f"{type(part).__name__}.{method} must return a list of texts, not {shown(said)}"
        )
    return tuple(_phrase(one, 2 * LONGEST) for one in said)


def _phrase(said: str, most: int) -> str:
    return shortened(harmless(" ".join(said.split())), most)


def _holds(part: object, method: str, deeds: Iterable[str]) -> bool:
    """Return whether a part has a method that is about what it does itself."""
    kinds = type(part).__mro__
    base = next((kind for kind in kinds if method in vars(kind)), None)
    if base is None:
        return False
    names = set(deeds)
    return not any(
        _does(base, name)
        for kind in kinds[: kinds.index(base)]
        for name, member in vars(kind).items()
        if name in names or (_is_inner(name) and isroutine(member))
    )


def _does(base: type, name: str) -> bool:
    """Return whether a class has a method, and not one that others are to write."""
    abstract = isinstance(base, ABCMeta) and name in base.__abstractmethods__
    return not abstract and any(name in vars(kind) for kind in base.__mro__)


def _is_inner(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def asked(part: object, method: str, **about: str) -> object:
    """Return what a method of a part says, told those things that it has parameters for."""
    says = getattr(part, method)
    if isinstance(says, str):  # a property, or a class variable
        return says
    needs = signature(says).parameters
    for name, one in needs.items():
        if name not in about and one.default is one.empty and one.kind not in _MANY:
            may = f"; it may have a parameter {' or '.join(about)}" if about else ""
            raise ParameterError(
                f"{type(part).__name__}.{method} has a parameter {name!r}, which nothing is known "
                f"for{may}"
            )
    return says(**{name: about[name] for name in needs if name in about})


def named(part: Any, but: Iterable[str] = ()) -> str:
    """Return a part as Python prints it, on one line and shortened.

    That is true of every part, also of one of which nothing else is known.

    Parameters
    ----------
    part
        A part of a study.
    but
        Names of fields to leave out.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Shout:
    ...     words: int = 3
    ...     language: str = "English"
    >>> named(Shout()), named(Shout(), but=["language"])
    ("Shout(words=3, language='English')", 'Shout(words=3)')
    """
    return _part(part, frozenset(but), deep=2)


def _part(part: Any, but: Set[str], deep: int) -> str:
    """Return a part; parts within parts are shown down to so many levels."""
    name = shortened(harmless(type(part).__name__), LONGEST_VALUE)
    if not is_dataclass(part) or isclass(part):
        return name
    own = [field.name for field in fields(part) if field.repr and field.name not in but]
    if own and not deep:
        return f"{name}(…)"
    values = [f"{harmless(one)}={_value(getattr(part, one), deep - 1)}" for one in own]
    return f"{name}({', '.join(_fitting(values, LONGEST_NAMED - len(name)))})"


def _fitting(values: list[str], room: int) -> list[str]:
    """Return the first of some values, as many as there is room for, and a sign for the others."""
    shown: list[str] = []
    for value in values:
        room -= len(value) + 2
        if room < 0:
            return [*shown, "…"]
        shown.append(value)
    return shown


def _value(value: Any, deep: int) -> str:
    """Return a field's value as Python prints it, shortened."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, str | PurePath | date | time):
        return brief(str(value), LONGEST_VALUE)
    if isinstance(value, np.generic):
        return _value(value.item(), deep)
    if value is None or isinstance(value, bool | float | complex):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) < _LARGEST else "…"
    if isinstance(value, Mapping):
        pairs = (f"{_value(key, 0)}: {_value(one, deep - 1)}" for key, one in value.items())
        return f"{{{', '.join(_first(pairs))}}}" if deep > 0 or not value else "{…}"
    if isinstance(value, list | tuple | Set):
        brackets = {list: "[]", tuple: "()"}.get(type(value), "{}")
        inside = ", ".join(_first(_value(one, deep - 1) for one in value))
        only = "," if brackets == "()" and len(value) == 1 and deep > 0 else ""
        return f"{brackets[0]}{inside if deep > 0 or not value else '…'}{only}{brackets[1]}"
    if isinstance(value, np.ndarray):
        return f"array of {' × '.join(map(str, value.shape))}" if value.ndim else "an array"
    if isclass(value) or isroutine(value):
        return "…" if value.__name__ == "<lambda>" else value.__name__
    known = is_dataclass(value)
    return _part(value, frozenset(), max(deep, 0)) if known else f"{type(value).__name__}(…)"


def _first(values: Iterator[str]) -> list[str]:
    """Return the first few of some values, and a sign for the others."""
    shown = list(islice(values, FEW + 1))
    return shown if len(shown) <= FEW else [*shown[:FEW], "…"]
