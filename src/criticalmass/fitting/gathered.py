"""Many trials as few: each is spread over neighbouring points of a lattice, with weights.

The log of a trial's probability, without what depends on its counts alone, is a smooth function of
ln α and of k. A polynomial through six neighbouring points of the lattice gives it anywhere
between them; so a sum over ten thousand trials is a weighted sum over some hundred points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import xlog1py, xlogy

from criticalmass.arrays import Array, Mask, Rows

SIZES = 60
"""Up to so many different shares stay as they are."""
_STENCIL = 6  # points, through which there is one polynomial


class Trials(NamedTuple):
    """Trials, or points that stand for them, shape (points,) each."""

    log_alpha: Array
    k: Array
    n: Array
    times: Array
    """How often each counts; it may be negative."""
    more: Array
    """What to add for each, times what a test record tells."""


def as_they_are(log_alpha: Array, k: Array, n: Array) -> Trials:
    """Return trials; those that tell the same count once, as often as they came."""
    same, times = np.unique(np.column_stack([log_alpha, k, n]), axis=0, return_counts=True)
    shares, successes, of = np.ascontiguousarray(same.T)
    return Trials(shares, successes, of, times.astype(float), np.zeros(len(same)))


@dataclass(frozen=True)
class Lattice:
    """How close the points are on which trials are gathered.

    Parameters
    ----------
    spacing
        Between shares, in ln α.
    errors
        Between counts, in standard errors of a rate.
    """

    spacing: float
    errors: float


def gathered(trials: Trials, lattice: Lattice) -> Trials:
    """Return points of a lattice that stand for trials; the trials if there are not more of them.

    Parameters
    ----------
    trials
        Trials of collectives.
    lattice
        How close the points are.
    """
    shares = np.unique(trials.log_alpha)
    if len(shares) > SIZES:
        count = max(_STENCIL, int(np.ceil(np.ptp(shares) / lattice.spacing)) + 1)
        shares = np.linspace(shares[0], shares[-1], min(count, len(shares)))
    pieces = []
    for n in np.unique(trials.n).tolist():
        inner = (trials.k > 0) & (trials.k < n)
        # all or none succeeded: a likelihood of another kind, smooth in α alone
        for some, counts in (
            (trials.k == 0, np.zeros(1)),
            (inner, _counts(n, lattice.errors)),
            (trials.k == n, np.full(1, n)),
        ):
            chosen = (trials.n == n) & some
            if chosen.any():
                pieces.append(_on_lattice(trials, chosen, shares, counts, n))
    points = Trials(*(np.concatenate(fields) for fields in zip(*pieces, strict=True)))
    return points if len(points.k) < len(trials.k) else trials


def _counts(n: float, errors: float) -> Array:
    """Return the lattice's counts from 1 to n − 1: whole, and the closer the nearer to an end."""
    counts = [1.0]
    while counts[-1] < n - 1:
        k = counts[-1]
        step = errors * np.sqrt(k * (n - k) / n)
        counts.append(min(k + max(1.0, np.floor(step)), n - 1))
    return np.array(counts)


def _on_lattice(trials: Trials, chosen: Mask, shares: Array, counts: Array, n: float) -> Trials:
    """Spread some trials over the lattice of shares and counts."""
    k, times = trials.k[chosen], trials.times[chosen]
    row, by_share = _spread(trials.log_alpha[chosen], shares)
    column, by_count = _spread(k, counts)
    point = row[:, :, None] * len(counts) + column[:, None, :]
    weight = times[:, None, None] * by_share[:, :, None] * by_count[:, None, :]
    total = np.zeros(len(shares) * len(counts))
    np.add.at(total, point.reshape(-1), weight.reshape(-1))
    used = np.flatnonzero(total)
    at, with_count = np.divmod(used, len(counts))
    points = Trials(
        shares[at], counts[with_count], np.full(len(used), n), total[used], np.zeros(len(used))
    )
    # the best that could explain each is no smooth function, and not spread
    points.more[0] = (points.times @ _best(points.k, n) - times @ _best(k, n)) / points.times[0]
    return points


def _best(k: Array, n: float) -> Array:
    return np.asarray(xlogy(k, k / n) + xlog1py(n - k, -k / n))


def _spread(values: Array, nodes: Array) -> tuple[Rows, Array]:
    """Return the nodes around each value and their weights, shape (values, 6): Lagrange's.

    Values that are nodes stay there, and so do all where there are too few nodes.
    """
    place = np.minimum(np.searchsorted(nodes, values), len(nodes) - 1)
    if np.array_equal(nodes[place], values):
        return place[:, None], np.ones((len(values), 1))
    size = min(_STENCIL, len(nodes))
    first = np.clip(place - size // 2, 0, len(nodes) - size)
    stencil = first[:, None] + np.arange(size)
    known = nodes[stencil]
    weights = np.ones(known.shape)
    for one in range(size):
        for other in range(size):
            if one != other:
                off = known[:, other]
                weights[:, one] *= (values - off) / (known[:, one] - off)
    return stencil, weights
