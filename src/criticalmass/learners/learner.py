"""What every learner has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array, Rows
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.errors import DataError
from criticalmass.fields import ability, kind
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.phrases import named
from criticalmass.risks.differentiable import Differentiable

Supply = Callable[[int, Array], Array]
"""What a collective sends at a step (from 0) and a θ: one gradient (p,), or one row per sender."""

LATER: Mapping[str, bool] = MappingProxyType({"later": True})
"""Metadata of a field that came later: at its default it is not described, so trials from before
keep their names and seeds."""


FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "texts": ("linear-text", "embedded-text", "transformer", "bayes-optimal"),
        "table": ("boosted-trees", "scikit", "bayes-optimal", "risk-minimizer", "gradient-descent"),
        "array": ("boosted-trees", "scikit", "bayes-optimal", "risk-minimizer", "gradient-descent"),
    }
)
"""Which learners, by their kinds in study files, learn from which kind of records."""


FITTING_NUMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "texts": ("scikit (a pipeline that ends in a regressor)", "bayes-optimal"),
        "table": FITTING["table"],
        "array": FITTING["array"],
    }
)
"""Likewise where labels are numbers."""


def try_instead(population: Population) -> str:
    """Return which learners learn from such records, as the end of a message.

    Examples
    --------
    >>> people = Population.from_texts(["i cook", "i write"], ["cook", "writer"])
    >>> try_instead(people)
    'these are texts: try linear-text, embedded-text, transformer or bayes-optimal'
    """
    known = FITTING if population.holds == "labels" else FITTING_NUMBERS
    *others, last = known[population.kind]
    kinds = {"texts": "these are texts", "table": "this is a table", "array": "these are arrays"}
    return f"{kinds[population.kind]}: try {', '.join(others)} or {last}"


def refuse_numbers(name: str, population: Population) -> None:
    """Raise `DataError` for a learner of labels where labels are numbers.

    Examples
    --------
    >>> rated = Population.from_texts(["good", "bad"], [5, 1], numbers=True)
    >>> refuse_numbers("LinearText", rated)
    Traceback (most recent call last):
    criticalmass.errors.DataError: LinearText predicts labels, and these are numbers; these are ...
    """
    if population.holds == "numbers":
        raise DataError(f"{name} predicts labels, and these are numbers; {try_instead(population)}")


class Model(Protocol):
    """What a learner returns: the firm's trained model f."""

    def scores(self, batch: Any) -> NDArray[np.float64]:
        """Return a score for every label of every record.

        Parameters
        ----------
        batch
            What the `Prepared` data's ``encode`` returned for some features.

        Returns
        -------
        ndarray of float, shape (records, labels)
            With label sets, a label is predicted where its score is above 0; with single labels,
            the one with the highest score is. A tie for the highest, or −∞ alone, predicts none.
            Where labels are numbers there is one column, the predicted number; nan predicts none.
            A record's scores do not depend on the others of the batch.
        """
        ...


@runtime_checkable
class ParametricModel(Model, Protocol):
    """A model with parameters, which a collective may steer."""

    @property
    def parameters(self) -> Array:
        """θ, shape (p,)."""
        ...


class PathModel(ParametricModel, Protocol):
    """A model that was learnt step by step."""

    @property
    def path(self) -> Array:
        """θ at every step, shape (steps + 1, p)."""
        ...


class Prepared(Protocol):
    """The base population, made ready for many training runs by one learner."""

    @property
    def population(self) -> Population:
        """The population that was prepared."""
        ...

    def encode(self, features: Features) -> object:
        """Return features as a `Model` of this learner scores them; done once for a test set."""
        ...


@dataclass(frozen=True, eq=False)
class AsItIs:
    """`Prepared` data of a learner that shares nothing between runs: the population itself."""

    population: Population

    def encode(self, features: Features) -> Features:
        """Return the features as they are."""
        return features


@kind("a learner, such as LinearText()")
@runtime_checkable
class Trains(Protocol):
    """What every learner has: these two methods. `Learner` says what each promises."""

    def prepare(self, population: Population) -> Prepared:
        """Return the population made ready: what all training runs of a study share, done once."""
        ...

    def fit(self, prepared: Any, edit: Edit, seed: int) -> Model:
        """Return the model trained on the prepared population with the edit applied."""
        ...


