"""`Design`: a population's records as the numbers that a parametric model sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.data.gaps import refuse_gaps
from criticalmass.data.matching import cell_of, holds
from criticalmass.data.missing import missing_in
from criticalmass.data.population import Population
from criticalmass.data.records import Features, table_of
from criticalmass.errors import DataError, require_choice, unknown
from criticalmass.risks.losses import LOSSES


@dataclass(frozen=True, eq=False)
class Design:
    """How records become a matrix X (n, d), and back where every number is a legal record.

    - A table's number columns are standardised; columns of 0 and 1 stay as they are. A text column
      becomes one column of 0 and 1 for each of its values but the most frequent, which is the
      reference. A value never seen counts as the reference.
    - Arrays are flattened, and otherwise stay as they are.

    Make one with `Design.of`.

    Parameters
    ----------
    names
        What the d columns are called: ``age``, ``sex=Female``.
    sources
        The column of the table that each comes from.
    centre, scale
        (d,): X = (number − centre) / scale.
    values
        The text that a column of 0 and 1 stands for; None for numbers.
    like
        One record, for its shape.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30.0, 40.0, 50.0]), "job": np.array(["a", "b", "b"], dtype=object),
    ...      "hired": np.array(["no", "no", "yes"], dtype=object)}, label="hired")
    >>> design = Design.of(people)
    >>> design.names, design.encode(people.features).round(2).tolist()
    (('age', 'job=a'), [[-1.22, 1.0], [0.0, 0.0], [1.22, 0.0]])
    """

    names: tuple[str, ...]
    sources: tuple[str, ...]
    centre: Array
    scale: Array
    values: tuple[str | None, ...]
    like: Features

    @classmethod
    def of(cls, population: Population) -> Design:
        """Learn names, centres and scales from a population.

        Raises
        ------
        DataError
            If the records are texts: there is no fixed set of numbers to steer.
        """
        if population.kind == "texts":
            raise DataError("parametric models need numbers: a table or an array, not texts")
        refuse_gaps(population, "a parametric model")
        first = population.features[:1]
        if population.kind == "array":
            d = int(np.prod(first.shape[1:], dtype=int))
            names = tuple(f"x{j}" for j in range(d))
            return cls(names, names, np.zeros(d), np.ones(d), (None,) * d, first)
        parts: list[tuple[str, str, float, float, str | None]] = []
        for column in population.columns:
            cells = population.features[column]
            if cells.dtype == object:
                different, counts = np.unique(cells.astype(str), return_counts=True)
                rest = np.delete(different, counts.argmax())
                parts += [(f"{column}={value}", column, 0.0, 1.0, str(value)) for value in rest]
            elif np.isin(cells, (0, 1)).all():
                parts.append((column, column, 0.0, 1.0, None))
            else:
                spread = float(cells.std())
                parts.append((column, column, float(cells.mean()), spread or 1.0, None))
        names, sources, centre, scale, values = zip(*parts, strict=True)
        return cls(names, sources, np.array(centre), np.array(scale), values, first)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def numeric(self) -> bool:
        """Whether every row of numbers is a legal record: only floating numbers, no texts."""
        kinds = [self.like.dtype[name] for name in self.like.dtype.names or ()]
        return all(kind.kind == "f" for kind in kinds or [self.like.dtype])

    def encode(self, features: Features) -> Array:
        """Return X, (n, d), of features of the same kind.

        Raises
        ------
        DataError
            If a value is missing: it is no number.
        """
        for name in self.like.dtype.names or [None]:
            if missing_in(features if name is None else features[name]).any():
                what = "the array" if name is None else f"column {name!r}"
                raise DataError(f"{what} has missing values, which a parametric model cannot take")
        if self.like.dtype.names is None:
            return np.asarray(features, dtype=float).reshape(len(features), -1)
        x = np.empty((len(features), len(self)))
        for j, (source, value) in enumerate(zip(self.sources, self.values, strict=True)):
            x[:, j] = features[source] if value is None else features[source] == value
        return (x - self.centre) / self.scale

    def decode(self, x: Array) -> Features:
        """Return the records whose numbers these are.

        Raises
        ------
        DataError
            If a column holds texts or whole numbers: not every number is a record then.
        """
        if not self.numeric:
            raise DataError(
                "these records hold texts or whole numbers, so members cannot report any "
                'number; let them report records that exist (records = "observed"), or make the '
                "population numeric (numeric = true)"
            )
        if self.like.dtype.names is None:
            return np.asarray(x.reshape(-1, *self.like.shape[1:]))
        return table_of(
            {name: x[:, j] * self.scale[j] + self.centre[j] for j, name in enumerate(self.names)}
        )

    def of_column(self, column: str) -> NDArray[np.intp]:
        """Return which of the design's columns come from a column, or are called like it.

        Raises
        ------
        DataError
            If there is no such column.
        """
        belongs = [
            column in (name, source) or name.startswith(f"{column}=")
            for name, source in zip(self.names, self.sources, strict=True)
        ]
        if not any(belongs):
            every = dict.fromkeys((*self.sources, *self.names))
            raise DataError(unknown("column", column, every))
        return np.flatnonzero(belongs)

    def where(self, population: Population, where: dict[str, Any]) -> NDArray[np.bool_]:
        """Return which records have these values in these columns, boolean (n,).

        A text column may have been replaced by columns of 0 and 1, as `numeric` does.

        Raises
        ------
        DataError
            If there is no such column or value, or no record has these values.
        """
        features = population.features
        inside = np.ones(len(features), dtype=bool)
        columns = features.dtype.names or ()
        for column, value in where.items():
            of_value = f"{column}={value}"
            if column in columns:
                inside &= holds(features[column], cell_of(population, column, value))
            elif of_value in columns:
                inside &= np.asarray(features[of_value] == 1)
            elif any(name.startswith(f"{column}=") for name in columns):
                hint = f" (a column for each value of {column!r} but the most frequent)"
                raise DataError(unknown("column", of_value, columns) + hint)
            else:
                raise DataError(unknown("column", column, columns))
        if not inside.any():
            group = " and ".join(f"{column} = {value}" for column, value in where.items())
            raise DataError(f"no record has {group}")
        return inside


def numeric(population: Population) -> Population:
    """Return a table with its text columns as columns of 0 and 1: any numbers are a record then.

    Numbers keep their units. The most frequent value of a text column has no column.

    Examples
    --------
    >>> people = Population.from_table(
    ...     {"age": np.array([30.0, 40.0, 50.0]), "job": np.array(["a", "b", "b"], dtype=object),
    ...      "hired": np.array(["no", "no", "yes"], dtype=object)}, label="hired")
    >>> numeric(people).columns
    ('age', 'job=a')
    """
    design = Design.of(population)
    if population.kind == "array":
        return population
    plain = replace(design, centre=np.zeros(len(design)), scale=np.ones(len(design)))
    x = plain.encode(population.features)
    columns = {name: x[:, j] for j, name in enumerate(design.names)}
    return replace(population, features=table_of(columns))


def outcomes(population: Population, loss: str) -> Array:
    """Return a population's labels as outcomes, (n, k).

    Logistic: 1 for the second label. Multinomial: one-hot without the first. Squared and Poisson:
    the labels as numbers.

    Raises
    ------
    DataError
        If the labels do not fit the loss.
    """
    require_choice("loss", loss, LOSSES)
    if population.holds == "numbers":
        if loss in ("logistic", "multinomial"):
            raise DataError(f"{loss} loss is for labels, and these are numbers; try squared")
        LOSSES[loss].check(population.values[:, None])
        return population.values[:, None]
    names = population.label_names
    if population.label_sets:
        raise DataError("a risk minimiser needs exactly one label per record, not sets of labels")
    if loss == "logistic" and len(names) != 2:
        raise DataError(f"logistic loss needs two labels, not {len(names)}; try multinomial")
    if loss in ("logistic", "multinomial"):
        return np.asarray(population.held[:, 1:], dtype=float)
    try:
        numbers = np.array([float(name) for name in names])
    except ValueError:
        raise DataError(f"{loss} loss needs numbers as labels, not {names[0]!r}") from None
    y = np.asarray(numbers[population.held.argmax(axis=1)][:, None])
    LOSSES[loss].check(y)
    return y
