"""`FiniteTable`: a population counted, so that everything about it can be computed exactly.

Where few different records stand for many people, P₀ is a table: one line a different record (a
cell), one column a label, and how often the two came together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.counting import count
from criticalmass.errors import DataError, unknown
from criticalmass.population import Population
from criticalmass.records import Features, numbered


@dataclass(frozen=True, eq=False)
class FiniteTable:
    """How often each different record (a cell) came with each label.

    Make one with `FiniteTable.of` from a population or `FiniteTable.read` from a file or frame.

    Parameters
    ----------
    features
        The m different records, first axis the cell.
    counts
        Whole numbers (m, k): records of each cell that hold each label.
    label_names
        The k labels.
    name
        What to call the table.

    Examples
    --------
    >>> people = Population.from_texts(["a", "b", "a"], ["x", "y", "y"])
    >>> table = FiniteTable.of(people)
    >>> table.features.tolist(), table.counts.tolist(), table.size
    (['a', 'b'], [[1, 1], [0, 1]], 3)
    """

    features: Features
    counts: NDArray[np.int64]
    label_names: tuple[str, ...]
    name: str = "table"

    @classmethod
    def of(cls, population: Population, *, holding: str | None = None) -> FiniteTable:
        """Count a population.

        Parameters
        ----------
        population
            Records of any kind. With sets of labels, ``holding`` is needed.
        holding
            A label y*. Records then count as holding it or not: the two labels are ``y*`` and
            ``not y*``. For sets of labels, this is what a firm sees that learns each label apart.

        Raises
        ------
        DataError
            If records hold sets of labels and no label is named.
        """
        labels, names = population.labels, population.label_names
        if holding is not None:
            held = labels[:, population.label_index(holding)]
            labels, names = np.column_stack([held, ~held]), (holding, f"not {holding}")
        elif population.label_sets:
            raise DataError(
                f"{population.name}: records hold sets of labels; a finite table counts one label "
                "a record, so name the label that it should count"
            )
        (cell,) = numbered(population.features)
        _, first = np.unique(cell, return_index=True)
        k = len(names)
        pairs = np.bincount(cell * k + labels.argmax(axis=1), minlength=len(first) * k)
        counts = pairs.reshape(len(first), k).astype(np.int64)
        return cls(population.features[first], counts, names, population.name)

    @classmethod
    def read(
        cls,
        source: Any,
        *,
        label: str,
        columns: Sequence[str] | None = None,
        memory: str = "1GB",
        name: str | None = None,
    ) -> FiniteTable:
        """Count a file or a dataframe of any length, without reading it into memory.

        Parameters
        ----------
        source
            Path of a CSV, TSV, Parquet or JSON-lines file (``*`` matches several files), or a
            dataframe (pandas, polars, pyarrow).
        label
            The column that holds the label.
        columns
            The columns that make up a record; by default all but the label.
        memory
            How much memory counting may take; what does not fit is spilled to a temporary folder.
        name
            What to call the table.

        Raises
        ------
        DataError
            If there is no such file or column, or a cell is empty.
        """
        features, counts, labels, called = count(source, label, columns, memory)
        return cls(features, counts, labels, name or called)

    def __len__(self) -> int:
        return len(self.features)

    @property
    def size(self) -> int:
        """Number of records."""
        return int(self.counts.sum())

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """Number of records of each cell, (m,)."""
        return np.asarray(self.counts.sum(axis=1))

    def label_index(self, label: str) -> int:
        """Return the column of ``label``; raises `DataError` if nobody could hold it."""
        if label not in self.label_names:
            raise DataError(unknown("label", label, self.label_names))
        return self.label_names.index(label)

    @cached_property
    def cells(self) -> Population:
        """The different records as a population, each with its most frequent label."""
        top = self.counts.argmax(axis=1)[:, None] == np.arange(len(self.label_names))
        return Population(self.features, top, self.label_names, False, self.name)

    def locate(self, features: Features) -> NDArray[np.intp]:
        """Return the cell of each given record, −1 where the table has no such record."""
        mine, theirs = numbered(self.features, features)
        cell = np.full(max(mine.max(), theirs.max(initial=0)) + 1, -1, dtype=np.intp)
        cell[mine] = np.arange(len(mine))
        return cell[theirs]
