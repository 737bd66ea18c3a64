"""Plain descriptions of the objects that make up a study, and hashes of them.

A study's parts are frozen dataclasses; their class names and fields, as JSON, say all that decides
what a trial gives. Hashes of that JSON name trials and seed them, so the same spec gives the
same row in any process, whether it came from a file or from Python.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any, Protocol, runtime_checkable

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import StudyError
from criticalmass.studies.identity.foreign import contents
from criticalmass.studies.identity.own_code import is_own, name_of


@runtime_checkable
class Described(Protocol):
    """A part with more that decides a row than its fields, such as the weights in a folder."""

    def described(self) -> Mapping[str, Any]:
        """Return what decides a row beside the fields."""
        ...


def describe(part: Any, where: str = "") -> Any:
    """Return the description of a part of a study, in JSON's types.

    Parameters
    ----------
    part
        The part: a frozen dataclass, an estimator of scikit-learn, or what their fields hold.
    where
        What the part is called in the study, for the message.

    Raises
    ------
    StudyError
        If the part, or something inside it, has no description that could be relied on.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> describe(InsertToken("*"))
    {'kind': 'InsertToken', 'token': '*', 'every': 20, 'placement': 'spaced'}
    """
    return _described(part, where, {})


def own_kinds(part: Any) -> dict[str, Any]:
    """Return the classes and functions in a part that are the user's own, by name."""
    own: dict[str, Any] = {}
    _described(part, "", own)
    return own


def _described(part: Any, where: str, own: dict[str, Any]) -> Any:
    """Return the description of a part; note the user's classes and functions in ``own``."""

    def inside(value: Any, name: object) -> Any:
        return _described(value, f"{where}.{name}" if where else str(name), own)

    def named(kind: Any) -> str:
        if is_own(kind):
            own[kind.__qualname__] = kind
        return name_of(kind)

    if isinstance(part, float) and not math.isfinite(part):
        return {"kind": "float", "value": str(float(part))}  # not JSON
    if part is None or isinstance(part, (bool, int, float, str)):
        return part
    if isinstance(part, np.generic):
        return _described(part.item(), where, own)
    if isinstance(part, Population):
        return {"kind": "Population", "sha256": part.fingerprint}
    if isinstance(part, np.ndarray):
        if part.dtype == object:  # its bytes are addresses
            return {"kind": "array", "values": _described(part.tolist(), where, own)}
        digest = hashlib.sha256(np.ascontiguousarray(part).tobytes()).hexdigest()
        kind = part.dtype.str
        return {"kind": "array", "dtype": kind, "shape": list(part.shape), "sha256": digest}
    if isinstance(part, Mapping):
        return {str(key): inside(value, key) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [inside(value, number) for number, value in enumerate(part)]
    if isinstance(part, (set, frozenset)):  # in an order that every process finds
        elements = (inside(value, "element") for value in part)
        return {"kind": "set", "values": sorted(elements, key=_text)}
    if isinstance(part, PurePath):
        return {"kind": "path", "value": part.as_posix()}
    if isinstance(part, Enum):
        return {"kind": named(type(part)), "member": part.name}
    if is_dataclass(part) and not isinstance(part, type):
        values = {
            field.name: inside(getattr(part, field.name), field.name)
            for field in fields(part)
            if not ("later" in field.metadata and getattr(part, field.name) == field.default)
        }
        if isinstance(part, Described):
            values |= _described(part.described(), where, own)
        return {"kind": named(type(part)), **values}
    from sklearn.base import BaseEstimator  # slow to import
    from sklearn.compose import make_column_selector

    if isinstance(part, BaseEstimator):
        parameters = part.get_params(deep=False)
        return {"kind": named(type(part)), **{k: inside(v, k) for k, v in parameters.items()}}
    if isinstance(part, np.ufunc):
        return {"kind": f"numpy.{part.__name__}"}
    if isinstance(part, make_column_selector):
        return {"kind": "make_column_selector", **_described(vars(part), where, own)}
    if (known := contents(part)) is not None:
        return {"kind": known[0], **_described(known[1], where, own)}
    if inspect.isclass(part) or (inspect.isfunction(part) and part.__name__ != "<lambda>"):
        return {"kind": named(part)}
    what = "a lambda" if inspect.isfunction(part) else f"of type {type(part).__name__}"
    raise StudyError(
        f"{where or 'a part of the study'}{',' if inspect.isfunction(part) else ''} {what} cannot "
        "be described, so its trials could not be named; make it a frozen dataclass of numbers and "
        "texts, or a function with a name"
    )


def digest(description: Any) -> str:
    """Return the SHA-256 (hex) of a description."""
    return hashlib.sha256(_text(description).encode()).hexdigest()


def _text(description: Any) -> str:
    """Return a description as JSON, always written the same way."""
    return json.dumps(description, sort_keys=True, ensure_ascii=False, allow_nan=False)


def stable_seed(key: str, purpose: str) -> int:
    """Return a seed in [0, 2⁶³) for one named purpose of whatever ``key`` names."""
    return int.from_bytes(hashlib.sha256(f"{key}/{purpose}".encode()).digest()[:8], "big") >> 1


def difference(new: Any, old: Any, path: str = "") -> str:
    """Return where two descriptions first differ, as ``path is X there, Y here``.

    Examples
    --------
    >>> difference({"learner": {"C": 2.0}}, {"learner": {"C": 1.0}})
    'learner.C is 1.0 there, 2.0 here'
    """
    if isinstance(new, dict) and isinstance(old, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            if new.get(key) != old.get(key):
                inside = f"{path}.{key}" if path else str(key)
                return difference(new.get(key), old.get(key), inside)
    if path.endswith(".sha256"):
        return f"{path.removesuffix('.sha256')} is another"
    if path.endswith(".arithmetic"):
        return f"{path.removesuffix('.arithmetic')} was computed in another way by another version"
    shown = [json.dumps(side, ensure_ascii=False) for side in (old, new)]
    old_text, new_text = (text if len(text) < 60 else text[:57] + "…" for text in shown)
    return f"{path} is {old_text} there, {new_text} here"
