"""What every signal has in common."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.fields import kind


@kind("a signal, such as InsertToken('~')", "apply")
class Signal(Protocol):
    """A map g on features (paper, Section 3.1): how a record is marked or blanked.

    A signal is a frozen dataclass with this one method. It never changes what it is given, returns
    as many records as it got, of the same kind, and draws all its randomness from ``rng``.
    `criticalmass.contracts.checks.check_signal` tests these promises.
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
