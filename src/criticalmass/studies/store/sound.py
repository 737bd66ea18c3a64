"""What a store's facts and rows must hold beyond their types, where answers rely on it.

`require_sound` is asked whenever facts are read. `fault_of` looks through all that a description
could hold; that needs the parts' classes, so it is asked only once an answer failed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from criticalmass.errors import brief
from criticalmass.fields import misfit
from criticalmass.studies.facts import Facts
from criticalmass.studies.trial import Row

KINDS = ("texts", "table", "array")
"""The kinds of records."""
_NUMBERS = ("precision", "low", "high", "most")
"""Keys of a placement that are numbers, or nothing."""


def require_sound(facts: Facts) -> None:
    """Raise `ValueError` if facts hold what no study has.

    Examples
    --------
    >>> require_sound(Facts(placement={"kind": "Adaptive", "precision": "x"}))
    Traceback (most recent call last):
        ...
    ValueError: placement.precision must be a number, not 'x'
    """
    if facts.population.kind not in KINDS:
        raise ValueError(f"records are {' or '.join(KINDS)}, not {brief(facts.population.kind)}")
    for key in _NUMBERS:
        value = facts.placement.get(key)
        if value is not None and (wrong := misfit(value, float)) is not None:
            raise ValueError(f"placement.{key} {wrong}")
    for records in ("population", "test"):
        kept = facts.identity.get(records, {})
        if not isinstance(kept, Mapping) or not isinstance(kept.get("sha256", ""), str):
            raise ValueError(f"identity.{records} must be a table with a fingerprint")
    if facts.code is not None:
        _require_code(facts.code)
    for name, strategy in facts.strategies.items():
        if not strategy.measures:
            raise ValueError(f"strategy {brief(name)} has no measure of success")


def fault_of(facts: Facts, rows: Iterable[Row]) -> str:
    """Say what facts or rows hold that no study of this version has; empty if nothing is found.

    Parameters
    ----------
    facts, rows
        A study's, as a store gave them.

    Examples
    --------
    >>> fault_of(Facts(), [])
    'it names no strategy'
    """
    if not facts.strategies:
        return "it names no strategy"
    described: dict[str, object] = {"learner": facts.learner, "placement": facts.placement}
    described |= {f"strategies.{name}": s.description for name, s in facts.strategies.items()}
    for where, part in described.items():
        for fault in _faults(part, where, _classes()):
            return fault
    for name, about in facts.strategies.items():
        theory = about.theory
        curves = {"bound": theory.bound, "exact": theory.exact} if theory else {}
        for curve, made in curves.items():
            if theory and made is None and curve not in theory.refused:
                return f"strategies.{name}.theory has no {curve}, and does not say why"
    for row in rows:
        known = facts.strategies.get(row.strategy)
        if row.error or known is None:
            continue
        for measure in known.measures:
            if measure not in row.results:
                return f"a trial of strategy {brief(row.strategy)} has no result by {measure!r}"
    for records in ("population", "test"):
        if not facts.identity.get(records, {}).get("sha256"):
            return f"identity.{records} has no fingerprint"
    return ""


def _require_code(code: Mapping[str, Any]) -> None:
    """Raise `ValueError` unless what is kept of users' classes has the form of `code_facts`."""
    versions = code.get("before", 0)
    if not isinstance(versions, list) or not all(isinstance(one, Mapping) for one in versions):
        raise ValueError("code.before must be a list of tables")
    for one in (code, *versions):
        if not isinstance(one.get("kinds"), Mapping) or not isinstance(one.get("python"), str):
            raise ValueError("code must name kinds, and a version of Python")
    if any(misfit(one.get("trials"), int) for one in versions):
        raise ValueError("code.before must count trials")


def _classes() -> dict[str, Any]:
    """Return the classes of this package's parts by the names that descriptions give them."""
    from criticalmass.risks.risk import Risk
    from criticalmass.studies.adaptive import Adaptive
    from criticalmass.studies.identity.rebuilt import classes_of_ours
    from criticalmass.studies.placement import Grid

    return {**classes_of_ours(), **{part.__name__: part for part in (Risk, Adaptive, Grid)}}


def _faults(part: object, where: str, classes: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a description no part of its kind has."""
    if not isinstance(part, Mapping):
        yield f"{where} must be the description of a part, not {brief(part)}"
        return
    kind = part.get("kind", "")
    if not isinstance(kind, str):
        yield f"{where}.kind must be a text, not {brief(kind)}"
        return
    if kind not in classes:  # somebody's own
        return
    types = get_type_hints(classes[kind])
    for field in fields(classes[kind]):
        if field.name not in part:
            if "later" not in field.metadata:
                yield f"{where} has no {field.name!r}"
            continue
        value, inside = part[field.name], f"{where}.{field.name}"
        if _is_plain(types[field.name]):
            number = isinstance(value, Mapping) and value.get("kind") == "float"
            if not number and (wrong := misfit(value, types[field.name])) is not None:
                yield f"{inside}{wrong.where} {wrong}"
            elif isinstance(value, float) and not math.isfinite(value):
                yield f"{inside} must be a finite number, not {value}"
        elif value is not None:
            yield from _faults(value, inside, classes)


def _is_plain(declared: Any) -> bool:
    """Return whether a type is made of numbers, texts and truth values alone."""
    if get_origin(declared) is Literal or declared in (int, float, str, bool, type(None), Any, ...):
        return True
    inner = get_args(declared)
    return bool(inner) and all(map(_is_plain, inner))
