"""What every learner has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.fields import kind

LATER: Mapping[str, bool] = MappingProxyType({"later": True})
"""Metadata of a field that came later: at its default it is not described, so that trials from
before keep their names and seeds."""


FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "texts": ("linear-text", "transformer", "bayes-optimal"),
        "table": ("boosted-trees", "scikit", "bayes-optimal", "risk-minimizer", "gradient-descent"),
        "array": ("boosted-trees", "scikit", "bayes-optimal", "risk-minimizer", "gradient-descent"),
    }
)
"""Which learners, by their kinds in study files, learn from which kind of records."""


def try_instead(population: Population) -> str:
    """Name the learners that learn from such records.

    Examples
    --------
    >>> people = Population.from_texts(["i cook", "i write"], ["cook", "writer"])
    >>> try_instead(people)
    'these are texts: try linear-text, transformer or bayes-optimal'
    """
    *others, last = FITTING[population.kind]
    said = {"texts": "these are texts", "table": "this is a table", "array": "these are arrays"}
    return f"{said[population.kind]}: try {', '.join(others)} or {last}"


class Model(Protocol):
    """What a learner returns: the firm's trained model f."""

    def scores(self, batch: Any) -> NDArray[np.float64]:
        """Score every label for every record.

        Parameters
        ----------
        batch
            What the `Prepared` data's ``encode`` returned for some features.

        Returns
        -------
        ndarray of float, shape (records, labels)
            With label sets, a label is predicted where its score is above 0; with single labels,
            the one with the highest score is. A tie for the highest, or −∞ alone, predicts none.
        """
        ...


class Prepared(Protocol):
    """The base population, made ready for many training runs by one learner."""

    @property
    def population(self) -> Population:
        """The population that was prepared."""
        ...

    def encode(self, features: Features) -> Any:
        """Turn features into what a `Model` of this learner scores; done once for a test set."""
        ...


@dataclass(frozen=True, eq=False)
class AsItIs:
    """`Prepared` data of a learner that shares nothing between runs: the population itself."""

    population: Population

    def encode(self, features: Features) -> Features:
        """Return the features as they are."""
        return features


@kind("a learner, such as LinearText()", "prepare", "fit")
class Learner(Protocol):
    """The firm's learning algorithm A.

    A learner is a frozen dataclass with these two methods. ``fit`` is a pure function of its
    arguments, to the last bit. One that cannot be, as a GPU may add in an order of its own, says so
    with ``repeatable = False``, a class variable or a property; its rows are then near each other,
    not the same.
    `criticalmass.contracts.checks.check_learner` tests these promises.
    """

    def prepare(self, population: Population) -> Any:
        """Do once what all training runs of a study share; returns `Prepared` data."""
        ...

    def fit(self, prepared: Any, edit: Edit, seed: int) -> Model:
        """Train on the prepared population with the edit applied."""
        ...


def is_repeatable(learner: Learner) -> bool:
    """Say whether a learner gives the same model to the last bit each time.

    This is the one place that reads ``repeatable``; a learner that does not declare it is.

    Examples
    --------
    >>> class OnGpu:
    ...     repeatable = False
    >>> is_repeatable(OnGpu())
    False
    """
    return bool(getattr(learner, "repeatable", True))
