"""How a strategy spells its target label."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from criticalmass.data.population import Population
from criticalmass.strategies.imperfect import Imperfect
from criticalmass.strategies.strategy import Recruits


def with_label_of(population: Population, strategy: Recruits) -> Recruits:
    """Return a strategy whose target label is spelled as the population spells it.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken
    >>> people = Population.from_texts(["a", "b"], [1, 2])
    >>> with_label_of(people, FeatureLabel(InsertToken("~"), "1.0")).target_label
    '1'
    """
    if isinstance(strategy, Imperfect):
        agreed = with_label_of(population, strategy.strategy)
        return strategy if agreed is strategy.strategy else replace(strategy, strategy=agreed)
    label, dataclass = strategy.target_label, _as_dataclass(strategy)
    if label is None or dataclass is None or label in population.label_names:
        return strategy
    if "target_label" not in {field.name for field in fields(dataclass)}:
        return strategy
    spelled = population.label_names[population.label_index(label)]
    changed: Recruits = replace(dataclass, target_label=spelled)
    return changed


def _as_dataclass(part: Any) -> Any:
    return part if is_dataclass(part) and not isinstance(part, type) else None
