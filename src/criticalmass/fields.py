"""What the fields of a part may hold, and the one line for a value of another type.

`check_fields` compares a dataclass's values with the types that it declares, and study files are
checked against the same types. So a mistake is told where it is made, in one wording. Kinds of
parts, such as signals, say with `kind` what they are called and what makes one.
"""

from __future__ import annotations

import collections.abc
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, time
from functools import lru_cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union

from criticalmass.errors import ParameterError, nearest

_Part = TypeVar("_Part")

_SCALARS: Mapping[Any, str] = {
    str: "a text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    type(None): "nothing",
}
_LISTS = (tuple, list, collections.abc.Sequence)
_TABLES = (dict, collections.abc.Mapping)
_CALLABLE: Any = collections.abc.Callable
_KINDS: dict[Any, str] = {}


class Misfit(typing.NamedTuple):
    """A value that does not fit: where inside a field, what it must be, and what came."""

    where: str
    must: str
    came: object
    near: str = ""

    def __str__(self) -> str:
        meant = f"; did you mean {self.near!r}?" if self.near else ""
        return f"must be {self.must}, not {shown(self.came)}{meant}"


def kind(words: str) -> Callable[[type[_Part]], type[_Part]]:
    """Return a decorator that says what messages call the parts of a protocol.

    Examples
    --------
    >>> @kind("a greeter, such as Hello()")
    ... @typing.runtime_checkable
    ... class Greeter(typing.Protocol):
    ...     def greet(self): ...
    >>> str(misfit("hello", Greeter))
    "must be a greeter, such as Hello(), not 'hello'"
    """

    def declare(protocol: type[_Part]) -> type[_Part]:
        _KINDS[protocol] = words
        return protocol

    return declare


if TYPE_CHECKING:
    ability = property
else:

    class ability:
        """A property with the default of an ability; a field of a subclass may take its place.

        A `property` of a base class cannot be set by a dataclass, and looks like the default of a
        field that has none.

        Examples
        --------
        >>> class Machine:
        ...     @ability
        ...     def speed(self):
        ...         return 1
        >>> Machine().speed
        1
        """

        def __init__(self, default: Callable[[Any], Any]) -> None:
            self._default = default
            self.__doc__ = default.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, part: Any, owner: type) -> Any:
            if part is None:  # as if the class had no such attribute: a field needs no default
                raise AttributeError(self._name)
            return self._default(part)


def hint(words: str) -> dict[str, str]:
    """Return metadata of a field: advice for a value of another type."""
    return {"hint": words}


def check_fields(part: Any) -> None:
    """Raise `ParameterError` for the first field whose value is not of its declared type.

    Parameters
    ----------
    part
        A dataclass; call this first in its ``__post_init__``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Patch:
    ...     size: int
    ...     def __post_init__(self) -> None:
    ...         check_fields(self)
    >>> Patch(1.5)
    Traceback (most recent call last):
        ...
    criticalmass.errors.ParameterError: Patch.size must be an integer, not 1.5
    """
    of: Any = type(part)
    hints = _types(of)
    for field in fields(part):
        wrong = misfit(getattr(part, field.name), hints.get(field.name, Any))
        if wrong is not None:
            advice = "" if wrong.where else field.metadata.get("hint")
            where = f"{of.__name__}.{field.name}{wrong.where}"
            raise ParameterError(f"{where} {wrong}{f'; {advice}' if advice else ''}")


def check_value(name: str, value: object, declared: Any) -> None:
    """Raise `ParameterError` if an argument is not of a type.

    Examples
    --------
    >>> check_value("jobs", "2", int)
    Traceback (most recent call last):
        ...
    criticalmass.errors.ParameterError: jobs must be an integer, not '2'
    """
    if (wrong := misfit(value, declared)) is not None:
        raise ParameterError(f"{name}{wrong.where} {wrong}")


def misfit(value: object, declared: Any) -> Misfit | None:
    """Return how a value differs from a type; None if it fits.

    Nothing is converted: a bool is no number, a text is none, and 1.5 is no integer. Lists may
    stand for tuples, and numpy's numbers for Python's.

    Examples
    --------
    >>> misfit((0.1, True), tuple[float, ...])
    Misfit(where='[1]', must='a number', came=True, near='')
    """
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if declared is Any:
        return None
    if origin is typing.Annotated:
        return misfit(value, inner[0])
    if origin in (Union, types.UnionType):
        return _of_several(value, inner)
    if origin is Literal:
        fits = isinstance(value, (str, int, type(None))) and value in inner
        near = nearest(value, filter(_is_text, inner)) if isinstance(value, str) else ""
        return None if fits else Misfit("", words_for(declared), value, near)
    if declared in _SCALARS:
        return None if _is_scalar(value, declared) else Misfit("", words_for(declared), value)
    if (origin or declared) in _LISTS:
        return _in_list(value, declared, inner)
    if (origin or declared) in _TABLES:
        return _in_table(value, declared, inner)
    if origin is _CALLABLE:
        return None if callable(value) else Misfit("", words_for(declared), value)
    return None if _is_part(value, origin or declared) else Misfit("", words_for(declared), value)


