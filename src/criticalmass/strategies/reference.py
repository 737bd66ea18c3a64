"""Which value stands for a column that a strategy's signal leaves out."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from criticalmass.data.population import Population
from criticalmass.errors import DataError
from criticalmass.signals import DropColumn
from criticalmass.strategies.imperfect import Imperfect
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.strategy import Recruits


def drops(strategy: Recruits) -> DropColumn | None:
    """Return the signal of a strategy where that leaves a column out, or None."""
    part: Any = strategy.strategy if isinstance(strategy, Imperfect) else strategy
    own = {field.name for field in fields(part)} if is_dataclass(part) else set()
    if not isinstance(part, Marking) or "signal" not in own:
        return None
    return part.signal if isinstance(part.signal, DropColumn) else None


def with_reference_of(population: Population, strategy: Recruits) -> Recruits:
    """Return a strategy whose signal says which value stands for the column that it leaves out.

    Where none is named it is the most frequent one of the population.

    Examples
    --------
    >>> from criticalmass import DropColumn, Erase
    >>> people = Population.from_table(
    ...     {"sex": ["f", "m", "m"], "hired": ["no", "yes", "no"]}, label="hired")
    >>> with_reference_of(people, Erase(DropColumn("sex"))).signal
    DropColumn(column='sex', reference='m')
    """
    signal = drops(strategy)
    if signal is None or signal.reference is not None:
        return strategy
    if isinstance(strategy, Imperfect):
        return replace(strategy, strategy=with_reference_of(population, strategy.strategy))
    try:
        settled = signal.settled(population)
    except DataError:  # there is no such column, which is told where the strategy has a name
        return strategy
    dataclass: Any = strategy
    changed: Recruits = replace(dataclass, signal=settled)
    return changed
