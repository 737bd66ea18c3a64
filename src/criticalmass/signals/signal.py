"""What every signal has in common."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.fields import kind


@kind("a signal, such as InsertToken('~')")
@runtime_checkable
class Signal(Protocol):
    """A map g on features (paper, Section 3.1): how a record is marked or blanked.

    A signal is a frozen dataclass with this one method. It never changes what it is given, returns
    as many records as it got, of the same kind, and draws all its randomness from ``rng``.
    `criticalmass.contracts.check_signal` tests these promises.
    """

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return g(x) for every record x of a batch.

        Parameters
        ----------
        features
            A batch of records, first axis the record.
        population
            The population P₀ they come from; only signals that refer to it need it.
        rng
            Source of randomness.
        """
        ...


@runtime_checkable
class Recognizes(Protocol):
    """A signal that knows which records may carry it already.

    A signal that is not idempotent needs this. Any other is carried by the records that it does not
    change.
    """

    def carries(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which records may carry the signal already, shape (records,)."""
        ...


@runtime_checkable
class TellsMarked(Protocol):
    """A signal that can tell which records are as it leaves them; nobody marks those again.

    A signal that is not idempotent needs this. Any other has marked the records that it does not
    change.
    """

    def is_marked(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which records are as the signal leaves them, shape (records,)."""
        ...


@runtime_checkable
class ComesOff(TellsMarked, Protocol):
    """A signal that adds its mark to a record, from which it can be taken off again."""

    def without_mark(self, features: Features, *, population: Population) -> Features:
        """Return the records as they were before; those that are not marked stay as they are."""
        ...


@runtime_checkable
class MarksWithToken(Signal, Protocol):
    """A signal that marks texts with one token."""

    @property
    def token(self) -> str:
        """What members type."""
        ...
