"""Missing values on their way to a learner: who takes them, and what to do where none does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

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
        Whether only numbers are looked at: a missing text can be a category like others.

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
    if said := gaps(population):
        raise DataError(
            f"{population.name}: {said}, which {what} cannot take; fill them or leave those "
            "records out"
        )


def check_estimator(estimator: Any, population: Population) -> None:
    """Raise `DataError` if a bare classifier of scikit-learn takes no missing numbers."""
    if isinstance(estimator, Pipeline) or not (said := gaps(population, numbers=True)):
        return
    if not get_tags(estimator).input_tags.allow_nan:
        raise DataError(f"{population.name}: {said}, which {_advice(estimator)}")


@contextmanager
def told(estimator: Any, population: Population) -> Generator[None, None, None]:
    """Turn scikit-learn's refusal of missing values into one line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        about = any(word in str(error) for word in ("NaN", "None", "missing", "null"))
        if about and (said := gaps(population)):
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise DataError(
                f"{population.name}: {said}, which {_advice(estimator)}; scikit-learn says: {first}"
            ) from error
        raise


def _advice(estimator: Any) -> str:
    return (
        f"{type(estimator).__name__} does not take; fill them, begin a pipeline with "
        "SimpleImputer, or choose a classifier that takes them, such as "
        "HistGradientBoostingClassifier"
    )
