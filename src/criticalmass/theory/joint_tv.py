"""`JointCurve`: success against a firm that is wrong by ε in total variation, where it hurts.

Under Definition 2 of the paper (joint-tv) the firm is Bayes-optimal for some P' with TV(P, P') ≤ ε.
The worst P' flips the prediction at single points, each at the cost of half its margin: a knapsack
with budget ε. Its relaxation, in which points can be flipped in part, gives a certified floor; an
attack that buys points greedily gives success that a firm can really bring about.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from criticalmass.arrays import Array
from criticalmass.curves.curve import CriticalMass, checked_shares, checked_target

CLOSE = 1e-12
GRID, STEPS = 256, 60
TRIES = 4000
"""Intervals of α that are looked at before what is certain so far is returned."""


@dataclass(frozen=True, eq=False)
class JointCurve:
    """The interval that holds S(α) of a finite population in the worst case under joint-tv.

    Make one with a strategy's ``exact``, or `exact_feature_label` and its likes. ``success`` is the
    certified floor, `attacked` the upper end of the interval.

    Parameters
    ----------
    margin
        Each point's margin at α = 0 and its change per α, in records.
    weight
        Records that fail if the point is flipped.
    size
        Number of all records.
    epsilon
        Budget ε of the firm's total variation.
    still
        Records that succeed whatever the firm does (fixed points of an erasing map).
    image, image_margin
        For erasure: each point's image as a row of ``image_margin``. Flipping an image flips
        every point that leads to it.
    share
        Share of the population that can be recruited; margins count α in shares of them.

    Examples
    --------
    >>> curve = JointCurve((np.zeros(2), np.array([50.0, 50.0])), np.array([50.0, 50.0]), 100, 0.1)
    >>> float(curve.success(0.8)), float(curve.attacked(0.8))  # ε pays for half a point, so none
    (0.75, 1.0)
    """

    margin: tuple[Array, Array]
    weight: Array
    size: float
    epsilon: float
    still: float = 0.0
    image: NDArray[np.intp] | None = None
    image_margin: tuple[Array, Array] = field(default=(np.zeros(0), np.zeros(0)), repr=False)
    share: float = 1.0

    def recruited(self, share: float) -> JointCurve:
        """Return the curve of a collective drawn from this share of the population only."""
        return replace(self, share=self.share * share)

    def success(self, alpha: ArrayLike) -> Array:
        """Return a floor that S(α) is certified never to lie below."""
        return self._each(lambda share: self._floor(share, share), alpha)

    def attacked(self, alpha: ArrayLike) -> Array:
        """Return the success left by the best greedy attack; in the worst case S(α) is below."""
        return self._each(self._attack, alpha)

    def critical_mass(self, target: float) -> CriticalMass:
        """Return the smallest α from which success is certified to stay at or above the target.

        Intervals of α are certified from 1 downwards, by the least margins in each. ``low`` is the
        largest α found where the attack succeeds: the true critical mass lies between.
        """
        wanted = checked_target(target)
        floor, attack = self._certified_from(wanted), self._last_attacked(wanted)
        everybody = self._floor(1.0, 1.0)
        if (floor < 1 or everybody >= wanted - CLOSE) and floor * self.share <= 1:
            floor, attack = floor * self.share, attack * self.share
            return CriticalMass(wanted, floor, attack, floor)
        reason = f"no more than {everybody:.3g} is certain when everybody joins"
        return CriticalMass(wanted, math.nan, attack * self.share, math.inf, reason=reason)

    def _certified_from(self, target: float) -> float:
        """Return an α from which on the floor is certified to reach the target; 1 if none is."""
        waiting, certain = [(0.0, 1.0)], 1.0
        if self._floor(1.0, 1.0) < target - CLOSE:
            return 1.0
        for _ in range(TRIES):
            if not waiting:
                return 0.0
            low, high = waiting.pop()
            if self._floor(low, high) >= target - CLOSE:
                certain = low
            elif high - low <= 1e-6 * high:
                return certain
            else:
                middle = (low + high) / 2 if low >= high / 4 else high / 4
                waiting += [(low, middle), (middle, high)]
        return certain

    def _last_attacked(self, target: float) -> float:
        """Return the largest α found at which the attack leaves less than the target."""
        grid = np.unique(np.concatenate([np.geomspace(1e-9, 1, GRID), np.linspace(0, 1, GRID)[1:]]))
        below = [alpha for alpha in grid if self._attack(float(alpha)) < target - CLOSE]
        if not below or below[-1] == 1:
            return float(below[-1]) if below else 0.0
        low = float(below[-1])
        high = float(grid[np.searchsorted(grid, low) + 1])
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._attack(middle) < target - CLOSE else (low, middle)
        return low

    def _each(self, success: Callable[[float], float], alpha: ArrayLike) -> Array:
        shares = np.minimum(checked_shares(alpha) / self.share, 1.0)
        values = [success(float(share)) for share in shares.reshape(-1)]
        return np.array(values, dtype=float).reshape(shares.shape)

    def _standing(
        self, low: float, high: float
    ) -> tuple[Array, Array, NDArray[np.intp], Array, Array]:
        """Return what is up for all α in between: costs and weights of points, and of images."""
        margin, images = (
            np.minimum(start + low * change, start + high * change)
            for start, change in (self.margin, self.image_margin)
        )
        up = (margin > 0) & (self.weight > 0)
        if self.image is None:
            nothing = np.zeros(0)
            return margin[up] / 2, self.weight[up], np.zeros(0, np.intp), nothing, nothing
        up &= images[self.image] > 0
        there = self.image[up]
        loss = np.bincount(there, self.weight[up], len(images)).astype(float)
        return margin[up] / 2, self.weight[up], there, images / 2, loss

    def _floor(self, low: float, high: float) -> float:
        """Return a floor of success for all α from ``low`` to ``high``."""
        cost, weight, there, image_cost, image_loss = self._standing(low, high)
        up = weight.sum()
        if len(there):
            # A point that is dearer than its image, for what it brings, is bought with the image.
            worth = weight * image_cost[there] >= image_loss[there] * cost
            bought = image_loss > 0
            cost = np.concatenate([cost[worth], image_cost[bought]])
            weight = np.concatenate([weight[worth], image_loss[bought]])
        order = np.argsort(cost / weight, kind="stable")
        spent = np.concatenate([[0.0], np.cumsum(cost[order])])
        lost = np.concatenate([[0.0], np.cumsum(weight[order])])
        most = min(float(np.interp(self.epsilon * self.size, spent, lost)), up)
        return float((self.still + up - most) / self.size)

    def _attack(self, alpha: float) -> float:
        cost, weight, there, image_cost, image_loss = self._standing(alpha, alpha)
        budget, bought = self.epsilon * self.size, np.flatnonzero(image_loss)
        attacks = [(_greedy(cost, weight, budget), np.zeros(0, np.intp))]
        if len(there):
            both = _greedy(
                np.concatenate([cost, image_cost[bought]]),
                np.concatenate([weight, image_loss[bought]]),
                budget,
            )
            attacks.append((both[: len(cost)], bought[both[len(cost) :]]))
        for costs, losses, rows in ((cost, weight, None), (image_cost, image_loss, bought)):
            paid = np.flatnonzero((costs <= budget) & (losses > 0))
            if len(paid):
                one = paid[losses[paid].argmax()]
                alone = (np.arange(len(cost)) == one) & (rows is None)
                attacks.append((alone, np.array([one] if rows is not None else [], np.intp)))
        return min(self._remaining(weight, there, *attack) for attack in attacks)

    def _remaining(
        self,
        weight: Array,
        there: NDArray[np.intp],
        points: NDArray[np.bool_],
        images: NDArray[np.intp],
    ) -> float:
        """Return success after an attack; points that failed may agree with a flipped image."""
        down = points | np.isin(there, images) if len(there) else points
        rescued = 0.0
        if self.image is not None and len(images):
            fibre = np.isin(self.image, images)
            rescued = float(self.weight[fibre].sum() - weight[np.isin(there, images)].sum())
        return float((self.still + weight[~down].sum() + rescued) / self.size)


def _greedy(cost: Array, value: Array, budget: float) -> NDArray[np.bool_]:
    """Buy the cheapest for what they bring first, skipping what the budget no longer pays."""
    taken = np.zeros(len(cost), dtype=bool)
    left = np.argsort(cost / value, kind="stable")
    for _ in range(STEPS):  # each round buys a run of points and skips one that is too dear
        left = left[cost[left] <= budget]
        spent = np.cumsum(cost[left])
        run = int(np.searchsorted(spent, budget, side="right"))
        if not run:
            break
        taken[left[:run]] = True
        budget -= float(spent[run - 1])
        left = left[run:]
    return taken
