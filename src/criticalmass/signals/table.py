"""Signals for tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.matching import cell_of, column_name, holds, named
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.phrases import group_in_words, listed, plain, quoted


@dataclass(frozen=True)
class SetColumns:
    """Set columns of a table to fixed values, leaving the others as they are.

    Parameters
    ----------
    values
        The new value of each column, by the column's name, in any spelling that means it: ``true``
        is the text ``True`` in a column of texts that holds it. None is a missing value.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30, 41]), "job": np.array(["nurse", "cook"], dtype=object),
    ...      "hired": np.array(["yes", "no"], dtype=object)}, label="hired")
    >>> signal = SetColumns({"job": "baker"})
    >>> signal.apply(people.features, population=people, rng=np.random.default_rng(0))["job"]
    array(['baker', 'baker'], dtype=object)
    """

    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.values:
            raise ParameterError("SetColumns needs at least one column to set")
        object.__setattr__(self, "values", named(self.values))

    def in_words(self) -> str:
        """Return what members do.

        Examples
        --------
        >>> SetColumns({"job": "baker", "age": None}).in_words()
        'set job to “baker” and age to no value'
        """
        each = (f"{plain(name)} to {_value(value)}" for name, value in self.values.items())
        return f"set {listed(each)}"

    def erased_in_words(self) -> str:
        """Return what a record is like afterwards.

        Examples
        --------
        >>> SetColumns({"job": "baker"}).erased_in_words()
        'with job set to “baker”'
        """
        each = (f"{plain(name)} set to {_value(value)}" for name, value in self.values.items())
        return f"with {listed(each)}"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the rows with the columns set."""
        marked = features.copy()
        for column, value in self.values.items():
            name = column_name(features, column)
            cell = cell_of(population, name, value)
            marked[name] = cell
            if not holds(marked[name][:1], cell).all():  # a batch of whole numbers, say
                raise DataError(
                    f"column {name!r} of these records holds {marked[name].dtype} values; "
                    f"{value!r} does not fit"
                )
        return marked


@dataclass(frozen=True)
class MoveToSubgroup:
    """Replace a record by a random record of a named subgroup (paper, Section 3.1).

    This is the paper's altruistic example: the collective teaches the model that people of a
    vulnerable group deserve the target label.

    Parameters
    ----------
    where
        The value that each of these columns has in the subgroup, as for `SetColumns`.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30, 41]), "job": np.array(["nurse", "cook"], dtype=object),
    ...      "hired": np.array(["yes", "no"], dtype=object)}, label="hired")
    >>> signal = MoveToSubgroup({"job": "cook"})
    >>> signal.apply(people.features, population=people, rng=np.random.default_rng(0)).tolist()
    [(41, 'cook'), (41, 'cook')]
    """

    where: Mapping[str, Any]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.where:
            raise ParameterError("MoveToSubgroup needs at least one column that names the subgroup")
        object.__setattr__(self, "where", named(self.where))

    def in_words(self) -> str:
        """Return what members do.

        Examples
        --------
        >>> MoveToSubgroup({"job": "cook", "age": 41}).in_words()
        'replace their record by one of somebody with job = cook and age = 41'
        """
        return f"replace their record by one of somebody with {group_in_words(self.where)}"

    def subgroup(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the population that are in the subgroup."""
        rows = np.flatnonzero(self.carries(population.features, population=population))
        if not len(rows):
            raise DataError(f"no record of {population.name} has {group_in_words(self.where)}")
        return rows

    def carries(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which records are in the subgroup already."""
        inside = np.ones(len(features), dtype=bool)
        for column, value in self.where.items():
            name = column_name(features, column)
            inside &= holds(features[name], cell_of(population, name, value))
        return inside

    def is_marked(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which records are in the subgroup already: they need not move within it."""
        return self.carries(features, population=population)

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return a random record of the subgroup for each record."""
        moved: Features = population.features[
            rng.choice(self.subgroup(population), size=len(features))
        ]
        return moved


def _value(value: object) -> str:
    return "no value" if value is None else quoted(value)
