"""`FittedCurve`: how success depends on α, learnt from training runs, with its uncertainty.

A trial tells of k successes among n marked test records. Trials at one α scatter by more than
binomial noise (other members, other seeds), and points of one trial are not independent evidence,
so k is beta-binomial with an overdispersion ρ, around

    S(α) = floor + (ceiling − floor) / (1 + exp(−(ln α − midpoint) / width)).

The posterior over the five parameters is computed on a grid that zooms in on where the
probability is. Its priors are flat: midpoint in ln α, width and ρ on a log scale, floor and ceiling
between 0 and 1. Posteriors of critical masses follow by solving each curve of the grid for α.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, logit

from criticalmass.curves.curve import CriticalMass, checked_shares, checked_target
from criticalmass.errors import ParameterError

Array = NDArray[np.float64]

GRID = {"midpoint": 21, "width": 11, "floor": 7, "ceiling": 11, "overdispersion": 9}
"""Number of grid values a parameter."""

ZOOMS = 8
"""How often, at most, the grid is laid anew around the region that holds the probability."""

_CURVE = ("midpoint", "width", "floor", "ceiling")  # what a curve is made of
_NEGLIGIBLE = 1e-9  # posterior probability of a grid curve, relative to the best, not kept
_EDGE = 1e-5  # marginal probability, relative to its peak, below which a grid value is left out
_LOGITS = np.linspace(-10, 10, 1001)  # log-odds of S at which a trial's likelihood is tabulated


@dataclass(frozen=True)
class Outcome:
    """What one trial tells the curve: k successes of n at a share α (0 for the reference)."""

    alpha: float
    successes: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1 or not 0 <= self.successes <= self.n or self.n < 1:
            raise ParameterError(
                f"an outcome needs 0 ≤ alpha ≤ 1 and 0 ≤ successes ≤ n, not alpha={self.alpha:g}, "
                f"successes={self.successes}, n={self.n}"
            )


@dataclass(frozen=True, eq=False)
class FittedCurve:
    """Posterior of the success curve given trials.

    Make one with `FittedCurve.fit`.

    Parameters
    ----------
    parameters
        Posterior draws from the grid, shape (curves, 4): midpoint (of ln α), width, floor, ceiling.
    weights
        Their posterior probabilities, shape (curves,), adding up to 1.
    overdispersion
        Posterior mean of ρ, the correlation between test records of one trial.
    confidence
        Probability that intervals and bands hold.
    largest
        The largest share that could join: a critical mass above it is never reached.

    Examples
    --------
    >>> alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * 3
    >>> curve = FittedCurve.fit(
    ...     Outcome(a, round(1000 / (1 + (0.004 / a) ** 2)), 1000) for a in alphas)
    >>> mass = curve.critical_mass(0.8)
    >>> round(mass.alpha, 3), mass.low < 0.008 < mass.high
    (0.008, True)
    """

    parameters: Array
    weights: Array
    overdispersion: float
    confidence: float = 0.95
    largest: float = 1.0

    @classmethod
    def fit(
        cls, outcomes: Iterable[Outcome], *, confidence: float = 0.95, largest: float = 1.0
    ) -> FittedCurve:
        """Compute the posterior.

        Parameters
        ----------
        outcomes
            One a trial. An outcome at α = 0 (the reference) informs the floor alone. At least two
            different α above 0 are needed.
        confidence
            Probability that intervals and bands hold.
        largest
            The largest share that could join, in (0, 1]; for example the share of people who
            hold the target label, where only they are recruited.

        Raises
        ------
        ParameterError
            If there are too few trials to fit.
        """
        data = list(outcomes)
        alpha = np.array([outcome.alpha for outcome in data])
        if len(np.unique(alpha[alpha > 0])) < 2:
            raise ParameterError("a curve needs trials at two or more different shares alpha")
        checked_shares(largest)
        if not 0 < confidence < 1:
            raise ParameterError(f"confidence is between 0 and 1, not {confidence:g}")
        axes = _first_grid(alpha[alpha > 0])
        tables = _tables(data, axes["overdispersion"])
        for _ in range(ZOOMS):
            closer = _zoom(axes, _posterior(axes, tables))
            shrunk = min(np.ptp(closer[name]) / np.ptp(axes[name]) for name in _CURVE)
            axes = closer
            if shrunk > 0.7:
                break
        # A coarse grid misfits and takes that for overdispersion: only now can it be narrowed.
        axes = _zoom(axes, _posterior(axes, tables), ("overdispersion",))
        probability = _posterior(axes, _tables(data, axes["overdispersion"]))
        rho_axis = axes["overdispersion"]
        curves = probability.sum(axis=4)
        grid = np.meshgrid(*[axes[name] for name in _CURVE], indexing="ij")
        kept = curves > _NEGLIGIBLE * curves.max()
        weights = curves[kept]
        return cls(
            parameters=np.column_stack([axis[kept] for axis in grid]),
            weights=weights / weights.sum(),
            overdispersion=float((probability.sum(axis=(0, 1, 2, 3)) * rho_axis).sum()),
            confidence=confidence,
            largest=largest,
        )

    def success(self, alpha: ArrayLike) -> Array:
        """Return the posterior mean of S(α)."""
        shares = checked_shares(alpha)
        return np.asarray(self.weights @ self._curves(shares.reshape(-1))).reshape(shares.shape)

    def band(self, alpha: ArrayLike) -> tuple[Array, Array]:
        """Return the pointwise posterior band of S(α): its lower and its upper edge."""
        shares = checked_shares(alpha)
        curves = self._curves(shares.reshape(-1))
        tail = (1 - self.confidence) / 2
        edges = np.array([_quantiles(at, self.weights, (tail, 1 - tail)) for at in curves.T])
        return edges[:, 0].reshape(shares.shape), edges[:, 1].reshape(shares.shape)

    @property
    def floor(self) -> float:
        """Posterior mean of the success without a collective."""
        return float(self.weights @ self.parameters[:, 2])

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the posterior median of the critical mass, with its interval."""
        wanted = checked_target(target)
        midpoint, width, floor, ceiling = self.parameters.T
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = np.exp(midpoint + width * logit((wanted - floor) / (ceiling - floor)))
        share = np.where(floor >= wanted, 0.0, np.where(ceiling <= wanted, np.inf, share))
        share[share > self.largest] = np.inf
        never = float(self.weights[np.isinf(share)].sum())
        tail = (1 - self.confidence) / 2
        low, middle, high = _quantiles(share, self.weights, (tail, 0.5, 1 - tail))
        reason = ""
        if math.isinf(middle):
            level = float(self.weights @ ceiling)
            reason = (
                f"the curve levels off near {level:.2g}"
                if level < wanted
                else f"it is reached only beyond alpha = {self.largest:.2g}, if at all"
            )
        return CriticalMass(
            target=wanted,
            alpha=math.nan if math.isinf(middle) else middle,
            low=low,
            high=high,
            confidence=self.confidence,
            never=min(never, 1.0),
            reason=reason,
        )

    def _curves(self, alpha: Array) -> Array:
        """Return S(α) of every kept curve, shape (curves, shares)."""
        midpoint, width, floor, ceiling = self.parameters.T[:, :, None]
        return np.asarray(floor + (ceiling - floor) * expit((np.log(alpha) - midpoint) / width))


