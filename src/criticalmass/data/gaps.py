"""Which of a population's features have missing values, for learners that take none."""

from __future__ import annotations

from criticalmass.data.missing import missing_in
from criticalmass.data.population import Population
from criticalmass.errors import DataError


def gaps(population: Population, *, numbers: bool = False) -> str:
    """Return which features have missing values, as a sentence begins; empty if none has.

    Parameters
    ----------
    population
        The records.
    numbers
        Whether to look at numbers alone: a missing text can be a category like others.

    Examples
    --------
    >>> table = {"age": [30, None], "hired": ["yes", "no"]}
    >>> gaps(Population.from_table(table, label="hired", missing="keep"))
    "column 'age' has missing values"
    """
    if population.missing == "refuse" or population.kind == "texts":
        return ""
    if population.kind == "array":
        return "the array has missing values" if missing_in(population.features).any() else ""
    for column in population.columns:
        values = population.features[column]
        if (values.dtype.kind == "f" or not numbers) and missing_in(values).any():
            return f"column {column!r} has missing values"
    return ""


def refuse_gaps(population: Population, what: str) -> None:
    """Raise `DataError` if a population has missing values and ``what`` takes none.

    Examples
    --------
    >>> table = {"age": [30, None], "hired": ["yes", "no"]}
    >>> refuse_gaps(Population.from_table(table, label="hired", missing="keep"), "a linear model")
    Traceback (most recent call last):
    criticalmass.errors.DataError: population: column 'age' has missing values, which a linear ...
    """
    if found := gaps(population):
        raise DataError(
            f"{population.name}: {found}, which {what} cannot take; fill them or leave those "
            "records out"
        )
