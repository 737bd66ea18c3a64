"""Strategies of your own that inherit from nothing: their kind is found by what they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Unpack, runtime_checkable

import numpy as np

from criticalmass.arrays import Rows
from criticalmass.curves import PathCurve
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import StudyError
from criticalmass.measures.numbers import WantedNumber
from criticalmass.signals import Signal
from criticalmass.strategies.images import Records
from criticalmass.strategies.marking import Marking, TheoryOptions
from criticalmass.strategies.steering.goals import Aim
from criticalmass.strategies.steering.kinds import Aiming, Responding, Steering, Supply
from criticalmass.strategies.strategy import Knowledge, Recruits, Strategy, no_theory
from criticalmass.strategies.words import strategy_in_words
from criticalmass.theory import (
    EstimatedBound,
    ExactCurve,
    GradientControlBound,
    JointCurve,
    PeopleCurve,
    UtilityBound,
)
from criticalmass.theory.suboptimality import EpsilonWithSense


def strategy_of(part: Recruits) -> Strategy:
    """Return a strategy that declares its kind and what it can do.

    That is the part itself if it inherits from one of the kinds. Another one gets the kind that its
    methods make it; no other place asks such a class what it has.

    Raises
    ------
    StudyError
        If it is of no kind, or of two.

    Examples
    --------
    >>> class Half:
    ...     target_label, signal = "yes", None
    ...     def candidates(self, population): ...
    ...     def edit(self, population, members, rng): ...
    >>> isinstance(strategy_of(Half()), Marking)
    True
    """
    if isinstance(part, Marking | Steering | Responding):
        return part
    has_signal, has_aim = isinstance(part, _HasSignal), isinstance(part, _Aims)
    if has_signal and has_aim:
        raise StudyError(
            f"{type(part).__name__} has a signal and an aim: a strategy marks records, or it "
            "steers parameters"
        )
    if isinstance(part, _Responds):
        return _AdoptedResponding(part)
    if isinstance(part, _Steers):
        return _AdoptedSteering(part)
    if isinstance(part, _Marks):
        return _AdoptedMarking(part)
    raise StudyError(
        f"{type(part).__name__} is no strategy: it needs signal and edit(…); or measures, aim(…) "
        "and edit(…); or measures, aim(…) and respond(…)"
    )


@runtime_checkable
class _Marks(Recruits, Protocol):
    signal: Signal

    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit: ...


@runtime_checkable
class _HasSignal(Protocol):
    signal: Signal


@runtime_checkable
class _Aims(Recruits, Protocol):
    measures: tuple[str, ...]

    def aim(self, population: Population) -> Aim: ...


@runtime_checkable
class _Steers(_Aims, Protocol):
    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit: ...


@runtime_checkable
class _Responds(_Aims, Protocol):
    def respond(self, population: Population, members: Rows, *, learning_rate: float) -> Supply: ...


@runtime_checkable
class _Knows(Protocol):
    knowledge: Knowledge | None


@runtime_checkable
class _Pulls(Protocol):
    def pull(self, alpha: float, learning_rate: float) -> float: ...


@runtime_checkable
class _NamesMeasures(Protocol):
    measures: tuple[str, ...]


@runtime_checkable
class _WantsNumber(Protocol):
    wanted_number: WantedNumber | None


@runtime_checkable
class _BoundOfMarking(Protocol):
    def bound(self, records: Records, **options: Unpack[TheoryOptions]) -> EstimatedBound: ...


@runtime_checkable
class _ExactOfMarking(Protocol):
    def exact(
        self, records: Records, **epsilon: Unpack[EpsilonWithSense]
    ) -> ExactCurve | JointCurve: ...


@runtime_checkable
class _PeopleOfMarking(Protocol):
    def exact_in_people(self, records: Records) -> PeopleCurve: ...


@runtime_checkable
class _BoundOfSteering(Protocol):
    def bound(self, records: Population) -> EstimatedBound: ...


@runtime_checkable
class _ExactOfSteering(Protocol):
    def exact(self, records: Population) -> PathCurve: ...


@runtime_checkable
class _HasProposition9(Protocol):
    def proposition_9(self, records: Population) -> UtilityBound: ...


@runtime_checkable
class _BoundOfResponding(Protocol):
    def bound(
        self, records: Population, *, learning_rate: float, steps: int
    ) -> GradientControlBound: ...


@dataclass(frozen=True)
class _AdoptedMarking(Marking):
    part: _Marks

    @property
    def target_label(self) -> str | None:
        return self.part.target_label

    @property
    def signal(self) -> Signal:
        return self.part.signal

    @property
    def knowledge(self) -> Knowledge | None:
        return self.part.knowledge if isinstance(self.part, _Knows) else super().knowledge

    @property
    def has_theory(self) -> bool:
        return isinstance(self.part, _BoundOfMarking | _ExactOfMarking)

    def in_words(self, records: str = "records") -> str:
        return strategy_in_words(self.part, records)

    def candidates(self, population: Population) -> Rows:
        return self.part.candidates(population)

    @property
    def measures(self) -> tuple[str, ...] | None:
        return self.part.measures if isinstance(self.part, _NamesMeasures) else super().measures

    @property
    def wanted_number(self) -> WantedNumber | None:
        if isinstance(self.part, _WantsNumber):
            return self.part.wanted_number
        return super().wanted_number

    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit:
        return self.part.edit(population, members, rng)

    def bound(self, records: Records, **options: Unpack[TheoryOptions]) -> EstimatedBound:
        if not isinstance(self.part, _BoundOfMarking):
            raise no_theory(self.part, "bound")
        return self.part.bound(records, **options)

    def exact(
        self, records: Records, **epsilon: Unpack[EpsilonWithSense]
    ) -> ExactCurve | JointCurve:
        if not isinstance(self.part, _ExactOfMarking):
            raise no_theory(self.part, "exact")
        return self.part.exact(records, **epsilon)

    def exact_in_people(self, records: Records) -> PeopleCurve:
        if not isinstance(self.part, _PeopleOfMarking):
            raise no_theory(self.part, "exact_in_people")
        return self.part.exact_in_people(records)


@dataclass(frozen=True)
class _AdoptedAiming(Aiming):
    part: _Aims

    @property
    def target_label(self) -> str | None:
        return self.part.target_label

    def in_words(self, records: str = "records") -> str:
        return strategy_in_words(self.part, records)

    def candidates(self, population: Population) -> Rows:
        return self.part.candidates(population)

    @property
    def measures(self) -> tuple[str, ...]:
        return self.part.measures

    def aim(self, population: Population) -> Aim:
        return self.part.aim(population)


@dataclass(frozen=True)
class _AdoptedSteering(_AdoptedAiming, Steering):
    part: _Steers

    @property
    def has_theory(self) -> bool:
        return isinstance(self.part, _BoundOfSteering | _ExactOfSteering)

    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit:
        return self.part.edit(population, members, rng)

    def bound(self, records: Population) -> EstimatedBound:
        if not isinstance(self.part, _BoundOfSteering):
            raise no_theory(self.part, "bound")
        return self.part.bound(records)

    def exact(self, records: Population) -> PathCurve:
        if not isinstance(self.part, _ExactOfSteering):
            raise no_theory(self.part, "exact")
        return self.part.exact(records)

    def proposition_9(self, records: Population) -> UtilityBound:
        if not isinstance(self.part, _HasProposition9):
            raise no_theory(self.part, "proposition_9")
        return self.part.proposition_9(records)


@dataclass(frozen=True)
class _AdoptedResponding(_AdoptedAiming, Responding):
    part: _Responds

    @property
    def has_theory(self) -> bool:
        return isinstance(self.part, _BoundOfResponding)

    def respond(self, population: Population, members: Rows, *, learning_rate: float) -> Supply:
        return self.part.respond(population, members, learning_rate=learning_rate)

    def check_pull(self, alpha: float, learning_rate: float) -> None:
        if isinstance(self.part, _Pulls):
            self.part.pull(alpha, learning_rate)

    def bound(
        self, records: Population, *, learning_rate: float, steps: int
    ) -> GradientControlBound:
        if not isinstance(self.part, _BoundOfResponding):
            raise no_theory(self.part, "bound")
        return self.part.bound(records, learning_rate=learning_rate, steps=steps)
