"""The reference of study files: every key, its type and its default, made from the code.

Sections are pydantic models, and parts (learners, strategies, signals, goals) are made by classes
or functions whose parameters are their keys. What a key means stands in the docstring of its
model, class or function, under ``Parameters``. A key without such a line stops the build.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple

from numpydoc.docscrape import NumpyDocString
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from sphinx.application import Sphinx

from criticalmass.datasets import DATASETS
from criticalmass.learners.kinds import learners
from criticalmass.risks.risk import Risk
from criticalmass.signals.kinds import SIGNALS
from criticalmass.strategies import Allowed
from criticalmass.strategies.kinds import GOALS, STRATEGIES
from criticalmass.studies.files.catalogue import followed
from criticalmass.studies.files.study_file import StudyFile
from extensions.stopping import stop

REQUIRED = "required"


class Key(NamedTuple):
    """A key of a study file, and what the code says of it."""

    section: str
    name: str
    type: str
    default: str
    meaning: str


def _named(kind: Any) -> str:
    """Return a type in the words of TOML."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "a table"
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false",
             date: "date", Any: "anything", object: "anything"}  # fmt: skip
    if kind in plain:
        return plain[kind]
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _named(args[0])
    if origin is typing.Literal:
        return " or ".join(f'``"{choice}"``' for choice in args)
    if origin in (typing.Union, UnionType):
        return " or ".join(dict.fromkeys(_named(arg) for arg in args if arg is not NoneType))
    if origin in (list, tuple):
        return f"list, each: {_named(args[0])}" if args else "list"
    return "a table"


def _default(value: object) -> str:
    if value is None or value == {} or value == [] or value == () or value == "":
        return "none"
    if isinstance(value, bool):
        return f"``{str(value).lower()}``"
    if isinstance(value, str):
        return f'``"{value}"``'
    return f"``{value}``" if isinstance(value, int | float) else "see its own table"


def _meanings(thing: Any) -> dict[str, str]:
    """Return what a docstring says of each parameter."""
    text = inspect.getdoc(thing) or ""
    found: dict[str, str] = {}
    for names, _, lines in NumpyDocString(text)["Parameters"]:
        for name in re.split(r",\s*", names):
            found[name.lstrip("*")] = " ".join(" ".join(lines).split())
    return found


def _of_model(section: str, model: type[BaseModel]) -> list[Key]:
    meanings = _meanings(model)
    keys = []
    for name, field in model.model_fields.items():
        if field.is_required():
            default = REQUIRED
        elif field.default is PydanticUndefined:
            default = "none"
        else:
            default = _default(field.default)
        keys.append(Key(section, name, _named(field.annotation), default, meanings.get(name, "")))
    return keys


def _of_maker(section: str, maker: Callable[..., object]) -> list[Key]:
    meanings = _meanings(maker)
    types = typing.get_type_hints(maker.__init__ if inspect.isclass(maker) else maker)
    return [
        Key(section, name, _named(types[name]),
            REQUIRED if one.default is one.empty else _shown_default(one.default),
            meanings.get(name, ""))
        for name, one in inspect.signature(maker).parameters.items()
    ]  # fmt: skip


def _shown_default(value: object) -> str:
    return (
        "see its own table"
        if type(value).__name__ == "_HAS_DEFAULT_FACTORY_CLASS"
        else (_default(value))
    )


def _kinds(section: str, kinds: Mapping[str, Callable[..., object]]) -> Iterable[list[Key]]:
    for kind, maker in kinds.items():
        yield _of_maker(f'{section}, kind = "{kind}"', maker)


def tables() -> list[tuple[str, list[Key]]]:
    """Return every table that a study file may have, with its keys."""
    sections = [_of_model("the file itself", StudyFile)]
    for name, field in StudyFile.model_fields.items():
        kind = field.annotation
        inside = [arg for arg in (kind, *typing.get_args(kind))
                  if isinstance(arg, type) and issubclass(arg, BaseModel)]  # fmt: skip
        sections += [_of_model(f"[{name}]", model) for model in inside]
    for name, load in DATASETS.items():
        sections.append(_of_maker(f'options of dataset = "{name}"', load))
    sections += _kinds("[learner]", learners())
    sections += _kinds("[strategies.NAME]", STRATEGIES)
    sections.append(_of_maker("[strategies.NAME], of every kind", followed))
    sections += _kinds("signal", SIGNALS)
    sections += _kinds("goal", GOALS)
    sections.append(_of_maker("allowed", Allowed))
    sections.append(_of_maker("risk", Risk))
    return [(keys[0].section, keys) for keys in sections if keys]


def _page(found: list[tuple[str, list[Key]]]) -> str:
    title = "Every key of a study file"
    text = [f"{title}\n{'=' * len(title)}\n\n"]
    text.append("Made from the code that reads study files. :doc:`/study-files` explains them in "
                "their context, with examples. A part (learner, strategy, signal, goal) is a table "
                "with a ``kind``; the other keys are those of its kind.\n\n")  # fmt: skip
    for section, keys in found:
        text.append(f"``{section}``\n{'-' * (len(section) + 4)}\n\n")
        text.append(".. list-table::\n   :header-rows: 1\n   :widths: 18 22 16 44\n\n")
        text.append("   * - key\n     - type\n     - default\n     - meaning\n")
        text += [
            "".join(
                f"{begin} - {cell}\n"
                for begin, cell in zip(
                    ("   *", "    ", "    ", "    "),
                    (f"``{key.name}``", key.type, key.default, key.meaning),
                    strict=True,
                )
            )
            for key in keys
        ]
        text.append("\n")
    return "".join(text)


def write(app: Sphinx) -> None:
    """Write the page; raise an error with all keys that nobody described."""
    found = tables()
    silent = [f"{section}: {key.name}" for section, keys in found for key in keys
              if not key.meaning]  # fmt: skip
    if silent:
        stop("keys of study files without a description: " + "; ".join(silent))
    path = Path(app.srcdir) / "reference" / "keys.rst"
    path.parent.mkdir(exist_ok=True)
    text = _page(found)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the page before any is read."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
