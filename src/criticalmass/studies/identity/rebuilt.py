"""Parts made again of their descriptions, to be asked what they say of themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, make_dataclass
from functools import cache
from keyword import iskeyword
from typing import Any

from criticalmass.learners.kinds import CLASSES
from criticalmass.signals.kinds import SIGNALS
from criticalmass.strategies import Allowed, Gain, Imperfect
from criticalmass.strategies.kinds import GOALS, STRATEGIES


def rebuilt(description: Any) -> Any:
    """Return a part like the one that was described, to be asked what it says of itself.

    One of this package is of its class; its values are not checked. One whose code only its author
    has is of a class with the same name and fields that can do nothing.

    Parameters
    ----------
    description
        What `criticalmass.studies.identity.describe.describe` returned, perhaps long ago.

    Examples
    --------
    >>> rebuilt({"kind": "InsertToken", "token": "~", "every": 20, "placement": "end"}).in_words()
    'put “~” at the end of their text'
    >>> rebuilt({"kind": "Shout", "words": 3})
    Shout(words=3)
    """
    if isinstance(description, list):
        return tuple(rebuilt(value) for value in description)
    if not isinstance(description, Mapping):
        return description
    values = {name: rebuilt(value) for name, value in description.items()}
    kind = values.pop("kind", None)
    if not isinstance(kind, str):
        return values if kind is None else {"kind": kind, **values}
    if kind == "float":
        return float(values.get("value", math.nan))
    if kind in ("set", "path"):
        return values.get("values", values.get("value"))
    return _of_class(_ours().get(kind) or _other(kind, *filter(_is_field, values)), values)


def _of_class(of: type, values: Mapping[str, Any]) -> Any:
    """Return an object of a dataclass with these values, made without its checks."""
    part: Any = object.__new__(of)
    for field in fields(of):
        if field.name in values:
            value = values[field.name]
        elif field.default is not MISSING:
            value = field.default
        elif field.default_factory is not MISSING:
            value = field.default_factory()
        else:
            value = None
        object.__setattr__(part, field.name, value)
    return part


@cache
def _ours() -> Mapping[str, Any]:
    """Return the classes of this package that have words, by the name of the class."""
    tables: tuple[Any, ...] = (*SIGNALS.values(), *STRATEGIES.values(), *GOALS.values(), *CLASSES)
    return {part.__name__: part for part in (*tables, Imperfect, Gain, Allowed)}


def _other(kind: str, *names: str) -> type:
    """Return a class with a name and fields; a name with dots begins with its module."""
    module, _, name = kind.replace("<locals>", "").rpartition(".")
    return make_dataclass(
        re.sub(r"\W", "_", name, flags=re.ASCII) if not _is_field(name) else name,
        names,
        namespace={"__module__": module},
    )


def _is_field(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name)
