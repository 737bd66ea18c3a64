"""`Steering` and `Responding`: strategies that lead the firm's parameters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from criticalmass.arrays import Array, Rows
from criticalmass.curves import PathCurve
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.errors import StudyError
from criticalmass.strategies.steering.goals import Aim
from criticalmass.strategies.strategy import Strategy, no_theory
from criticalmass.theory import EstimatedBound, GradientControlBound, UtilityBound

Supply = Callable[[int, Array], Array]
"""What members send at a step (from 0) and a θ: one gradient (p,), or one row per sender."""


class Aiming(Strategy):
    """A strategy that leads the firm's parameters from θ₀ to θ*."""

    if TYPE_CHECKING:  # a field of somebody's dataclass may be it

        @property
        @abstractmethod
        def measures(self) -> tuple[str, ...]:
            """The success measures that fit: ``("distance",)`` or ``("utility",)``."""

    @abstractmethod
    def aim(self, population: Population) -> Aim:
        """Return the goal on this population: θ₀, where the firm is, and θ*, where it is to go."""

    def judged_by(self, *, label_sets: bool) -> tuple[str, ...]:
        """Return its ``measures``; raise `StudyError` if it has none."""
        measures: tuple[str, ...] | None = self.measures
        if measures is None:
            raise StudyError(
                f"{type(self).__name__} steers parameters: it needs measures, such as "
                'measures = ("distance",)'
            )
        return measures


class Steering(Aiming):
    """A strategy whose members report records that lead the firm's parameters to θ*."""

    @property
    def has_theory(self) -> bool:
        """Whether ``bound`` or ``exact`` is overridden."""
        kind = type(self)
        return kind.bound is not Steering.bound or kind.exact is not Steering.exact

    @abstractmethod
    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit:
        """Return the edit that these members make."""

    def bound(self, records: Population) -> EstimatedBound:
        """Return a theorem's bound, computed from records; raise `NoTheory` by default."""
        raise no_theory(self, "bound")

    def exact(self, records: Population) -> PathCurve:
        """Return the exact curve on these records; raise `NoTheory` by default."""
        raise no_theory(self, "exact")

    def proposition_9(self, records: Population) -> UtilityBound:
        """Return the bound of Proposition 9; raise `NoTheory` by default."""
        raise no_theory(self, "proposition_9")


class Responding(Aiming):
    """A strategy whose members answer the firm at every step of its training."""

    @property
    def has_theory(self) -> bool:
        """Whether ``bound`` is overridden."""
        return type(self).bound is not Responding.bound

    @abstractmethod
    def respond(self, population: Population, members: Rows, *, learning_rate: float) -> Supply:
        """Return what these members send in one run of a firm with step size η.

        It is called as ``supply(step, theta)``. One that is an `Answers` also says what the members
        could not send, which the row of the trial then tells.
        """

    def check_pull(self, alpha: float, learning_rate: float) -> None:
        """Raise `ParameterError` if a share of members cannot pull so hard at this step size η."""

    def bound(
        self, records: Population, *, learning_rate: float, steps: int
    ) -> GradientControlBound:
        """Return a theorem's bound, computed from records; raise `NoTheory` by default."""
        raise no_theory(self, "bound")


@runtime_checkable
class Answers(Protocol):
    """A responding collective in one run of a firm that can say what it could not send."""

    def __call__(self, step: int, theta: Array, /) -> Array:
        """Return what members send at a step (from 0) and a θ: (p,), or one row per sender."""
        ...

    def explain(self, path: Array) -> str:
        """Return in words what members could not send, given θ at every step; empty if none."""
        ...
