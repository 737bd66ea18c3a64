"""Signals that erase: maps g that take something out of a record (paper, Section 3.2).

The theory needs g to be idempotent, g(g(x)) = g(x), and g(x) to be somebody's record. `DropColumn`
and `Coarsen` therefore lead a record to one that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.matching import cell_of, column_name, holds, how_read
from criticalmass.data.missing import is_missing, missing_in
from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of, numbered, table_of
from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError, ParameterError, unknown
from criticalmass.fields import check_fields
from criticalmass.phrases import listed, plain, quoted


@dataclass(frozen=True)
class DropColumn:
    """Erase a column: lead a record to one that differs from it in this column at most.

    This is the paper's summary g(x) that leaves a feature out. Among the records of the population
    that agree with x in all other columns, g(x) is the one that has the reference in this column;
    where none has, the one with the most frequent value. It therefore never leads outside the
    support of P₀. (Where none agrees with x, the column takes the reference.)

    **The reference decides the answer.** Records that have it are led to themselves, so they count
    as erased whatever a model learns, and members learn which label goes with it. Name the value
    that everybody is to be treated like. By default it is the most frequent one, however it is
    spelled: a `Study` takes that of its training records, `criticalmass theory` that of all. (The
    lowest of equally frequent values is taken, and never a missing one.)

    The records of the population define this map: with other records another one may agree with x,
    and the map leads elsewhere. What is estimated of it, such as the sensitivity τ, is of
    the map that the records at hand define, not of the one that everybody's records would.

    Parameters
    ----------
    column
        The column to erase.
    reference
        The value that stands for "left out", in any spelling that means it; None for the most
        frequent one.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30, 30, 41]),
    ...      "sex": np.array(["f", "m", "m"], dtype=object),
    ...      "hired": np.array(["yes", "no", "no"], dtype=object)}, label="hired")
    >>> rng = np.random.default_rng(0)
    >>> DropColumn("sex").apply(people.features, population=people, rng=rng).tolist()
    [(30, 'm'), (30, 'm'), (41, 'm')]
    >>> DropColumn("sex", "f").apply(people.features, population=people, rng=rng).tolist()
    [(30, 'f'), (30, 'f'), (41, 'm')]
    """

    column: str
    reference: str | int | float | bool | None = field(default=None, metadata={"later": True})

    def __post_init__(self) -> None:
        check_fields(self)

    def in_words(self) -> str:
        """Return what members would do who erase it themselves.

        Examples
        --------
        >>> DropColumn("sex").in_words()
        'leave sex out'
        """
        if self.reference is None:
            return f"leave {plain(self.column)} out"
        return f"set {plain(self.column)} to {quoted(self.reference)}"

    def erased_in_words(self) -> str:
        """Return what a record is like without it.

        Examples
        --------
        >>> DropColumn("sex").erased_in_words(), DropColumn("sex", "f").erased_in_words()
        ('without sex', 'with sex set to “f”')
        """
        if self.reference is None:
            return f"without {plain(self.column)}"
        return f"with {plain(self.column)} set to {quoted(self.reference)}"

    def settled(self, population: Population) -> DropColumn:
        """Return this with the most frequent value of a population, where no reference is named.

        Examples
        --------
        >>> people = Population.from_table({"sex": ["f", "m", "m"], "hired": [0, 1, 1]},
        ...                                label="hired")
        >>> DropColumn("sex").settled(people)
        DropColumn(column='sex', reference='m')
        """
        if self.reference is not None:
            return self
        values = population.features[column_name(population.features, self.column)]
        first = values[_by_frequency(values, population.copies).argmin()]
        if is_missing(first):
            return self
        return replace(self, reference=first.item() if isinstance(first, np.generic) else first)

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the records without what the column said.

        Raises
        ------
        DataError
            If there is no such column, or no record of the population has the reference.
        """
        name = column_name(features, self.column)
        known = population.features[name]
        order = _by_frequency(known, population.copies)
        if self.reference is not None:
            order[self._has_reference(population, name)] = -1
        return _lead(features, population.features, name, lambda v: np.zeros(len(v)), order)

    def _has_reference(self, population: Population, name: str) -> NDArray[np.bool_]:
        """Return which records have the reference, or say which values the column has."""
        known = population.features[name]
        cell = cell_of(population, name, self.reference)
        there = holds(known, cell)
        if not there.any():
            values = known[~missing_in(known)]
            choices = sorted({str(value) for value in values.tolist()})
            if values.dtype.kind in "iuf":
                near = np.unique(values)
                near = near[np.argsort(np.abs(near - cell), kind="stable")]
                choices = [f"{value:g}" for value in near.tolist()]
            raise DataError(f"column {name!r}: {unknown('reference', self.reference, choices)}")
        return there


@dataclass(frozen=True)
class Coarsen:
    """Erase the finer differences within a column: values of one bin become the same.

    As in `DropColumn`, g(x) is one of the records of the population that agree with x in all other
    columns and in the bin: of numbers the one with the lowest value, of texts and truth values the
    one with the most frequent. (Where none agrees, the column takes that value of the bin.) Missing
    values are a bin of their own. As in `DropColumn`, the records of the population define this
    map, and τ is of that map.

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
        known = population.features[name]
        order = _by_frequency(known, population.copies) if self.groups else numbered(known)[0]
        return _lead(features, population.features, name, self._bins(population, name), order)

    def described(self) -> dict[str, object]:
        """Return which record of a bin the others are led to, where that is not the lowest."""
        return {"leads_to": "most frequent"} if self.groups else {}

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
    features: Features,
    known: Features,
    column: str,
    bins: Callable[[NDArray[Any]], NDArray[Any]],
    order: NDArray[np.intp],
) -> Features:
    """Lead each record to the known one that agrees with it but for the bin, the first of several.

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
    order
        Which of several known records is the first: the one with the lowest number here.
    """

    def summary(batch: Features) -> Features:
        columns = {name: batch[name] for name in batch.dtype.names or ()}
        columns[column] = bins(batch[column])
        return table_of(columns)

    lead = features.copy()
    # known records that agree in all other columns and in the bin
    groups, group = numbered(summary(known), summary(features))
    target = _first(order, groups, group)
    lead[target >= 0] = known[target[target >= 0]]
    # where none agrees, the first known value of the bin
    alone = np.flatnonzero(target < 0)
    if len(alone):
        groups, group = numbered(bins(known[column]), bins(features[column][alone]))
        target = _first(order, groups, group)
        lead[column][alone[target >= 0]] = known[column][target[target >= 0]]
    return lead


def _by_frequency(values: NDArray[Any], copies: NDArray[np.int64] | None) -> NDArray[np.intp]:
    """Return the place of each record's value: 0 the most frequent one; a missing value is last.

    The lowest of equally frequent values comes first.
    """
    (code,) = numbered(values)
    frequent = np.bincount(code, copies)
    frequent[np.unique(code[missing_in(values)])] = -1
    place = np.empty(len(frequent), dtype=np.intp)
    place[np.argsort(-frequent, kind="stable")] = np.arange(len(frequent))
    return place[code]


def _first(
    order: NDArray[np.intp], groups: NDArray[np.intp], asked: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the first row of each group asked for, −1 where the group is empty."""
    rows = np.lexsort((order, groups))
    different, first = np.unique(groups[rows], return_index=True)
    row = np.full(max(groups.max(), asked.max(initial=0)) + 1, -1, dtype=np.intp)
    row[different] = rows[first]
    return row[asked]