def _first_grid(alpha: Array) -> dict[str, Array]:
    """Lay the grid over all that the priors allow: ln α from three below the smallest to three."""
    return {
        "midpoint": np.linspace(np.log(alpha.min()) - 3, 3, GRID["midpoint"]),
        "width": np.geomspace(0.02, 3, GRID["width"]),
        "floor": np.linspace(0, 1, GRID["floor"]),
        "ceiling": np.linspace(0, 1, GRID["ceiling"]),
        "overdispersion": np.geomspace(1e-5, 0.5, GRID["overdispersion"]),
    }


def _zoom(
    axes: dict[str, Array], probability: Array, names: tuple[str, ...] = _CURVE
) -> dict[str, Array]:
    """Lay some axes anew around the values that hold the probability, one cell wider."""
    closer = dict(axes)
    for name in names:
        axis, position = axes[name], list(axes).index(name)
        marginal = probability.sum(axis=tuple(p for p in range(len(axes)) if p != position))
        inside = np.flatnonzero(marginal > _EDGE * marginal.max())
        low, high = axis[max(inside[0] - 1, 0)], axis[min(inside[-1] + 1, len(axis) - 1)]
        logarithmic = name in ("width", "overdispersion")
        closer[name] = (np.geomspace if logarithmic else np.linspace)(low, high, len(axis))
    return closer


def _tables(outcomes: list[Outcome], overdispersion: Array) -> dict[float, Array]:
    """Tabulate the log likelihood of all trials at each α, over S(α) and ρ.

    The likelihood depends on the curve only through S(α), so that it is computed once for each
    success in `_LOGITS` and looked up for each curve.
    """
    concentration = 1 / overdispersion - 1
    a, b = expit(_LOGITS)[:, None] * concentration, expit(-_LOGITS)[:, None] * concentration
    tables: dict[float, Array] = {}
    for outcome in outcomes:
        k, n = outcome.successes, outcome.n
        likelihood = betaln(k + a, n - k + b) - betaln(a, b)
        tables[outcome.alpha] = tables.get(outcome.alpha, 0.0) + likelihood
    return tables


def _posterior(axes: dict[str, Array], tables: dict[float, Array]) -> Array:
    """Return the posterior probability of every point of the grid."""
    midpoint, width, floor, ceiling = (
        axes[name].reshape([-1 if d == p else 1 for d in range(4)]) for p, name in enumerate(_CURVE)
    )
    total = np.zeros(tuple(len(axis) for axis in axes.values()))
    for share, table in tables.items():
        rise = expit((np.log(share) - midpoint) / width) if share > 0 else 0.0
        curve = floor + (ceiling - floor) * rise
        with np.errstate(divide="ignore"):
            position = (logit(np.clip(curve, 0, 1)) - _LOGITS[0]) / (_LOGITS[1] - _LOGITS[0])
        position = np.clip(position, 0, len(_LOGITS) - 1.001)
        below = position.astype(np.intp)
        between = (position - below)[..., None]
        total += table[below] * (1 - between) + table[below + 1] * between
    total = np.where((ceiling > floor)[..., None], total, -np.inf)
    probability = np.exp(total - total.max())
    return np.asarray(probability / probability.sum())


def _quantiles(values: Array, weights: Array, q: tuple[float, ...]) -> list[float]:
    """Return quantiles of weighted values, some of which may be infinite."""
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    places = np.searchsorted(cumulative, np.array(q) * cumulative[-1])
    return [float(values[order[min(place, len(order) - 1)]]) for place in places]
