"""`FittedSuccess`: what every curve that was fitted to trials can be asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from numpy.typing import ArrayLike

from criticalmass.arrays import Array
from criticalmass.curves.curve import SuccessCurve
from criticalmass.curves.outcome import Outcome


class FittedSuccess(SuccessCurve):
    """A curve from trials, which knows how uncertain it is."""

    @property
    @abstractmethod
    def confidence(self) -> float:
        """Probability that intervals and bands hold."""

    @property
    @abstractmethod
    def largest(self) -> float:
        """The largest share that could join: a critical mass above it is never reached."""

    @abstractmethod
    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the lower and the upper edge of what S(α) may be, pointwise."""

    @abstractmethod
    def misfit(self, outcomes: Iterable[Outcome]) -> dict[float, float]:
        """Return how far trials lie off the curve, by share α, where a reader would notice."""
