"""The log likelihood of success curves given trials, at the cells of a grid that can matter.

A grid has five axes: midpoint, width, floor, ceiling and overdispersion ρ. Most of its cells are
far too improbable to be told from zero, and are let go of as soon as no outcome that is still to be
counted could bring them back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit

from criticalmass.curves.curve import Outcome

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Axes = dict[str, Array]
"""Grid values of midpoint, width, floor, ceiling and overdispersion, in this order."""

QUIET = 0.3
"""Overdispersion on the plateaus, as a share of that in the middle of the curve.

Trained models on the made-up profiles have a twentieth to a fifth; more is assumed, so that success
that is not exactly S-shaped does not make the interval too narrow (`benchmarks/coverage.py`).
"""

FAR = 25.0
"""Cells so much below the best in log likelihood are left out: 1e-11 of its probability."""

_EVERY = 37  # one cell in so many gives a first idea of the best
_ROUNDS = 5  # shares α are gone through in so many rounds, each over the whole range
_PRUNE = 0.8  # arrays are made shorter once less than this of them is left

_LOGITS = np.linspace(-10, 10, 1001)  # log-odds of S at which a trial's likelihood is tabulated
_LOG_RHO = np.linspace(np.log(1e-6), np.log(0.5), 40)  # and log overdispersions
_CONCENTRATION = np.exp(-_LOG_RHO) - 1
_A = expit(_LOGITS)[:, None] * _CONCENTRATION
_B = expit(-_LOGITS)[:, None] * _CONCENTRATION
_PRIOR = gammaln(_A) + gammaln(_B) - gammaln(_CONCENTRATION)


class Likelihood:
    """The log likelihood of trials, tabulated for each share α.

    It depends on the curve only through S(α) and the overdispersion there, so that it is computed
    once over both and looked up for each curve.

    Parameters
    ----------
    outcomes
        One a trial.
    """

    def __init__(self, outcomes: list[Outcome]) -> None:
        tables: dict[float, Array] = {}
        for outcome in outcomes:
            k, n = outcome.successes, outcome.n
            table = gammaln(k + _A) + gammaln(n - k + _B) - gammaln(n + _CONCENTRATION) - _PRIOR
            tables[outcome.alpha] = tables.get(outcome.alpha, 0.0) + table
        shares = sorted(tables)
        shares = [share for first in range(_ROUNDS) for share in shares[first::_ROUNDS]]
        self._tables = [tables[share].reshape(-1) for share in shares]
        self._peaks = np.array([tables[share].max(axis=0) for share in shares])
        with np.errstate(divide="ignore"):
            self._log_shares = np.log(np.array(shares))

    def over(self, axes: Axes, dispersion: float = 1.0, least: float = 0.0) -> tuple[Array, float]:
        """Return the log likelihood at every cell of a grid, −∞ where it is negligible.

        It is divided by the dispersion. A likelihood much narrower than the cells of the grid would
        let only the one cell count that happens to lie nearest: so it is divided by more, and that
        is returned too, until at least a share of the cells counts.
        """
        grid = _Grid(axes, self._log_shares, self._peaks)
        _, some = self._at(grid, grid.rising[::_EVERY], -np.inf)
        far = FAR * dispersion
        if least:
            far = max(far, some.max() - np.quantile(some, 1 - least))
        cells, total = self._at(grid, grid.rising, some.max() - far)
        everywhere = np.full([len(axis) for axis in axes.values()], -np.inf)
        everywhere.reshape(-1)[cells] = total * (FAR / far)
        return everywhere, far / FAR

    def _at(self, grid: _Grid, cells: Indices, bar: float) -> tuple[Indices, Array]:
        """Return those of some cells that may come above a bar, with their log likelihood."""
        total = np.zeros(len(cells))
        level, bend, curve, scatter = grid.parts(cells)
        for number, table in enumerate(self._tables):
            success = grid.floor[level] + grid.span[level] * grid.rise[number][bend]
            with np.errstate(divide="ignore"):
                row, down = _between(_LOGITS, logit(np.minimum(success, 1)))
            at = (row * len(_LOG_RHO)).take(curve) + grid.column[number].take(scatter)
            across = grid.across[number].take(scatter)
            upper = _mixed(table.take(at), table.take(at + 1), across)
            at += len(_LOG_RHO)
            lower = _mixed(table.take(at), table.take(at + 1), across)
            total += _mixed(upper, lower, down.take(curve))
            alive = total + grid.left[number].take(scatter) > bar
            if alive.mean() < _PRUNE:
                cells, total = cells[alive], total[alive]
                level, bend, curve, scatter = grid.parts(cells)
        return cells, total


class _Grid:
    """What cells have in common: a bend is a midpoint and a width, a level a floor and a ceiling.

    A curve is a bend and a level; at each share its overdispersion depends on the bend and ρ alone.
    """

    def __init__(self, axes: Axes, log_shares: Array, peaks: Array) -> None:
        midpoint, width, floor, ceiling, rho = axes.values()
        rise = expit((log_shares[:, None, None] - midpoint[:, None]) / width)
        self.rise = rise.reshape(len(log_shares), -1)  # shape (shares, bends)
        self.floor, top = (
            level.reshape(-1) for level in np.meshgrid(floor, ceiling, indexing="ij")
        )
        self.span = top - self.floor
        self._shape = len(midpoint) * len(width), len(self.span), len(rho)

        scatter = np.log(profile(self.rise))
        column, across = _between(_LOG_RHO, scatter[..., None] + np.log(rho))
        share = np.arange(len(log_shares))[:, None, None]
        most = _mixed(peaks[share, column], peaks[share, column + 1], across)
        gains = np.cumsum(most[::-1], axis=0)[::-1]  # of this share and those still to come
        flat = len(log_shares), -1  # a pair of bend and ρ
        self.column, self.across = column.reshape(flat), across.reshape(flat)
        self.left = np.concatenate([gains[1:], np.zeros((1, *gains.shape[1:]))]).reshape(flat)

    @property
    def rising(self) -> Indices:
        """Cells whose ceiling is above the floor."""
        cells = np.arange(np.prod(self._shape)).reshape(self._shape)
        return np.asarray(cells[:, self.span > 0].reshape(-1))

    def parts(self, cells: Indices) -> tuple[Indices, Indices, Indices, Indices]:
        """Return levels and bends of the curves of cells in ascending order; then of each cell its
        curve, as a place in those, and its pair of bend and ρ.
        """
        _, levels, rhos = self._shape
        number, rho = np.divmod(cells, rhos)
        new = np.append(True, np.diff(number) > 0)
        bends, level = np.divmod(number[new], levels)
        curve = np.cumsum(new) - 1
        return level, bends, curve, bends[curve] * rhos + rho


def profile(rise: Array) -> Array:
    """Return the overdispersion so far up the curve, relative to that in its middle."""
    return QUIET + (1 - QUIET) * 4 * rise * (1 - rise)


def _mixed(one: Array, two: Array, share: Array) -> Array:
    """Return what lies so far from one to two, in place of both."""
    two -= one
    two *= share
    two += one
    return two


def _between(axis: Array, values: Array) -> tuple[Indices, Array]:
    """Return the cell of an even axis that each value is in, and how far into it."""
    position = np.clip((values - axis[0]) / (axis[1] - axis[0]), 0, len(axis) - 1.001)
    cell = position.astype(np.intp)
    return cell, position - cell
