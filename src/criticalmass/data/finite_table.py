"""`FiniteTable`: a population counted; everything about it can then be computed exactly.

Where few different records stand for many people, P₀ is a table: a line for each different record
(a cell), a column for each label, and how often the two came together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.columns import columns_of
from criticalmass.data.counting import count
from criticalmass.data.missing import Missing
from criticalmass.data.population import Channels, Population
from criticalmass.data.readers import Reading
from criticalmass.data.readers.table import check_columns
from criticalmass.data.records import Features, numbered
from criticalmass.data.spelling import find, spelled
from criticalmass.errors import DataError, unknown


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
    missing, read_as, channels
        As of a `Population`: whether missing values are kept, why columns are read so, and where
        images have their channels.

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
    missing: Missing = "refuse"
    read_as: Mapping[str, str] = field(default_factory=dict)
    channels: Channels | None = None

    @classmethod
    def of(cls, population: Population, *, holding: object = None) -> FiniteTable:
        """Count a population.

        Parameters
        ----------
        population
            Records of any kind. With sets of labels, ``holding`` is needed.
        holding
            A label y*. Records then count as holding it or not: the two labels are ``y*`` and
            ``not y*``. For sets of labels, a firm that learns each label apart sees just this.

        Raises
        ------
        DataError
            If records hold sets of labels and no label is named, or if their labels are numbers.
        """
        labels, names = population.held, population.label_names
        if holding is not None:
            column = population.label_index(holding)
            holds, label = labels[:, column], names[column]
            labels, names = np.column_stack([holds, ~holds]), (label, f"not {label}")
        elif population.label_sets:
            raise DataError(
                f"{population.name}: records hold sets of labels; a finite table counts one label "
                "per record, so name the label that it should count"
            )
        (cell,) = numbered(population.features)
        _, first = np.unique(cell, return_index=True)
        k = len(names)
        pairs = np.bincount(cell * k + labels.argmax(axis=1), minlength=len(first) * k)
        counts = pairs.reshape(len(first), k).astype(np.int64)
        return cls(
            features=population.features[first],
            counts=counts,
            label_names=names,
            name=population.name,
            missing=population.missing,
            read_as=population.read_as,
            channels=population.channels,
        )

    @classmethod
    def read(
        cls,
        source: Any,
        *,
        label: str,
        columns: Sequence[str] | None = None,
        memory: str = "1GB",
        name: str | None = None,
        reading: Reading | None = None,
    ) -> FiniteTable:
        """Count a file of any length without reading it into memory, or a dataframe.

        A dataframe is counted as `FiniteTable.of` counts the population that
        `Population.from_table` makes of it.

        Parameters
        ----------
        source
            Path of a CSV, TSV, Excel, Parquet or JSON file (``*`` matches several files), or a
            dataframe, as `Population.from_table` takes it.
        label
            The column that holds the label.
        columns
            The columns that make up a record; by default all but the label.
        memory
            For files: how much memory counting may take; what does not fit is spilled to a
            temporary folder.
        name
            What to call the table.
        reading
            How cells are read; of a dataframe, whether missing values are kept.

        Raises
        ------
        DataError
            If there is no such file or column, or a cell is empty.

        Examples
        --------
        >>> frame = {"age": [30, 30, 41], "hired": ["yes", "no", "no"]}
        >>> FiniteTable.read(frame, label="hired").counts.tolist()
        [[1, 1], [1, 0]]
        """
        if not isinstance(source, (str, Path)):
            if not memory[:1].isdigit():
                raise DataError(f"memory = {memory!r} is not a size such as '1GB'")
            missing: Missing = "refuse"
            if reading is not None and reading.missing != "refuse":
                if reading.missing == "drop":
                    raise DataError("a dataframe leaves nothing out: drop its gaps before")
                missing = reading.missing
            return _of_frame(source, label, columns, name or "the table", missing)
        counted = count(source, label, columns, memory, reading)
        return cls(
            features=counted.features,
            counts=counted.counts,
            label_names=counted.labels,
            name=name or counted.name,
            missing="keep" if reading is not None and reading.missing == "keep" else "refuse",
            read_as=counted.read_as,
        )

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

    def label_index(self, label: object) -> int:
        """Return the column of ``label``, as `Population.label_index` finds it.

        Raises
        ------
        DataError
            If nobody could hold it.
        """
        found = find(label, self.label_names)
        if found is None:
            raise DataError(unknown("label", label, self.label_names))
        return self.label_names.index(found)

    @cached_property
    def cells(self) -> Population:
        """The different records as a population, each with its most frequent label."""
        top = self.counts.argmax(axis=1)[:, None] == np.arange(len(self.label_names))
        return Population(
            features=self.features,
            labels=top,
            label_names=self.label_names,
            label_sets=False,
            name=self.name,
            missing=self.missing,
            read_as=self.read_as,
            channels=self.channels,
            copies=self.totals,
        )

    def locate(self, features: Features) -> NDArray[np.intp]:
        """Return the cell of each given record, −1 where the table has no such record."""
        cells, given = numbered(self.features, features)
        cell_of = np.full(max(cells.max(), given.max(initial=0)) + 1, -1, dtype=np.intp)
        cell_of[cells] = np.arange(len(cells))
        return cell_of[given]


def _of_frame(
    source: Any, label: str, columns: Sequence[str] | None, name: str, missing: Missing
) -> FiniteTable:
    """Return the counts of a dataframe's records, in some of its columns."""
    every, _ = columns_of(source)
    label = spelled(label)
    chosen = [c for c in every if c != label] if columns is None else [spelled(c) for c in columns]
    for column in (label, *chosen):
        if column not in every:
            raise DataError(f"{name}: {unknown('column', column, every)}")
    check_columns(chosen, label, name)
    kept = {column: every[column] for column in (*chosen, label)}
    return FiniteTable.of(Population.from_table(kept, label=label, name=name, missing=missing))
