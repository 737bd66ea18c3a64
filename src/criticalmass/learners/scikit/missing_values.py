"""Missing values and scikit-learn's estimators: which take them, and what helps the others."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from criticalmass.data.gaps import gaps
from criticalmass.data.population import Population
from criticalmass.errors import DataError, first_line


def check_takes_gaps(estimator: Any, population: Population) -> None:
    """Raise `DataError` if a bare classifier of scikit-learn takes no missing numbers."""
    if isinstance(estimator, Pipeline) or not (found := gaps(population, numbers=True)):
        return
    if not get_tags(estimator).input_tags.allow_nan:
        raise DataError(f"{population.name}: {found}, which {_advice(estimator)}")


@contextmanager
def gaps_in_one_line(estimator: Any, population: Population) -> Generator[None, None, None]:
    """Turn scikit-learn's refusal of missing values into one line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        about = any(word in str(error) for word in ("NaN", "None", "missing", "null"))
        if about and (found := gaps(population)):
            first = first_line(error) or type(error).__name__
            raise DataError(
                f"{population.name}: {found}, which {_advice(estimator)}; scikit-learn says: "
                f"{first}"
            ) from error
        raise


def _advice(estimator: Any) -> str:
    """Return the end of a message about an estimator that takes no missing values."""
    return (
        f"{type(estimator).__name__} does not take; fill them, begin a pipeline with "
        "SimpleImputer, or choose a classifier that takes them, such as "
        "HistGradientBoostingClassifier"
    )
