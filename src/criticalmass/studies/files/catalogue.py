"""How a study file's tables of parts are read; each room has a table of its kinds in `kinds.py`."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from criticalmass.errors import CriticalMassError, Problems, StudyError, unknown
from criticalmass.fields import converted, misfit
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.risk import Risk
from criticalmass.signals import Signal
from criticalmass.signals.kinds import SIGNALS
from criticalmass.strategies import Allowed, Goal, Imperfect, Strategy
from criticalmass.strategies.kinds import GOALS

_Part = TypeVar("_Part")


def followed(inactive: float = 0.0, mislabel: float = 0.0) -> Callable[[Strategy], Imperfect]:
    """Return what makes a strategy `Imperfect`, with these shares of members who slip.

    Parameters
    ----------
    inactive
        Share of the members who do nothing.
    mislabel
        Share of the other members who change their features and keep their label.
    """
    return lambda strategy: Imperfect(strategy, inactive, mislabel)


_NESTED: Mapping[Any, tuple[str, Mapping[str, Callable[..., object]]]] = {
    Signal: ("signal", SIGNALS),
    Goal: ("goal", GOALS),
}


def make(kinds: Mapping[str, Callable[..., _Part]], what: str, where: str, table: object) -> _Part:
    """Return the part that a table describes by its ``kind`` and its parameters."""
    if not isinstance(table, dict):
        raise StudyError(f"{where} must be a table with a kind, not {table!r}")
    values = dict(table)
    kind = values.pop("kind", None)
    if kind is None:
        raise StudyError(f"{where} needs a kind: {', '.join(kinds)}")
    if str(kind) not in kinds:
        raise StudyError(f"{where}: {unknown(what, kind, kinds)}")
    return made(kinds[kind], arguments(kinds[kind], where, values), where)


def arguments(
    maker: Callable[..., object], where: str, values: Mapping[str, object]
) -> dict[str, Any]:
    """Return the values in a table as the arguments of a maker, checked against its types.

    Raises
    ------
    StudyError
        With a line for each key that is unknown, missing, or has a value of another type.
    """
    parameters = inspect.signature(maker).parameters
    types = typing.get_type_hints(maker.__init__ if inspect.isclass(maker) else maker)
    checked, problems = {}, Problems()
    for name, value in values.items():
        with problems.collecting():
            if name not in parameters:
                raise StudyError(f"{where}: {unknown('key', name, parameters)}")
            checked[name] = _argument(value, types[name], f"{where}.{name}")
    missing = (n for n, p in parameters.items() if p.default is p.empty and n not in values)
    if values.keys() <= parameters.keys():  # else one of them may be what was mistyped
        for name in missing:
            problems.add(f"{where} needs the key {name!r}")
    problems.tell()
    return checked


def _argument(value: object, declared: Any, where: str) -> object:
    """Return a value of the type that its parameter declares: a part, or what the file holds."""
    if declared in _NESTED:
        what, kinds = _NESTED[declared]
        return make(kinds, what, where, value)
    if declared in (Allowed, Risk, Differentiable):
        kind = Allowed if declared is Allowed else Risk
        if not isinstance(value, dict):
            raise StudyError(f"{where} must be a table, not {value!r}")
        return made(kind, arguments(kind, where, value), where)
    wrong = misfit(value, declared)
    if wrong is not None:
        raise StudyError(f"{where}{wrong.where} {wrong}")
    return converted(value, declared)


def made(maker: Callable[..., _Part], checked: Mapping[str, object], where: str) -> _Part:
    """Return a part made from checked values; an error says in which table they stand."""
    try:
        return maker(**checked)
    except CriticalMassError as error:
        raise type(error)(f"{where}: {error}") from error
