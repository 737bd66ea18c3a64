"""What pydantic complains of in a study file, in the words of the other messages."""

from __future__ import annotations

import typing
from typing import Any

from pydantic import BaseModel, ValidationError

from criticalmass.errors import unknown
from criticalmass.fields import shown

_WORDS = {
    "float_type": "a number",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "string_type": "a text",
    "bool_type": "true or false",
    "date_type": "a date, such as 2026-12-31 without quotes",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
"""What pydantic's complaints about types mean."""
_WORDS_OF = {
    "population.numbers": "true, or the lowest and the highest number that a record could hold, "
    "such as [1, 5]",
}
"""What keys must be that may hold several types."""


def mistakes(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return pydantic's complaints about a model as one line each, with the nearest valid key."""
    found = error.errors()
    typos = {m["loc"][:-1] for m in found if m["type"] == "extra_forbidden"}
    lines: dict[str, str] = {}
    others: dict[str, list[str]] = {}  # what else could stand there, where there is a choice
    for mistake in found:
        if mistake["type"] == "missing" and mistake["loc"][:-1] in typos:
            continue  # a mistyped key also makes one go missing: name the typo
        kinds = ("float", "int", "bool", "str") if len(mistake["loc"]) > 1 else ()
        named = [part for part in mistake["loc"] if part not in kinds and "[" not in str(part)]
        where = "".join(
            f"[{part}]" if isinstance(part, int) else f".{printed(part)}" for part in named
        )[1:]
        others.setdefault(where, []).append(_WORDS.get(mistake["type"], ""))
        choice = _WORDS_OF.get(where) or " or ".join(filter(None, dict.fromkeys(others[where])))
        lines[where] = _mistake(mistake, model, where, choice)
    return list(lines.values())


def printed(name: object) -> str:
    """Return a key on one line."""
    return text if (text := str(name)).isprintable() else repr(text)


def _mistake(mistake: Any, root: type[BaseModel], where: str, must: str) -> str:
    """Return one of pydantic's complaints in words."""
    if mistake["type"] == "extra_forbidden":
        model: Any = root
        for part in mistake["loc"][:-1]:
            model = model.model_fields[str(part)].annotation
            model = next(iter(typing.get_args(model)), model)  # a section that may be left out
        inside = ".".join(str(part) for part in mistake["loc"][:-1])
        message = unknown("key", mistake["loc"][-1], model.model_fields)
        return f"{inside}: {message}" if inside else message
    if mistake["type"] == "missing":
        return f"the key {where!r} is missing"
    if not must and mistake["msg"].startswith("Input should be "):
        must = mistake["msg"].removeprefix("Input should be ")
    if not must:
        return f"{where} = {shown(mistake['input'])}: {mistake['msg']}"
    return f"{where} must be {must}, not {shown(mistake['input'])}"
