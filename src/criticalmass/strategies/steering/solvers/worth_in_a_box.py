"""Which records in a box are worth most, at the prices that a linear programme gives gradients.

Records of one outcome y and one predictor η have the same slope μ(η) − y, so the best of them is
the one in the box with w·x + b = η whose price λ·x is highest, or lowest where the slope is
negative. That is a knapsack whose things can be divided: numbers move from one wall to the other in
the order of λ/w, one after the other. So all best records lie on a path of a few straight lines,
and the search for the best predictor is one in a single number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array
from criticalmass.risks.risk import Risk
from criticalmass.strategies.steering.allowed_records import Groups

BETWEEN = 8
"""So many predictors are looked at between two neighbours of the grid."""
NARROWER = 40
"""Every interval with a maximum is made narrower so often, by the golden section."""
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class Path:
    """The highest price λ·x of the records in a box, by predictor: straight between corners.

    Parameters
    ----------
    eta
        The predictors at the corners, ascending, (corners,).
    price
        λ·x there, (corners,).
    """

    eta: Array
    price: Array

    @classmethod
    def highest(cls, theta: Array, prices: Array, low: Array, high: Array) -> Path:
        """Return the path for a model's weights and constant θ, and prices λ of the numbers.

        Examples
        --------
        >>> path = Path.highest(np.array([1.0, 2.0, 0.0]), np.array([3.0, 1.0]),
        ...                     np.zeros(2), np.ones(2))
        >>> path.eta.tolist(), path.price.tolist()
        ([0.0, 1.0, 3.0], [0.0, 3.0, 4.0])
        """
        d = len(low)
        weights, constant = theta[:d], theta[d] if len(theta) > d else 0.0
        moves = weights != 0
        start = np.where(moves, np.where(weights > 0, low, high), np.where(prices > 0, high, low))
        w, price = weights[moves], prices[moves]
        first = np.argsort(-price / w, kind="stable")
        length = (np.abs(w) * (high - low)[moves])[first]
        gained = (price * np.sign(w) * (high - low)[moves])[first]
        eta = float(start @ weights) + constant + np.append(0.0, np.cumsum(length))
        return cls(eta, float(start @ prices) + np.append(0.0, np.cumsum(gained)))

    def at(self, eta: Array) -> Array:
        """Return the highest price at these predictors."""
        return np.interp(eta, self.eta, self.price)


def most_worth(
    risk: Risk,
    theta: Array,
    *,
    groups: Groups,
    replaced: Array,
    low: Array,
    high: Array,
    grid: Array,
    prices: Array,
    limits: Array,
) -> tuple[Array, Array]:
    """Return the kinds of records in a box that are worth more than any others near them.

    A kind's worth is by how much a share of the population that reports it, were it 1, would lower
    the share α of members; kinds in use are worth 0, and at the optimum none is worth more.

    Parameters
    ----------
    risk, theta, groups, replaced, low, high
        As in `criticalmass.strategies.steering.solvers.records_in_a_box.cheapest_in_box`.
    grid
        Predictors from the lowest that is allowed to the highest, ascending.
    prices, limits
        The prices of the gradient's components, (p,), and of the groups' limits, (L,).

    Returns
    -------
    kinds, worth
        Predictors and numbers of outcomes, (m, 2), and what they are worth, (m,).
    """
    d = len(low)
    upper = Path.highest(theta, prices[:d], low, high)
    lower = Path.highest(theta, -prices[:d], low, high)
    constant = prices[d] if risk.intercept else 0.0
    corners = np.concatenate([grid, upper.eta, lower.eta])
    corners = np.unique(corners[(corners >= grid[0]) & (corners <= grid[-1])])
    parts = np.linspace(0, 1, BETWEEN, endpoint=False)
    tried = np.append((corners[:-1, None] + np.diff(corners)[:, None] * parts).ravel(), corners[-1])
    found, worths = [], []
    for number, group in enumerate(groups.of_outcome):
        y = groups.outcomes[number, 0]
        fixed = prices @ (risk.penalty(theta, d) - replaced[group]) + limits[group]

        def worth(eta: Array, y: float = y, fixed: float = fixed) -> Array:
            slope = risk.law.mean(eta[:, None])[:, 0] - y
            price = np.where(slope > 0, upper.at(eta), -lower.at(eta))
            return np.asarray(slope * (price + constant) + fixed)

        values = np.concatenate([[-np.inf], worth(tried), [-np.inf]])
        peaks = np.flatnonzero((values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:]))
        below, above = np.maximum(peaks - 1, 0), np.minimum(peaks + 1, len(tried) - 1)
        eta = _highest(worth, tried[below], tried[peaks], tried[above])
        found.append(np.column_stack([eta, np.full(len(eta), float(number))]))
        worths.append(worth(eta))
    return np.concatenate(found), np.concatenate(worths)


def _highest(worth: Callable[[Array], Array], left: Array, middle: Array, right: Array) -> Array:
    """Return where a function is highest in each interval, not lower than at ``middle``."""
    best, most = middle, worth(middle)
    for _ in range(NARROWER):
        ends = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
        first, second = worth(ends[0]), worth(ends[1])
        higher, tried = np.where(first > second, ends[0], ends[1]), np.maximum(first, second)
        best, most = np.where(tried > most, higher, best), np.maximum(tried, most)
        left = np.where(first > second, left, ends[0])
        right = np.where(first > second, ends[1], right)
    return best
