"""Plain descriptions of the objects that make up a study, and hashes of them.

A study's parts are frozen dataclasses; their class names and fields, as JSON, say all that decides
what a trial gives. Hashes of that JSON name trials and seed them, so that the same spec gives the
same row in any process, whether it came from a file or from Python.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector

from criticalmass.errors import StudyError
from criticalmass.population import Population
from criticalmass.studies.foreign import contents


def describe(part: Any) -> Any:
    """Return what a part of a study is, in JSON's types.

    Raises
    ------
    StudyError
        If the part is of a kind that has no description that could be relied on.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> describe(InsertToken("*"))
    {'kind': 'InsertToken', 'token': '*', 'every': 20, 'placement': 'spaced'}
    """
    if isinstance(part, float) and not math.isfinite(part):
        return {"kind": "float", "value": str(float(part))}  # not JSON
    if part is None or isinstance(part, (bool, int, float, str)):
        return part
    if isinstance(part, np.generic):
        return describe(part.item())
    if isinstance(part, Population):
        return {"kind": "Population", "sha256": part.fingerprint}
    if isinstance(part, np.ndarray):
        if part.dtype == object:  # its bytes are addresses
            return {"kind": "array", "values": describe(part.tolist())}
        digest = hashlib.sha256(np.ascontiguousarray(part).tobytes()).hexdigest()
        kind = part.dtype.str
        return {"kind": "array", "dtype": kind, "shape": list(part.shape), "sha256": digest}
    if isinstance(part, Mapping):
        return {str(key): describe(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [describe(value) for value in part]
    if is_dataclass(part) and not isinstance(part, type):
        values = {
            field.name: describe(getattr(part, field.name))
            for field in fields(part)
            if not ("later" in field.metadata and getattr(part, field.name) == field.default)
        }
        if hasattr(part, "described"):  # what its fields mean here, such as the weights in a folder
            values |= describe(part.described())
        return {"kind": _name(type(part)), **values}
    if isinstance(part, BaseEstimator):
        parameters = part.get_params(deep=False)
        return {"kind": _name(type(part)), **{k: describe(v) for k, v in parameters.items()}}
    if isinstance(part, np.ufunc):
        return {"kind": f"numpy.{part.__name__}"}
    if isinstance(part, make_column_selector):
        return {"kind": "make_column_selector", **describe(vars(part))}
    if (known := contents(part)) is not None:
        return {"kind": known[0], **describe(known[1])}
    if inspect.isclass(part) or (inspect.isfunction(part) and part.__name__ != "<lambda>"):
        return {"kind": _name(part)}
    raise StudyError(
        f"a part of the study of type {type(part).__name__} cannot be described, so its trials "
        "could not be named; make it a frozen dataclass of numbers and texts"
    )


def digest(description: Any) -> str:
    """Return the SHA-256 (hex) of a description."""
    text = json.dumps(description, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def stable_seed(key: str, purpose: str) -> int:
    """Return a seed in [0, 2⁶³) for one named purpose of whatever ``key`` names."""
    return int.from_bytes(hashlib.sha256(f"{key}/{purpose}".encode()).digest()[:8], "big") >> 1


def difference(here: Any, there: Any, path: str = "") -> str:
    """Say where two descriptions first differ, as ``path is X there, Y here``.

    Examples
    --------
    >>> difference({"learner": {"C": 2.0}}, {"learner": {"C": 1.0}})
    'learner.C is 1.0 there, 2.0 here'
    """
    if isinstance(here, dict) and isinstance(there, dict):
        for key in [*here, *(key for key in there if key not in here)]:
            if here.get(key) != there.get(key):
                inside = f"{path}.{key}" if path else str(key)
                return difference(here.get(key), there.get(key), inside)
    if path.endswith(".sha256"):
        return f"{path.removesuffix('.sha256')} is another"
    shown = [json.dumps(side, ensure_ascii=False) for side in (there, here)]
    there_text, here_text = (text if len(text) < 60 else text[:57] + "…" for text in shown)
    return f"{path} is {there_text} there, {here_text} here"


def _name(kind: Any) -> str:
    """Name a class: its own name if it is one of ours, so that moving it changes no hash."""
    inside = kind.__module__.partition(".")[0] == "criticalmass"
    return str(kind.__qualname__ if inside else f"{kind.__module__}.{kind.__qualname__}")
