"""Records that a signal hands out: never another member's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.signals import MoveToSubgroup, Signal
from criticalmass.strategies import Recruits
from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.marking import Marking


@dataclass(frozen=True)
class _Lent:
    """A signal whose records come from people who are no members: theirs are told to nobody."""

    signal: Signal
    lenders: Population

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        return self.signal.apply(features, population=self.lenders, rng=rng)


def without_members(
    agreed: Recruits, marking: Marking, population: Population, rows: NDArray[np.intp]
) -> Marking:
    """Return the strategy as it is told: nobody is handed another member's record."""
    if not isinstance(marking.signal, MoveToSubgroup):
        return marking
    others = np.setdiff1d(np.arange(len(population)), rows)
    part: Any = agreed  # a dataclass, whatever its class
    lent = strategy_of(replace(part, signal=_Lent(marking.signal, population.take(others))))
    assert isinstance(lent, Marking)
    return lent
