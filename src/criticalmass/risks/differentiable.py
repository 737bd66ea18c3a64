"""What every model that learns by gradients has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from criticalmass.arrays import Array
from criticalmass.risks.sample import Sample


class Differentiable(ABC):
    """A model that learns by gradients: `Risk`, `ModuleRisk`, or one of your own.

    Its parameters are one vector θ of p numbers. Make your own a frozen dataclass: what it gives
    for a population is computed once.
    """

    @property
    @abstractmethod
    def convex(self) -> bool:
        """Whether the loss is convex in the parameters."""

    @property
    @abstractmethod
    def loss(self) -> str:
        """Name of the loss, in `criticalmass.risks.losses.LOSSES`."""

    @abstractmethod
    def size(self, sample: Sample) -> int:
        """Return the number p of parameters."""

    @abstractmethod
    def predictors(self, theta: Array, x: Array) -> Array:
        """Return the predictors η of records x (n, d), shape (n, k)."""

    @abstractmethod
    def value(self, theta: Array, sample: Sample) -> float:
        """Return the risk at θ."""

    @abstractmethod
    def gradient(self, theta: Array, sample: Sample) -> Array:
        """Return the gradient of the risk, g_P(θ), (p,)."""

    @abstractmethod
    def gradients(self, theta: Array, x: Array, y: Array) -> Array:
        """Return the gradient of each record's loss, ∇ℓ(θ; z), (n, p)."""

    @abstractmethod
    def minimize(self, sample: Sample, *, start: Array | None = None) -> Array:
        """Return parameters at which the risk does not fall any further, (p,)."""

    def start(self, seed: int, sample: Sample) -> Array:
        """Return the parameters with which training begins, (p,); zeros unless a model draws them.

        Parameters
        ----------
        seed
            Seed of the random numbers, for a model that draws some.
        sample
            The training records.
        """
        return np.zeros(self.size(sample))

    def smoothness(self, sample: Sample) -> float:
        """Return β: gradients change by at most β ‖θ − θ'‖. Infinite where no bound is known."""
        return float("inf")
