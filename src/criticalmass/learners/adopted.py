"""Learners of your own that inherit from nothing: what they can do is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.numbers import Outcome
from criticalmass.data.population import Population
from criticalmass.learners.first_guess import Asked, FirstGuess
from criticalmass.learners.learner import (
    Learner,
    Model,
    PathModel,
    Prepared,
    StepwiseLearner,
    Supply,
    Trains,
)
from criticalmass.learners.words import learner_in_words
from criticalmass.risks.differentiable import Differentiable


def learner_of(part: Trains) -> Learner:
    """Return a learner that declares what it can do.

    That is the part itself if it inherits from `Learner`. Another one with ``prepare`` and ``fit``
    gets the defaults for what it does not have; no other place asks such a class what it has.

    Examples
    --------
    >>> class OnGpu:
    ...     repeatable = False
    ...     def prepare(self, population): ...
    ...     def fit(self, prepared, edit, seed): ...
    >>> learner = learner_of(OnGpu())
    >>> learner.repeatable, learner.at_once
    (False, 1)
    """
    if isinstance(part, Learner):
        return part
    return _AdoptedStepwise(part) if isinstance(part, _Descends) else _Adopted(part)


@runtime_checkable
class _TrainsMany(Protocol):
    def fit_many(
        self, prepared: Any, edits: Sequence[Edit], seeds: Sequence[int]
    ) -> Sequence[Model]: ...


@runtime_checkable
class _Guesses(Protocol):
    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> Sequence[FirstGuess | None]: ...


@runtime_checkable
class _AtOnce(Protocol):
    at_once: int


@runtime_checkable
class _Repeatable(Protocol):
    repeatable: bool


@runtime_checkable
class _UsesGpu(Protocol):
    uses_gpu: bool


@runtime_checkable
class _Predicts(Protocol):
    predicts: tuple[Outcome, ...]


@runtime_checkable
class _Tokenizes(Protocol):
    tokenizer: Callable[..., Any] | None


@runtime_checkable
class _Cuts(Protocol):
    max_length: int | None


@runtime_checkable
class _Objective(Protocol):
    objective: Differentiable | None


@runtime_checkable
class _Minimizes(Protocol):
    risk: Differentiable


@runtime_checkable
class _Learns(Protocol):
    model: Differentiable


@runtime_checkable
class _FewestRecords(Protocol):
    fewest_records: int


@runtime_checkable
class _HasClients(Protocol):
    clients: int | None


@runtime_checkable
class _Samples(Protocol):
    sampled: int | None


@runtime_checkable
class _Aggregates(Protocol):
    aggregation: str


@runtime_checkable
class _Descends(Trains, Protocol):
    learning_rate: float
    steps: int

    def descend(self, prepared: Any, members: Rows, supply: Supply, seed: int) -> PathModel: ...


@runtime_checkable
class _Keeps(Protocol):
    def keep(self, *populations: Population) -> None: ...


@dataclass(frozen=True)
class _Adopted(Learner):
    """A learner around a class of your own, with `Learner`'s defaults for what it lacks."""

    part: Trains

    def in_words(self) -> str:
        return learner_in_words(self.part)

    def prepare(self, population: Population) -> Prepared:
        return self.part.prepare(population)

    def fit(self, prepared: Any, edit: Edit, seed: int) -> Model:
        return self.part.fit(prepared, edit, seed)

    def fit_many(
        self, prepared: Any, edits: Sequence[Edit], seeds: Sequence[int]
    ) -> Sequence[Model]:
        if isinstance(self.part, _TrainsMany):
            return self.part.fit_many(prepared, edits, seeds)
        return super().fit_many(prepared, edits, seeds)

    def first_guesses(
        self, population: Population, asked: Sequence[Asked]
    ) -> Sequence[FirstGuess | None]:
        if isinstance(self.part, _Guesses):
            return self.part.first_guesses(population, asked)
        return super().first_guesses(population, asked)

    @property
    def at_once(self) -> int:
        return self.part.at_once if isinstance(self.part, _AtOnce) else super().at_once

    @property
    def predicts(self) -> tuple[Outcome, ...]:
        return self.part.predicts if isinstance(self.part, _Predicts) else super().predicts

    @property
    def repeatable(self) -> bool:
        return self.part.repeatable if isinstance(self.part, _Repeatable) else super().repeatable

    @property
    def uses_gpu(self) -> bool:
        return self.part.uses_gpu if isinstance(self.part, _UsesGpu) else super().uses_gpu

    @property
    def tokenizer(self) -> Callable[..., Any] | None:
        return self.part.tokenizer if isinstance(self.part, _Tokenizes) else super().tokenizer

    @property
    def max_length(self) -> int | None:
        return self.part.max_length if isinstance(self.part, _Cuts) else super().max_length

    @property
    def objective(self) -> Differentiable | None:
        if isinstance(self.part, _Objective):
            return self.part.objective
        if isinstance(self.part, _Minimizes):
            return self.part.risk
        return self.part.model if isinstance(self.part, _Learns) else super().objective

    @property
    def fewest_records(self) -> int:
        if isinstance(self.part, _FewestRecords):
            return self.part.fewest_records
        return (self.part.clients or 1) if isinstance(self.part, _HasClients) else 1

    def keep(self, *populations: Population) -> None:
        if isinstance(self.part, _Keeps):
            self.part.keep(*populations)


@dataclass(frozen=True)
class _AdoptedStepwise(_Adopted, StepwiseLearner):
    """A learner around one that shows its steps and does not inherit."""

    part: _Descends

    @property
    def learning_rate(self) -> float:
        return self.part.learning_rate

    @property
    def steps(self) -> int:
        return self.part.steps

    @property
    def clients(self) -> int | None:
        return self.part.clients if isinstance(self.part, _HasClients) else None

    @property
    def sampled(self) -> int | None:
        return self.part.sampled if isinstance(self.part, _Samples) else None

    @property
    def aggregation(self) -> str:
        return self.part.aggregation if isinstance(self.part, _Aggregates) else "mean"

    def descend(self, prepared: Any, members: Rows, supply: Supply, seed: int) -> PathModel:
        return self.part.descend(prepared, members, supply, seed)
