"""`Bound`: what a theorem guarantees; `SignalBound`: the one form that those of Section 3 have."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

from numpy.typing import ArrayLike

from criticalmass.arrays import Array, short_repr
from criticalmass.curves import CriticalMass, SuccessCurve, Unreached, Why
from criticalmass.errors import ParameterError
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.suboptimality import Sense, Suboptimality


class Bound(SuccessCurve):
    """The success that a theorem guarantees: true success is at least that.

    A subclass is a frozen dataclass of the theorem's parameters, made with ``repr=False``.
    """

    theorem: ClassVar[str]
    """The theorem's name in the paper."""

    @property
    def holds(self) -> bool:
        """Whether this is a guarantee; a formula that the paper prints may be none."""
        return True

    @property
    def deciding(self) -> str:
        """The parameter that decides most, by its name; empty where it is not known."""
        return ""

    @abstractmethod
    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target, nan where none does."""

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the guaranteed critical mass, with the reason where there is none."""
        alpha = float(self.critical_alpha(target))
        if math.isnan(alpha):
            return CriticalMass.unreached(target, self._why_unreached(target), low=0.0)
        mass = CriticalMass.at_most(target, alpha)
        return mass if self.holds else replace(mass, high=math.inf)

    def _why_unreached(self, target: float) -> Unreached:
        best = float(self.success(1.0))
        return Unreached(Why.NOT_GUARANTEED, {"best": best, "target": target})

    def __repr__(self) -> str:
        return short_repr(self)[:-1] + ("" if self.holds else ": no guarantee") + ")"


class SignalBound(Bound):
    """A theorem about a signal that is planted or erased: its numbers make a `Guarantee`."""

    @property
    @abstractmethod
    def guarantee(self) -> Guarantee:
        """The theorem's numbers, in the one form that all these bounds have."""

    def success(self, alpha: ArrayLike) -> Array:
        """Return the lower bound of S(α)."""
        return self.guarantee.success(alpha)

    def critical_alpha(self, target: ArrayLike) -> Array:
        """Return the smallest α that guarantees each target, nan where none does."""
        return self.guarantee.critical_alpha(target)

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^{α*} (target − S(α))₊ dα in closed form; ``upto`` is α*."""
        return self.guarantee.area_below(target)


class NearOptimalBound(SignalBound):
    """A theorem for a firm that is ε-optimal: ε and its sense are two of the fields."""

    epsilon: float
    suboptimality: Sense

    @property
    def slack(self) -> Suboptimality:
        """The firm's ε with its sense."""
        return Suboptimality(self.epsilon, self.suboptimality)

    @property
    def holds(self) -> bool:
        """Whether this is a guarantee: the published formula is none for ε > 0."""
        return self.slack.guarantees


def check_probability(name: str, value: float) -> None:
    """Raise `ParameterError` unless a parameter is a probability."""
    if not 0 <= value <= 1 + 1e-12:  # sums of shares may exceed 1 in the last digit
        raise ParameterError(f"{name} is a probability between 0 and 1, not {value:g}")
