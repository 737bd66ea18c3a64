"""Signals that erase: maps g that take something out of a record (paper, Section 3.2).

The theory needs g to be idempotent, g(g(x)) = g(x), and g(x) to be somebody's record. `DropColumn`
and `Coarsen` therefore lead a record to one that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.matching import cell_of, column_name, how_read
from criticalmass.data.missing import is_missing, missing_in
from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of, numbered, table_of
from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import check_fields
from criticalmass.phrases import listed, plain, quoted


@dataclass(frozen=True)
class DropColumn:
    """Erase a column: lead a record to one that differs from it in this column at most.

    This is the paper's summary g(x) that leaves a feature out. Among the records of the population
    that agree with x in all other columns, g(x) is the one with the lowest value in this column; it
    therefore never leads outside the support of P₀. (Where none agrees with x, the column takes the
    lowest value that it has anywhere.)

    The records of the population define this map: with other records the lowest value may be
    another, and the map leads elsewhere. What is estimated of it, such as the sensitivity τ, is of
    the map that the records at hand define, not of the one that everybody's records would.

    Parameters
    ----------
    column
        The column to erase.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30, 30, 41]),
    ...      "sex": np.array(["f", "m", "m"], dtype=object),
    ...      "hired": np.array(["yes", "no", "no"], dtype=object)}, label="hired")
    >>> signal = DropColumn("sex")
    >>> signal.apply(people.features, population=people, rng=np.random.default_rng(0)).tolist()
    [(30, 'f'), (30, 'f'), (41, 'm')]
    """

    column: str

    def __post_init__(self) -> None:
        check_fields(self)

    def in_words(self) -> str:
        """Return what members would do who erase it themselves.

        Examples
        --------
        >>> DropColumn("sex").in_words()
        'leave sex out'
        """
        return f"leave {plain(self.column)} out"

    def erased_in_words(self) -> str:
        """Return what a record is like without it.

        Examples
        --------
        >>> DropColumn("sex").erased_in_words()
        'without sex'
        """
        return f"without {plain(self.column)}"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the records without what the column said."""
        name = column_name(features, self.column)
        return _lead(features, population.features, name, lambda v: np.zeros(len(v)))