class Learner(ABC):
    """The firm's learning algorithm A.

    A learner is a frozen dataclass with the methods ``prepare`` and ``fit``. ``fit`` is a pure
    function of its arguments, to the last bit. All else that a learner can do is declared here,
    with a default: override what yours can do. A class with the two methods need not inherit.

    `criticalmass.contracts.check_learner` tests these promises.
    """

    @abstractmethod
    def prepare(self, population: Population) -> Prepared:
        """Return the population made ready: what all training runs of a study share, done once."""

    @abstractmethod
    def fit(self, prepared: Any, edit: Edit, seed: int) -> Model:
        """Return the model trained on the prepared population with the edit applied.

        Parameters
        ----------
        prepared
            What this learner's ``prepare`` returned.
        edit
            What the members changed.
        seed
            What all randomness of the run derives from.
        """

    def in_words(self) -> str:
        """Return what the firm trains, after "The platform trains"."""
        return named(self)

    def fit_many(
        self, prepared: Any, edits: Sequence[Edit], seeds: Sequence[int]
    ) -> Sequence[Model]:
        """Return one model for each edit, each the one that ``fit`` gives."""
        return [self.fit(prepared, edit, seed) for edit, seed in zip(edits, seeds, strict=True)]

    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> Sequence[FirstGuess | None]:
        """Return how many people each may take, from one model trained without them.

        None where the learner's arithmetic says nothing of it, as by default.

        Parameters
        ----------
        population
            The records that the firm trains on.
        asked
            One for each strategy: what its members would change, and what is wanted.
        """
        return [None] * len(asked)

    @ability
    def at_once(self) -> int:
        """How many runs ``fit_many`` trains together faster than one by one."""
        return 1

    @ability
    def predicts(self) -> tuple[Outcome, ...]:
        """What it learns to predict: ``"labels"``, ``"numbers"`` where labels are that, or both."""
        return ("labels",)

    @ability
    def repeatable(self) -> bool:
        """Whether ``fit`` gives the same model to the last bit; a GPU may add in its own order."""
        return True

    @ability
    def uses_gpu(self) -> bool:
        """Whether trials compute on a GPU here; workers then take one each."""
        return False

    @ability
    def tokenizer(self) -> Callable[..., Any] | None:
        """What cuts a text into the tokens that the model sees, if it reads texts."""
        return None

    @ability
    def max_length(self) -> int | None:
        """How many tokens of a text the model reads; None for all of them."""
        return None

    @ability
    def fewest_records(self) -> int:
        """The smallest number of records that it can be prepared with."""
        return 1

    @ability
    def objective(self) -> Differentiable | None:
        """What a learner with parameters minimises or descends; None for other learners."""
        return None

    def keep(self, *populations: Population) -> None:  # noqa: B027 (most keep nothing)
        """Keep costly intermediate results on disk, where every process of a study finds them.

        Called with the training and the test records, and with the test records marked, before
        trials start, so records that cannot be read are found before anything is trained.
        """


class StepwiseLearner(Learner):
    """A learner that shows its parameters θ at every step to people who may answer."""

    if TYPE_CHECKING:  # fields of the dataclasses, which must find no default here

        @property
        @abstractmethod
        def learning_rate(self) -> float:
            """The step size η."""

        @property
        @abstractmethod
        def steps(self) -> int:
            """The number of steps T."""

        @property
        @abstractmethod
        def aggregation(self) -> str:
            """How the firm combines what its clients send, such as ``"mean"``."""

        @property
        @abstractmethod
        def clients(self) -> int | None:
            """How many clients send gradients; None where every record is one."""

        @property
        @abstractmethod
        def sampled(self) -> int | None:
            """How many clients are drawn in each round; None for all."""

    @abstractmethod
    def descend(self, prepared: Any, members: Rows, supply: Supply, seed: int) -> PathModel:
        """Return the model after descent in which members answer every θ with their gradients."""
