"""A cubic polynomial that stands for a log likelihood near some particles, which costs little."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from scipy.special import expit

from criticalmass.arrays import Array

DEGREE = 3
FAR = 4.0
"""So many standard deviations from the particles a polynomial tells nothing any more: it stays as
it is there, and falls as a normal density does."""
_LEVELS = [2, 3]  # given in log-odds, in which a level that hardly matters has a long, bent tail
_UNLIKELY = 1e-3  # the least weight, as a part of the largest


class StandIn:
    """What stands for a log likelihood of particles, fitted to it by weighted least squares.

    Parameters
    ----------
    particles
        As of `criticalmass.fitting.posterior`, shape (particles, 6).
    values
        The log likelihood of each.
    weights
        How much each matters, not all 0.

    Examples
    --------
    >>> particles = np.random.default_rng(0).normal(size=(512, 6))
    >>> near = StandIn(particles, -(particles[:, 0] ** 2), np.ones(512))
    >>> near(np.array([[0.5, 0, 0, 0, 0, 0], [0.1, 1, 0, 0, 0, 1]])).round(6).tolist()
    [-0.25, -0.01]
    """

    def __init__(self, particles: Array, values: Array, weights: Array) -> None:
        places = _places(particles)
        weights = np.maximum(weights / weights.max(), _UNLIKELY)
        self._middle = weights @ places / weights.sum()
        off = places - self._middle
        spread = off.T @ (off * (weights / weights.sum())[:, None])
        spread += np.diag(1e-9 * spread.diagonal() + 1e-18)  # where two numbers go together
        self._whiten = np.linalg.inv(np.linalg.cholesky(spread)).T
        terms = _terms(off @ self._whiten)
        weighted = terms.T * weights
        squares = weighted @ terms
        squares += 1e-9 * np.diag(squares.diagonal() + 1)  # and where particles are alike
        self._top = values.max()
        self._factors = np.linalg.solve(squares, weighted @ (values - self._top))

    def __call__(self, particles: Array) -> Array:
        """Return what stands for the log likelihood of particles."""
        white = (_places(particles) - self._middle) @ self._whiten
        distance = np.sqrt((white**2).sum(axis=1))
        white *= np.minimum(1, FAR / np.maximum(distance, FAR))[:, None]
        beyond = np.maximum(distance, FAR) ** 2 - FAR**2
        return np.asarray(self._top + _terms(white) @ self._factors - beyond / 2)


def _places(particles: Array) -> Array:
    """Return particles with their levels as chances."""
    places = particles.copy()
    places[:, _LEVELS] = expit(places[:, _LEVELS])
    return places


def _terms(white: Array) -> Array:
    """Return the products of up to `DEGREE` of each row's numbers, shape (rows, terms)."""
    columns: dict[tuple[int, ...], Array] = {(): np.ones(len(white))}
    for degree in range(1, DEGREE + 1):
        for chosen in combinations_with_replacement(range(white.shape[1]), degree):
            columns[chosen] = columns[chosen[:-1]] * white[:, chosen[-1]]
    return np.column_stack(list(columns.values()))