def converted(value: Any, declared: Any) -> Any:
    """Return a value from a file as the type that it fits: lists as tuples, 1 as 1.0.

    Examples
    --------
    >>> converted([1, 2.5], tuple[float, ...]), converted(3, int | float), converted(3, float)
    ((1.0, 2.5), 3, 3.0)
    """
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if origin in (Union, types.UnionType):
        fitting = [one for one in inner if misfit(value, one) is None]
        return value if int in fitting else converted(value, fitting[0])
    if declared is float:
        return float(value)
    if (origin or declared) is tuple:
        each = inner if ... not in inner else (inner[0],) * len(value)
        return tuple(converted(one, of) for one, of in zip(value, each, strict=True))
    if (origin or declared) in (*_LISTS, *_TABLES) and inner:
        if isinstance(value, collections.abc.Mapping):
            return {name: converted(one, inner[1]) for name, one in value.items()}
        return [converted(one, inner[0]) for one in value]
    return value


def words_for(declared: Any) -> str:
    """Return a type in words.

    Examples
    --------
    >>> words_for(int), words_for(Literal["start", "end"]), words_for(tuple[float, ...] | None)
    ('an integer', "'start' or 'end'", 'a list of numbers')
    """
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if declared in _SCALARS:
        return _SCALARS[declared]
    if origin is Literal:
        return _either([repr(choice) for choice in inner])
    if origin in (Union, types.UnionType):
        return _either([words_for(one) for one in inner if one is not type(None)])
    if (origin or declared) in _LISTS:
        many = {str: " of texts", int: " of integers", float: " of numbers"}
        same = {one for one in inner if one is not ...}
        number = "" if not inner or ... in inner else f" of {len(inner)}"
        what = many.get(same.pop(), "") if len(same) == 1 else ""
        return f"a list{number}{what.removeprefix(' of') if number else what}"
    if (origin or declared) in _TABLES:
        return "a table of names and values (a dict)"
    if origin is _CALLABLE:
        return "a function"
    if declared in _KINDS:
        return _KINDS[declared]
    of = origin or declared
    name = of.__name__ if inspect.isclass(of) else str(of)
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def shown(value: object) -> str:
    """Return a value for a message: as Python writes it if that is short, else its type.

    Days and times are written as in a study file.

    Examples
    --------
    >>> from datetime import datetime
    >>> shown("x"), shown(datetime(2026, 12, 31, 8)), shown("x" * 100)
    ("'x'", '2026-12-31 08:00:00', 'a str')
    """
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    text = str(value) if isinstance(value, (date, time)) else repr(value)
    if len(text) <= 60 and "\n" not in text and " object at 0x" not in text:
        return text
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _of_several(value: object, choices: tuple[Any, ...]) -> Misfit | None:
    wrong = [misfit(value, one) for one in choices]
    if None in wrong:
        return None
    # the right kind of value, with something wrong inside it
    inside = [one for one in wrong if one is not None and (one.where or one.near)]
    words = _either([words_for(one) for one in choices if one is not type(None)])
    return inside[0] if inside else Misfit("", words, value)


def _is_scalar(value: object, declared: Any) -> bool:
    if declared is bool:
        return type(value).__name__ in ("bool", "bool_")  # numpy's, too
    if declared in (int, float):
        number = Integral if declared is int else Real
        return isinstance(value, number) and not isinstance(value, bool)
    return isinstance(value, declared)


def _in_list(value: object, declared: Any, inner: tuple[Any, ...]) -> Misfit | None:
    if not isinstance(value, (list, tuple)):
        return Misfit("", words_for(declared), value)
    if not inner:
        return None
    each = inner
    if len(inner) == 1 or ... in inner:
        each = (inner[0],) * len(value)
    if len(each) != len(value):
        return Misfit("", words_for(declared), value)
    for place, (one, of) in enumerate(zip(value, each, strict=True)):
        if (wrong := misfit(one, of)) is not None:
            return wrong._replace(where=f"[{place}]{wrong.where}")
    return None


def _in_table(value: object, declared: Any, inner: tuple[Any, ...]) -> Misfit | None:
    if not isinstance(value, collections.abc.Mapping):
        return Misfit("", words_for(declared), value)
    names, values = inner or (Any, Any)
    for name, one in value.items():
        if misfit(name, names) is not None:
            return Misfit("", f"a table whose names are texts, without {name!r}", value)
        if (wrong := misfit(one, values)) is not None:
            return wrong._replace(where=f"[{name!r}]{wrong.where}")
    return None


def _is_part(value: object, declared: Any) -> bool:
    """Return whether a value is an instance of a class, or has what makes its kind."""
    if declared in _KINDS:
        return not inspect.isclass(value) and isinstance(value, declared)
    if not inspect.isclass(declared) or typing.Protocol in declared.__bases__:
        return True  # nothing is known of it
    return isinstance(value, declared)


def _either(words: list[str]) -> str:
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} or {last}" if others else last


@lru_cache(maxsize=256)
def _types(of: type) -> Mapping[str, Any]:
    """Return the types of a class's fields; none if a name in them is unknown."""
    try:
        return typing.get_type_hints(of, include_extras=True)
    except NameError:
        return {}
