"""`SuccessCurve`, the one interface of everything that says how success depends on α."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, is_dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, short_repr
from criticalmass.curves.critical_mass import CriticalMass
from criticalmass.curves.shortfall import Shortfall, area_below
from criticalmass.errors import ParameterError


class CurveLike(Protocol):
    """What every success curve has; a class of your own that has it need not inherit from one."""

    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α) in [0, 1], for shares α in (0, 1], in the shape of ``alpha``."""
        ...

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α with S(α) ≥ ``target``, for a target in (0, 1)."""
        ...


class SuccessCurve(ABC):
    """How success S depends on the share α of the population that joins.

    Bounds, exact curves and curves fitted to trials are all success curves; plots and reports take
    any of them. A subclass defines `success` and `critical_mass`; what else can be asked follows
    from these two, and a curve that knows better overrides it. A dataclass of arrays is made with
    ``repr=False``: it then prints in one line.
    `criticalmass.contracts.check_curve` tests the promises made here.

    Examples
    --------
    >>> class Straight(SuccessCurve):
    ...     def success(self, alpha):
    ...         return checked_shares(alpha)
    ...     def critical_mass(self, target):
    ...         return CriticalMass.exactly(target, checked_target(target))
    >>> Straight().probability(0.5, alpha=0.6), round(Straight().shortfall(0.5).value, 6)
    (1.0, 0.125)
    """

    def __repr__(self) -> str:
        return short_repr(self) if is_dataclass(self) else super().__repr__()

    @abstractmethod
    def success(self, alpha: ArrayLike) -> Array:
        """Return S(α) in [0, 1], for shares α in (0, 1], in the shape of ``alpha``."""

    @abstractmethod
    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α with S(α) ≥ ``target``, for a target in (0, 1)."""

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches a target.

        It is 0 or 1 for a curve that is known exactly; for a guarantee, how sure that is.
        """
        mass = self.critical_mass(target)
        return mass.confidence if mass.reached and alpha >= mass.alpha else 0.0

    def area_below(self, target: float, upto: float) -> float:
        """Return ∫₀^upto (target − S(α))₊ dα, where ``upto`` is the critical mass for the target.

        By quadrature, to about ten digits; a curve that has a closed form overrides it.
        """
        return area_below(self.success, target, upto)

    def shortfall(self, target: float) -> Shortfall:
        """Return what is missing up to the critical mass, ∫₀^{α*} (target − S(α))₊ dα."""
        mass = self.critical_mass(target)
        if not mass.reached:
            return Shortfall.unreached(mass)
        value = self.area_below(target, mass.alpha)
        is_bound = mass.low < mass.alpha  # success may be higher, and less missing
        low = 0.0 if is_bound else value
        high = value if mass.high <= mass.alpha else math.inf
        return Shortfall(target, value, low, high, mass.confidence)


@runtime_checkable
class HasProbability(Protocol):
    """A curve that says itself how probable a target is."""

    def probability(self, target: float, alpha: float) -> float:
        """Return the probability that a collective of a share α reaches a target."""
        ...


@runtime_checkable
class HasShortfall(Protocol):
    """A curve that says itself what is missing on the way."""

    def shortfall(self, target: float) -> Shortfall:
        """Return what is missing up to the critical mass."""
        ...


@dataclass(frozen=True, eq=False)
class _Adapted(SuccessCurve):
    """A curve whose class does not inherit from `SuccessCurve`."""

    curve: CurveLike

    def success(self, alpha: ArrayLike) -> Array:
        return self.curve.success(alpha)

    def critical_mass(self, target: float) -> CriticalMass:
        return self.curve.critical_mass(target)

    def probability(self, target: float, alpha: float) -> float:
        if isinstance(self.curve, HasProbability):
            return float(self.curve.probability(target, alpha))
        return super().probability(target, alpha)

    def shortfall(self, target: float) -> Shortfall:
        if isinstance(self.curve, HasShortfall):
            return self.curve.shortfall(target)
        return super().shortfall(target)


def as_curve(curve: CurveLike) -> SuccessCurve:
    """Return a curve of your own, which may have no more than `CurveLike`, as a `SuccessCurve`.

    What it has of `probability` and `shortfall` is used; the rest are the defaults.

    Examples
    --------
    >>> class Straight:
    ...     def success(self, alpha):
    ...         return checked_shares(alpha)
    ...     def critical_mass(self, target):
    ...         return CriticalMass.exactly(target, checked_target(target))
    >>> as_curve(Straight()).probability(0.5, alpha=0.6)
    1.0
    """
    return curve if isinstance(curve, SuccessCurve) else _Adapted(curve)


def probability(curve: CurveLike, target: float, alpha: float) -> float:
    """Return the probability that a collective of a share α reaches a target, of any curve.

    Examples
    --------
    >>> from criticalmass.theory import FeatureLabelBound
    >>> [probability(FeatureLabelBound(0.001), 0.9, alpha) for alpha in (0.005, 0.02)]
    [0.0, 1.0]
    """
    return as_curve(curve).probability(target, alpha)


def shortfall(curve: CurveLike, target: float) -> Shortfall:
    """Return the shortfall of any curve.

    Examples
    --------
    >>> from criticalmass.theory import FeatureLabelBound
    >>> round(shortfall(FeatureLabelBound(uniqueness=0.01), target=0.6).value, 6)
    0.009015
    """
    return as_curve(curve).shortfall(target)


def checked_shares(alpha: ArrayLike) -> Array:
    """Return α as a float array, or raise `ParameterError` if a share is outside (0, 1]."""
    shares = np.asarray(alpha, dtype=float)
    if not np.all((shares > 0) & (shares <= 1)):
        outside = shares[~((shares > 0) & (shares <= 1))].flat[0]
        raise ParameterError(f"alpha is a share of the population in (0, 1], not {outside:g}")
    return shares


def checked_target(target: float) -> float:
    """Return the wanted success, or raise `ParameterError` if it is outside (0, 1)."""
    return float(checked_targets(target))


def checked_targets(target: ArrayLike) -> Array:
    """Return wanted successes as floats, or raise `ParameterError` if one is outside (0, 1)."""
    targets = np.asarray(target, dtype=float)
    if not np.all((targets > 0) & (targets < 1)):
        outside = targets[~((targets > 0) & (targets < 1))].flat[0]
        raise ParameterError(f"target is a success rate between 0 and 1, not {outside:g}")
    return targets


def checked_parts(target: ArrayLike) -> Array:
    """Return wanted parts of the way, or raise `ParameterError` if one is outside (0, 1].

    Where a model is steered the whole way, a target of 1, can be reached.
    """
    parts = np.asarray(target, dtype=float)
    if not np.all((parts > 0) & (parts <= 1)):
        outside = parts[~((parts > 0) & (parts <= 1))].flat[0]
        raise ParameterError(f"target is a share above 0 and up to 1, not {outside:g}")
    return parts