@dataclass(frozen=True)
class Coarsen:
    """Erase the finer differences within a column: values of one bin become the same.

    As in `DropColumn`, g(x) is the record with the lowest value in the column among those of the
    population that agree with x in all other columns and in the bin. (Where none does, the column
    takes the lowest value of the bin.) Missing values are a bin of their own. As in `DropColumn`,
    the records of the population define this map, and τ is of that map.

    Parameters
    ----------
    column
        The column to coarsen.
    edges
        For numbers: where a new bin begins, ascending; what is below the first edge is a bin, too.
    groups
        For texts and truth values: the name of the bin of each value, in any spelling that means
        it; a value that is not named is its own bin.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([34, 30, 36, 41]),
    ...      "hired": np.array(["yes", "no", "no", "yes"], dtype=object)}, label="hired")
    >>> signal = Coarsen("age", edges=(20, 40))
    >>> signal.apply(people.features, population=people, rng=np.random.default_rng(0)).tolist()
    [(30,), (30,), (30,), (41,)]
    """

    column: str
    edges: tuple[float, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self)
        if bool(self.edges) == bool(self.groups):
            raise ParameterError("Coarsen needs either edges, for numbers, or groups, for texts")
        if any(low >= high for low, high in pairwise(self.edges)):
            raise ParameterError(f"edges must ascend; {self.edges} do not")
        for value in self.groups:
            if is_missing(value):
                raise ParameterError("missing values are a bin of their own; no group names them")
        plain = {spelled(value): group for value, group in self.groups.items()}
        object.__setattr__(self, "groups", plain)

    def in_words(self) -> str:
        """Return what members would do who erase it themselves.

        Examples
        --------
        >>> Coarsen("age", edges=(20, 40)).in_words()
        'give age in coarser steps'
        """
        return f"give {plain(self.column)} in coarser {self._bins_in_words}"

    def erased_in_words(self) -> str:
        """Return what a record is like without it.

        Examples
        --------
        >>> Coarsen("age", edges=(20, 40)).erased_in_words()
        'with age in coarser steps'
        """
        return f"with {plain(self.column)} in coarser {self._bins_in_words}"

    @property
    def _bins_in_words(self) -> str:
        return "steps" if self.edges else "groups"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the records with bins instead of values."""
        name = column_name(features, self.column)
        kind = features.dtype[name].kind
        if (kind == "O" and self.edges) or (kind not in "Ob" and self.groups):
            needs = (
                "groups, because it holds texts"
                if kind == "O"
                else "edges, because it holds numbers"
            )
            raise DataError(f"column {name!r} needs {needs}{how_read(population, name)}")
        return _lead(features, population.features, name, self._bins(population, name))

    def _bins(self, population: Population, name: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
        """Return a function from values of the column to their bins."""
        groups: dict[Any, str] = {}
        for value, group in self.groups.items():
            cell = cell_of(population, name, value)
            if groups.setdefault(cell, group) != group:
                raise DataError(f"column {name!r}: {value!r} stands in two groups")

        def bins(values: NDArray[Any]) -> NDArray[Any]:
            if self.edges:
                found = np.searchsorted(self.edges, values, side="right")
                return np.where(missing_in(values), len(self.edges) + 1, found)
            binned = np.empty(len(values), dtype=object)
            binned[:] = [groups.get(value, value) for value in values.tolist()]
            return binned

        return bins


@dataclass(frozen=True)
class RedactWords:
    """Take words out of a text: it then reads the same whether it had them or not.

    This is an erasing map for short texts that recur, such as job titles or search queries: theory
    needs the blanked text to be somebody's text, too.

    Parameters
    ----------
    words
        The words to take out, in whatever case they are written; a text that has no other words
        becomes ``…``.

    Examples
    --------
    >>> people = Population.from_texts(["Senior nurse", "nurse", "senior"], ["a", "b", "b"])
    >>> signal = RedactWords(("senior",))
    >>> signal.apply(people.features, population=people, rng=np.random.default_rng(0)).tolist()
    ['nurse', 'nurse', '…']
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.words:
            raise ParameterError("RedactWords needs at least one word")
        for word in self.words:
            if len(word.split()) != 1 or word != word.strip():
                raise ParameterError(f"a word has no white space; {word!r} has some")

    def in_words(self) -> str:
        """Return what members would do who erase it themselves.

        Examples
        --------
        >>> RedactWords(("senior", "junior")).in_words()
        'leave out “senior” and “junior”'
        """
        return f"leave out {listed(map(quoted, self.words))}"

    def erased_in_words(self) -> str:
        """Return what a record is like without it.

        Examples
        --------
        >>> RedactWords(("senior", "junior")).erased_in_words()
        'without “senior” and “junior”'
        """
        return f"without {listed(map(quoted, self.words))}"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the texts without the words."""
        if kind_of(features) != "texts":
            raise DataError(
                f"RedactWords blanks texts; this population is of kind {population.kind!r}"
            )
        gone = {word.casefold() for word in self.words}
        blanked = np.empty_like(features)
        for row, text in enumerate(features):
            kept = [word for word in text.split() if word.casefold() not in gone]
            same = len(kept) == len(text.split())
            blanked[row] = text if same else " ".join(kept) or "…"
        return blanked


def _lead(
    features: Features, known: Features, column: str, bins: Callable[[NDArray[Any]], NDArray[Any]]
) -> Features:
    """Lead each record to the known one that agrees with it but for the bin, the lowest of several.

    Parameters
    ----------
    features
        The records to lead.
    known
        The records of the population.
    column
        The column whose values are erased.
    bins
        Returns the bin of each value of that column; values of one bin are the same.
    """

    def summary(batch: Features) -> Features:
        columns = {name: batch[name] for name in batch.dtype.names or ()}
        columns[column] = bins(batch[column])
        return table_of(columns)

    lead = features.copy()
    # known records that agree in all other columns and in the bin
    groups, group = numbered(summary(known), summary(features))
    target = _lowest(known[column], groups, group)
    lead[target >= 0] = known[target[target >= 0]]
    # where none agrees, the lowest known value of the bin
    alone = np.flatnonzero(target < 0)
    if len(alone):
        groups, group = numbered(bins(known[column]), bins(features[column][alone]))
        target = _lowest(known[column], groups, group)
        lead[column][alone[target >= 0]] = known[column][target[target >= 0]]
    return lead


def _lowest(
    values: NDArray[Any], groups: NDArray[np.intp], asked: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the row of the lowest value in each group asked for, −1 where the group is empty."""
    order = np.lexsort((numbered(values)[0], groups))
    different, first = np.unique(groups[order], return_index=True)
    row = np.full(max(groups.max(), asked.max(initial=0)) + 1, -1, dtype=np.intp)
    row[different] = order[first]
    return row[asked]
