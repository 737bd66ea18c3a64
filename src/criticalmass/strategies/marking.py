"""`Marking`: strategies whose members mark their records, or blank them, with a signal."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Unpack

import numpy as np

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.fields import ability
from criticalmass.signals import Signal
from criticalmass.strategies.images import Records
from criticalmass.strategies.strategy import Knowledge, Strategy, no_theory
from criticalmass.theory import EstimatedBound, ExactCurve, JointCurve, PeopleCurve
from criticalmass.theory.suboptimality import EpsilonWithSense


class TheoryOptions(EpsilonWithSense, total=False):
    """The keywords of `Marking.bound`: its confidence, and ε with its sense."""

    confidence: float


class Marking(Strategy):
    """A strategy whose members mark their records, or blank them, with a signal."""

    if TYPE_CHECKING:

        @property
        @abstractmethod
        def signal(self) -> Signal:
            """What is done to features, in members' records and in the test records."""

    @ability
    def knowledge(self) -> Knowledge | None:
        """What members know of the population, if that makes a difference."""
        return None

    @ability
    def shares_out(self) -> bool:
        """Whether what a member is told depends on where the others stand.

        Members who have done their part then stay as they are, and the rest are told what follows
        from that.
        """
        return False

    @property
    def has_theory(self) -> bool:
        """Whether ``bound`` or ``exact`` is overridden."""
        kind = type(self)
        return kind.bound is not Marking.bound or kind.exact is not Marking.exact

    @abstractmethod
    def edit(self, population: Population, members: Rows, rng: np.random.Generator) -> Edit:
        """Return the edit that these members make."""

    def bound(
        self,
        records: Records,
        *,
        confidence: float = 0.95,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> EstimatedBound:
        """Return a theorem's bound, estimated from records; raise `NoTheory` by default."""
        raise no_theory(self, "bound")

    def exact(
        self,
        records: Records,
        **epsilon: Unpack[EpsilonWithSense],
    ) -> ExactCurve | JointCurve:
        """Return the exact curve on a population or table; raise `NoTheory` by default."""
        raise no_theory(self, "exact")

    def exact_in_people(self, records: Records) -> PeopleCurve:
        """Return the exact curve of whole people, drawn at random; raise `NoTheory` by default."""
        raise no_theory(self, "exact_in_people")
