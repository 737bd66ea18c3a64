"""Utilities of the firm's parameters, and the parameters of least risk that give a utility."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.data.population import Population
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields, kind
from criticalmass.risks.design import Design, outcomes
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample

STAGES = 10
"""A gain is reached in so many stages, each by Newton's method."""
ROUNDS = 50
"""Newton steps after which a stage counts as out of reach."""


@kind("a utility, such as Linear((1.0, 0.0))")
@runtime_checkable
class Utility(Protocol):
    """A utility u(θ) of the firm's parameters, which members want raised; a frozen dataclass."""

    @property
    def convex(self) -> bool:
        """Whether u is convex, as Proposition 9 needs it."""
        ...

    def value(self, theta: Array) -> float:
        """Return u(θ)."""
        ...

    def gradient(self, theta: Array) -> Array:
        """Return ∇u(θ), (p,)."""
        ...


@dataclass(frozen=True)
class Linear:
    """The linear utility u(θ) = θᵀv.

    Parameters
    ----------
    direction
        v, one number per parameter.

    Examples
    --------
    >>> Linear((1.0, 0.0)).value(np.array([2.0, 5.0]))
    2.0
    """

    direction: tuple[float, ...]
    convex: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        check_fields(self)

    def value(self, theta: Array) -> float:
        """Return θᵀv."""
        return float(theta @ np.array(self.direction))

    def gradient(self, theta: Array) -> Array:
        """Return v."""
        return np.array(self.direction, dtype=float)


@dataclass(frozen=True, eq=False)
class MeanScore:
    """The utility u(θ) that is the mean prediction for a group of records.

    Parameters
    ----------
    x
        The group's features, (m, d).
    risk
        The firm's.
    label
        Number of the label whose score counts; 0 is the reference.
    scale
        ``"score"``: the mean of μ, not convex unless loss is squared. ``"predictor"``: of η.
    """

    x: Array
    risk: Risk
    label: int
    scale: Literal["score", "predictor"] = "score"

    @property
    def convex(self) -> bool:
        """Whether u is convex."""
        return self.scale == "predictor" or self.risk.loss in ("squared", "poisson")

    def value(self, theta: Array) -> float:
        """Return the mean prediction."""
        eta = self.risk.predictors(theta, self.x)
        values = eta if self.scale == "predictor" else self.risk.law.mean(eta)
        if self.label == 0:
            return float((1 if self.scale == "score" else 0) - values.sum(axis=1).mean())
        return float(values[:, self.label - 1].mean())

    def gradient(self, theta: Array) -> Array:
        """Return the gradient of the mean prediction, (p,)."""
        eta = self.risk.predictors(theta, self.x)
        k = eta.shape[1]
        whole = np.broadcast_to(np.eye(k), (len(eta), k, k))
        slopes = whole if self.scale == "predictor" else self.risk.law.curvature(eta)
        slope = -slopes.sum(axis=1) if self.label == 0 else slopes[:, self.label - 1]
        return np.asarray((slope.T @ self.risk.padded(self.x) / len(eta)).ravel())


@lru_cache(maxsize=4)
def base(risk: Risk, design: Design, population: Population) -> tuple[Sample, Array]:
    """Return a population as numbers, and the firm's θ₀ on it; recent results are kept."""
    sample = Sample(design.encode(population.features), outcomes(population, risk.loss))
    return sample, risk.minimize(sample)


def least_risk_at(risk: Risk, sample: Sample, theta: Array, fixed: NDArray[np.bool_]) -> Array:
    """Return the parameters of least risk that agree with ``theta`` where ``fixed``."""
    return risk.minimize(sample, start=theta, fixed=fixed)


def least_risk_with(
    risk: Risk, sample: Sample, start: Array, utility: Utility, gain: float
) -> Array:
    """Return the parameters of least risk among those with that much more utility than θ₀.

    It takes Newton's method on the conditions ∇risk = λ∇u and u = u₀ + gain, in stages.

    Raises
    ------
    ParameterError
        If it finds no parameters that give so much, with the most that it found.
    """
    theta, first = start, utility.value(start)
    for stage in range(1, STAGES + 1):
        goal = first + gain * stage / STAGES
        reached = theta
        for _ in range(ROUNDS):
            # Newton's step, with the multiplier λ that brings the utility to its goal
            missing = goal - utility.value(theta)
            slope, pull = utility.gradient(theta), risk.gradient(theta, sample)
            both = np.linalg.solve(risk.hessian(theta, sample), np.column_stack([slope, pull]))
            towards, back = both.T
            multiplier = (missing + slope @ back) / max(slope @ towards, 1e-300)
            step = multiplier * towards - back
            length = float(np.linalg.norm(step))
            # is it there?
            done = abs(missing) <= (1e-10 if stage == STAGES else 1e-3 * gain)
            if done and (stage < STAGES or length <= 1e-7 * (1 + np.linalg.norm(theta))):
                break
            theta = theta + step * min(1.0, 5.0 / max(length, 1e-300))
            if not np.isfinite(theta).all() or np.abs(theta).max() > 1e4:
                break
        if not abs(utility.value(theta) - goal) <= 2e-3 * gain:
            most = utility.value(reached) - first
            raise ParameterError(
                f"no model was found that raises the utility by {gain:g} from {first:.4g}; the "
                f"nearest that can be reached is about {most:.3g} more"
            )
    return theta
