"""The posterior of a success curve given trials, on a grid that zooms in on the probability.

A trial tells of k successes among n marked test records, around

    S(α) = floor + (ceiling − floor) · r,    r = 1 / (1 + exp(−(ln α − midpoint) / width)).

Trials at one α scatter by more than binomial noise, since other members and other seeds shift the
curve sideways: much where it is steep, little on its plateaus. So k is beta-binomial with an
overdispersion ρ · (QUIET + (1 − QUIET) · 4 r (1 − r)), counted in `criticalmass.curves.likelihood`.
The priors of the five parameters are flat: midpoint in ln α, width and ρ on a log scale, floor and
ceiling between 0 and 1.

One ρ serves the whole curve, and trials on its plateaus, often the most of them, may scatter still
less than that says: ρ comes out too small for the middle, where the critical mass is decided, and
the posterior too narrow. So the log likelihood is divided by a dispersion φ, as in quasi-likelihood
(McCullagh and Nelder, Generalized Linear Models, chapter 9): how much more trials in the middle
scatter around the mean curve than ρ says. Few trials tell little of φ: so the posterior is mixed
over what it may be, as a normal one becomes a t distribution where its variance is estimated.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from scipy.stats import chi2

from criticalmass.curves.curve import Outcome
from criticalmass.curves.likelihood import Array, Axes, Likelihood, profile

GRID = {"midpoint": 21, "width": 11, "floor": 7, "ceiling": 11, "overdispersion": 9}
"""Number of grid values a parameter."""

ZOOMS = 20
"""How often, at most, the grid is laid anew around the region that holds the probability."""

LEAST = 0.02
"""Share of the cells that is to count while the grid is being laid."""

GROWTH = 2
"""By how many cells an axis grows where the probability reaches its end."""

AS_EXPECTED = 3.0
"""So many trials are taken to have scattered as expected before any is looked at."""

DISPERSIONS = 8
"""Number of equally probable values that stand for what the dispersion may be."""

_CURVE = ("midpoint", "width", "floor", "ceiling")  # what a curve is made of
_NEGLIGIBLE = 1e-9  # posterior probability of a grid curve, relative to the best, not kept
_EDGE = 1e-5  # marginal probability, relative to its peak, below which a grid value is left out


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
        Posterior mean of ρ, the overdispersion in the middle of the curve, times the dispersion φ.
    """
    axes = _first_grid(np.array([outcome.alpha for outcome in outcomes if outcome.alpha > 0]))
    limits = {name: (axis[0], axis[-1]) for name, axis in axes.items()}
    likelihood = Likelihood(outcomes)
    dispersion = 1.0
    least = LEAST
    for _ in range(ZOOMS):
        total, _ = likelihood.over(axes, dispersion, least)
        probability = _probability(total)
        dispersion = max(1.0, _dispersion(outcomes, axes, probability)[0])
        closer = _zoom(axes, probability, limits)
        change = [np.ptp(closer[name]) / np.ptp(axes[name]) for name in _CURVE]
        axes = closer
        if min(change) > 0.7 and max(change) < 1.01:
            if not least:
                break
            least = 0.0  # the grid lies right: now as narrow as the likelihood is
    # A coarse grid misfits and takes that for overdispersion: only now can it be narrowed.
    total, _ = likelihood.over(axes, dispersion)
    axes = _zoom(axes, _probability(total), limits, ("overdispersion",))
    total, divided = likelihood.over(axes, dispersion)
    dispersion, known = _dispersion(outcomes, axes, _probability(total))
    unlikely = (np.arange(DISPERSIONS) + 0.5) / DISPERSIONS
    possible = np.maximum(1.0, dispersion * known / chi2.ppf(unlikely, known))
    probability = np.mean([_probability(total * (divided / one)) for one in possible], axis=0)
    curves = probability.sum(axis=4)
    kept = curves > _NEGLIGIBLE * curves.max()
    grid = np.meshgrid(*[axes[name] for name in _CURVE], indexing="ij")
    overdispersion = max(1.0, dispersion) * _marginal(probability, 4) @ axes["overdispersion"]
    weights = curves[kept] / curves[kept].sum()
    return np.column_stack([axis[kept] for axis in grid]), weights, min(float(overdispersion), 1.0)


def _first_grid(alpha: Array) -> Axes:
    """Lay the grid over all that the priors allow: ln α from three below the smallest to three."""
    return {
        "midpoint": np.linspace(np.log(alpha.min()) - 3, 3, GRID["midpoint"]),
        "width": np.geomspace(0.02, 3, GRID["width"]),
        "floor": np.linspace(0, 1, GRID["floor"]),
        "ceiling": np.linspace(0, 1, GRID["ceiling"]),
        "overdispersion": np.geomspace(1e-5, 0.5, GRID["overdispersion"]),
    }


def _dispersion(outcomes: list[Outcome], axes: Axes, probability: Array) -> tuple[float, float]:
    """Return φ, and the number of trials it is known from.

    It is Pearson's statistic of the mean curve in its middle, over its expectation. Trials count by
    4 r (1 − r), less one that is spent on the curve.
    """
    midpoint, width, floor, ceiling, rho = (
        float(_marginal(probability, position) @ axis)
        for position, axis in enumerate(axes.values())
    )
    alpha, successes, n = np.array([(o.alpha, o.successes, o.n) for o in outcomes if o.alpha > 0]).T
    rise = expit((np.log(alpha) - midpoint) / width)
    success = floor + (ceiling - floor) * rise
    variance = success * (1 - success) * (1 / n + rho * profile(rise))
    count = 4 * rise * (1 - rise)
    squares = count @ ((successes / n - success) ** 2 / np.maximum(variance, 1e-12))
    known = AS_EXPECTED + max(float(count.sum()) - 1, 0.0)
    return (AS_EXPECTED + float(squares)) / known, known


def _zoom(
    axes: Axes,
    probability: Array,
    limits: dict[str, tuple[float, float]],
    names: tuple[str, ...] = _CURVE,
) -> Axes:
    """Lay some axes anew around the values that hold the probability, one cell wider.

    Where these reach the end of an axis, what is beyond it may hold more: there it grows.
    """
    closer = dict(axes)
    for name in names:
        axis, position = axes[name], list(axes).index(name)
        marginal = _marginal(probability, position)
        inside = np.flatnonzero(marginal > _EDGE * marginal.max())
        more = 1 + (inside[0] == 0) * GROWTH, 1 + (inside[-1] == len(axis) - 1) * GROWTH
        cells = np.array([inside[0] - more[0], inside[-1] + more[1]])
        logarithmic = name in ("width", "overdispersion")
        if logarithmic:
            ends = axis[0] * (axis[1] / axis[0]) ** cells
        else:
            ends = axis[0] + (axis[1] - axis[0]) * cells
        low, high = np.clip(ends, *limits[name])
        closer[name] = (np.geomspace if logarithmic else np.linspace)(low, high, len(axis))
    return closer


def _marginal(probability: Array, position: int) -> Array:
    """Return the probability of each value of one axis."""
    others = tuple(other for other in range(probability.ndim) if other != position)
    return np.asarray(probability.sum(axis=others))


def _probability(total: Array) -> Array:
    """Return the probability of every point of the grid, given its log likelihood."""
    probability = np.exp(total - total.max())
    return np.asarray(probability / probability.sum())
