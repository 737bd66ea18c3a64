"""Losses of generalised linear models: what a risk-minimising firm minimises.

Every loss here is convex in its linear predictor η and has the canonical link, so its slope is
μ(η) − y. A record has k predictors: one for logistic, squared and Poisson loss; for multinomial
loss one for every label but the first, which is the reference. `LOSSES` names them;
`criticalmass.risks.risk` makes a risk of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from scipy.special import expit, logsumexp, softmax

from criticalmass.arrays import Array
from criticalmass.errors import DataError


class Loss(Protocol):
    """A convex loss ℓ(η; y); η and y have shape (n, k)."""

    @property
    def drift(self) -> float:
        """Bound c of |d log ℓ''| ≤ c ‖dη‖: curvature falls by at most exp(−c ‖η − η'‖)."""
        ...

    @property
    def steepest(self) -> float:
        """Upper bound of the curvature ℓ'' over all η; infinite if there is none."""
        ...

    def value(self, eta: Array, y: Array) -> Array:
        """Return ℓ(η; y), (n,)."""
        ...

    def mean(self, eta: Array) -> Array:
        """Return the mean prediction μ(η), (n, k)."""
        ...

    def curvature(self, eta: Array) -> Array:
        """Return the second derivative, (n, k, k)."""
        ...

    def check(self, y: Array) -> None:
        """Raise `DataError` if a record cannot have such outcomes."""
        ...


@dataclass(frozen=True)
class Logistic:
    """Logistic loss, y in {0, 1}: log(1 + exp(η)) − yη."""

    drift: float = 1.0
    steepest: float = 0.25

    def value(self, eta: Array, y: Array) -> Array:
        """Return the loss of each record."""
        return np.asarray((np.logaddexp(0, eta) - y * eta)[:, 0])

    def mean(self, eta: Array) -> Array:
        """Return P(y = 1)."""
        return np.asarray(expit(eta))

    def curvature(self, eta: Array) -> Array:
        """Return μ(1 − μ)."""
        return np.asarray(expit(eta) * expit(-eta))[..., None]

    def check(self, y: Array) -> None:
        """Outcomes are 0 or 1."""
        if not np.isin(y, (0.0, 1.0)).all():
            raise DataError("logistic loss needs outcomes 0 and 1")


@dataclass(frozen=True)
class Multinomial:
    """Multinomial logistic loss; y is one-hot without the first label, the reference."""

    drift: float = 2.0**0.5
    steepest: float = 0.5

    def value(self, eta: Array, y: Array) -> Array:
        """Return the loss of each record."""
        return np.asarray(logsumexp(_with_reference(eta), axis=1) - (y * eta).sum(axis=1))

    def mean(self, eta: Array) -> Array:
        """Return the probabilities of all labels but the first."""
        return np.asarray(softmax(_with_reference(eta), axis=1)[:, 1:])

    def curvature(self, eta: Array) -> Array:
        """Return diag(μ) − μμᵀ."""
        mean = self.mean(eta)
        return np.asarray(mean[:, :, None] * (np.eye(eta.shape[1]) - mean[:, None, :]))

    def check(self, y: Array) -> None:
        """Outcomes are one-hot rows without the reference."""
        if not np.isin(y, (0.0, 1.0)).all() or (y.sum(axis=1) > 1).any():
            raise DataError("multinomial loss needs exactly one label per record")


@dataclass(frozen=True)
class Squared:
    """Squared loss, y any number: (η − y)²/2."""

    drift: float = 0.0
    steepest: float = 1.0

    def value(self, eta: Array, y: Array) -> Array:
        """Return the loss of each record."""
        return np.asarray(((eta - y) ** 2 / 2)[:, 0])

    def mean(self, eta: Array) -> Array:
        """Return η."""
        return eta

    def curvature(self, eta: Array) -> Array:
        """Return 1."""
        return np.ones((*eta.shape, 1))

    def check(self, y: Array) -> None:
        """Any finite number will do."""


@dataclass(frozen=True)
class Poisson:
    """Poisson loss, y a count or any number from 0 on: exp(η) − yη."""

    drift: float = 1.0
    steepest: float = float("inf")

    def value(self, eta: Array, y: Array) -> Array:
        """Return the loss of each record."""
        return np.asarray((np.exp(eta) - y * eta)[:, 0])

    def mean(self, eta: Array) -> Array:
        """Return exp(η)."""
        return np.exp(eta)

    def curvature(self, eta: Array) -> Array:
        """Return exp(η)."""
        return np.exp(eta)[..., None]

    def check(self, y: Array) -> None:
        """Outcomes are not negative."""
        if (y < 0).any():
            raise DataError(f"Poisson loss needs outcomes from 0 on, not {y.min():g}")


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "logistic": Logistic(),
        "multinomial": Multinomial(),
        "squared": Squared(),
        "poisson": Poisson(),
    }
)
"""Every loss by its name in studies."""


def _with_reference(eta: Array) -> Array:
    return np.column_stack([np.zeros(len(eta)), eta])
