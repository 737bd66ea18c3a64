"""What every strategy has in common; there are three kinds: marking, steering and responding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Rows
from criticalmass.data.population import Population
from criticalmass.errors import DataError, ParameterError
from criticalmass.fields import ability, kind
from criticalmass.measures.numbers import WantedNumber
from criticalmass.risks.differentiable import Differentiable
from criticalmass.strategies import words

Recruit = Literal["everyone", "target"]
"""Who may be recruited: everyone, or only people who hold the target label."""
Knowledge = Literal["pooled", "known"]
"""What members know of the population: their own records pooled, or all of it."""
FIRST = 1
"""The arithmetic of a strategy that has given the same records ever since."""


class NoTheory(ParameterError):
    """No theorem, or no exact curve, is known for a strategy."""


def no_theory(strategy: object, name: str) -> NoTheory:
    """Return the refusal of a strategy that does not have a method of the theory."""
    return NoTheory(f"{type(strategy).__name__} has no method {name!r}")


@kind("a strategy, such as FeatureLabel(InsertToken('~'), 'cook')")
@runtime_checkable
class Recruits(Protocol):
    """What every strategy has, beside what it does: `Strategy` says what each promises."""

    @property
    def target_label(self) -> str | None:
        """The label y* that the collective wants."""
        ...

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        ...


class Strategy(ABC):
    """What members do with their records: the map h of the paper.

    A strategy is a frozen dataclass of one of three kinds: `Marking` signals on records, `Steering`
    the firm's parameters by records, `Responding` to the firm at every step. What else it can do is
    declared here and there, with defaults. A class need not inherit: one with ``signal`` and
    ``edit`` is a marking one, one with ``aim`` and ``edit`` a steering one, one with ``aim`` and
    ``respond`` a responding one.

    `criticalmass.contracts.check_strategy` tests its promises.
    """

    if TYPE_CHECKING:  # a field of the dataclasses, which must find no default here

        @property
        @abstractmethod
        def target_label(self) -> str | None:
            """The label y* that marked records are to get, or `unplants`; None if there is none."""

    @abstractmethod
    def candidates(self, population: Population) -> Rows:
        """Return the rows of the people who may be recruited."""

    def in_words(self, records: str = "records") -> str:
        """Return what members do; a verb phrase in the plural.

        Parameters
        ----------
        records
            What the records are called: texts, records or images.
        """
        return words.of_any(self, records)

    @ability
    def measures(self) -> tuple[str, ...] | None:
        """The success measures that fit, the headline first; None for what its label says."""
        return None

    @ability
    def wanted_number(self) -> WantedNumber | None:
        """The number that is wanted where labels are numbers; None for a strategy of labels."""
        return None

    @property
    def unplants(self) -> bool:
        """Whether marked records are no longer to get the target label, rather than to get it."""
        return False

    @property
    def plants(self) -> bool:
        """Whether marked records are to get, or no longer to get, a label; or to get a number."""
        return self.target_label is not None or self.wanted_number is not None

    @ability
    def arithmetic(self) -> int:
        """Number of the way in which members' records are computed.

        It goes up when the same strategy gives other records, be it in the last digits: trials then
        get new keys, and no store mixes both.
        """
        return FIRST

    def described(self) -> dict[str, object]:
        """Return what decides a row beside the fields: the arithmetic, if it is not the first."""
        return {} if self.arithmetic == FIRST else {"arithmetic": self.arithmetic}

    def judged_by(self, *, label_sets: bool) -> tuple[str, ...]:
        """Return the names of the success measures that fit, the headline first.

        Those are its ``measures``; without any, ``included`` (with sets of labels also ``top1``)
        where it has a target label, and ``erased`` where it has none.
        """
        if self.measures is not None:
            return self.measures
        if self.target_label is None:
            return ("erased",)
        return ("included", "top1") if label_sets else ("included",)

    @property
    def has_theory(self) -> bool:
        """Whether a theorem or an exact curve is known for it."""
        return False

    @property
    def all_succeed(self) -> bool:
        """Whether success is certain where everybody follows it.

        So it is where every record that the firm sees then holds the target label.
        """
        return False

    def facing(self, objective: Differentiable) -> Strategy:
        """Return the strategy against a firm with this objective, if that makes a difference."""
        return self


def recruits(population: Population, target_label: str, recruit: Recruit) -> NDArray[np.intp]:
    """Return the rows that may be recruited: everyone, or only the holders of the target label.

    Raises
    ------
    DataError
        If the label is unknown, or nobody holds it.
    """
    holders = population.holding(target_label)
    if not len(holders):
        raise DataError(f"no record of {population.name} holds the label {target_label!r}")
    return holders if recruit == "target" else np.arange(len(population))
