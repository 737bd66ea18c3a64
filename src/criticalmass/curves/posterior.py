"""The posterior of a success curve given trials, on a grid that zooms in on the probability.

A trial tells of k successes among n marked test records, around

    S(α) = floor + (ceiling − floor) · r,    r = 1 / (1 + exp(−(ln α − midpoint) / width)).

Trials at one α scatter by more than binomial noise, since other members and other seeds shift the
curve sideways: much where it is steep, little on its plateaus. So k is beta-binomial with an
overdispersion ρ · (QUIET + (1 − QUIET) · 4 r (1 − r)). The priors of the five parameters are flat:
midpoint in ln α, width and ρ on a log scale, floor and ceiling between 0 and 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit, logit

from criticalmass.curves.curve import Outcome

Array = NDArray[np.float64]

GRID = {"midpoint": 21, "width": 11, "floor": 7, "ceiling": 11, "overdispersion": 9}
"""Number of grid values a parameter."""

ZOOMS = 8
"""How often, at most, the grid is laid anew around the region that holds the probability."""

QUIET = 0.3
"""Overdispersion on the plateaus, as a share of that in the middle of the curve.

Trained models on the made-up profiles have a twentieth to a fifth; more is assumed, so that success
that is not exactly S-shaped does not make the interval too narrow (`benchmarks/coverage.py`).
"""

_CURVE = ("midpoint", "width", "floor", "ceiling")  # what a curve is made of
_NEGLIGIBLE = 1e-9  # posterior probability of a grid curve, relative to the best, not kept
_EDGE = 1e-5  # marginal probability, relative to its peak, below which a grid value is left out
_LOGITS = np.linspace(-10, 10, 1001)  # log-odds of S at which a trial's likelihood is tabulated
_LOG_RHO = np.linspace(np.log(1e-6), np.log(0.5), 40)  # and log overdispersions


def curve_posterior(outcomes: list[Outcome]) -> tuple[Array, Array, float]:
    """Compute the posterior of the curve.

    Parameters
    ----------
    outcomes
        One a trial; an outcome at α = 0 informs the floor alone.

    Returns
    -------
    parameters : ndarray, shape (curves, 4)
        Midpoint, width, floor and ceiling of every curve of the grid that is worth keeping.
    weights : ndarray, shape (curves,)
        Their posterior probabilities, adding up to 1.
    overdispersion : float
        Posterior mean of ρ, the overdispersion in the middle of the curve.
    """
    axes = _first_grid(np.array([outcome.alpha for outcome in outcomes if outcome.alpha > 0]))
    tables = _tables(outcomes)
    for _ in range(ZOOMS):
        closer = _zoom(axes, _posterior(axes, tables))
        shrunk = min(np.ptp(closer[name]) / np.ptp(axes[name]) for name in _CURVE)
        axes = closer
        if shrunk > 0.7:
            break
    # A coarse grid misfits and takes that for overdispersion: only now can it be narrowed.
    axes = _zoom(axes, _posterior(axes, tables), ("overdispersion",))
    probability = _posterior(axes, tables)
    curves = probability.sum(axis=4)
    kept = curves > _NEGLIGIBLE * curves.max()
    grid = np.meshgrid(*[axes[name] for name in _CURVE], indexing="ij")
    overdispersion = probability.sum(axis=(0, 1, 2, 3)) @ axes["overdispersion"]
    weights = curves[kept] / curves[kept].sum()
    return np.column_stack([axis[kept] for axis in grid]), weights, float(overdispersion)


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


def _tables(outcomes: list[Outcome]) -> dict[float, Array]:
    """Tabulate the log likelihood of all trials at each α, over `_LOGITS` and `_LOG_RHO`.

    The likelihood depends on the curve only through S(α) and the overdispersion there, so that it
    is computed once and looked up for each curve.
    """
    concentration = np.exp(-_LOG_RHO) - 1
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
    log_rho = np.log(axes["overdispersion"])
    total = np.zeros(tuple(len(axis) for axis in axes.values()))
    for share, table in tables.items():
        rise = expit((np.log(share) - midpoint) / width) if share > 0 else np.zeros((1,) * 4)
        success = np.clip(floor + (ceiling - floor) * rise, 0, 1)
        scatter = np.log(QUIET + (1 - QUIET) * 4 * rise * (1 - rise))
        with np.errstate(divide="ignore"):
            row, down = _between(_LOGITS, logit(success)[..., None])
        column, across = _between(_LOG_RHO, scatter[..., None] + log_rho)
        at = row * len(_LOG_RHO) + column
        cells = table.reshape(-1)
        upper = _mixed(cells.take(at), cells.take(at + 1), across)
        at += len(_LOG_RHO)
        lower = _mixed(cells.take(at), cells.take(at + 1), across)
        total += _mixed(upper, lower, down)
    total = np.where((ceiling > floor)[..., None], total, -np.inf)
    probability = np.exp(total - total.max())
    return np.asarray(probability / probability.sum())


def _mixed(one: Array, two: Array, share: Array) -> Array:
    """Return what lies so far from one to two, in place of both."""
    two -= one
    two *= share
    two += one
    return two


def _between(axis: Array, values: Array) -> tuple[NDArray[np.intp], Array]:
    """Return the cell of an even axis that each value is in, and how far into it."""
    position = np.clip((values - axis[0]) / (axis[1] - axis[0]), 0, len(axis) - 1.001)
    cell = position.astype(np.intp)
    return cell, position - cell
