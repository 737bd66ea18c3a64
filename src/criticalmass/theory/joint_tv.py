"""`JointCurve`: success against a firm that is wrong by ε in total variation, where it hurts.

Under Definition 2 of the paper (joint-tv) the firm is Bayes-optimal for some P' with TV(P, P') ≤ ε.
The worst P' flips the prediction at single points, each at the cost of half its margin: a knapsack
with budget ε. Its relaxation, in which points can be flipped in part, gives a certified floor; an
attack that buys points greedily gives success that a firm can really bring about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Mask, Rows
from criticalmass.curves import CriticalMass, SuccessCurve, Unreached, Why
from criticalmass.curves.curve import checked_shares, checked_target

CLOSE = 1e-12
GRID, STEPS = 256, 60
TRIES = 4000
"""Intervals of α that are looked at before what is certain so far is returned."""


@dataclass(frozen=True, eq=False, repr=False)
class JointCurve(SuccessCurve):
    """The interval that holds S(α) of a finite population in the worst case under joint-tv.

    Make one with a strategy's ``exact``, or `exact_feature_label` and its likes. ``success`` is the
    certified floor, `attacked` the upper end of the interval.

    Parameters
    ----------
    margin
        Each point's margin at α = 0 and its change per α, in records; (points,), or by rival,
        (points, rivals), where another one may be the strongest at another α.
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
    whole
        Whether the floor leaves out points that cost more than all of ε, which nobody can flip:
        it is then higher where there are few points.

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
    image: Rows | None = None
    image_margin: tuple[Array, Array] = field(default=(np.zeros(0), np.zeros(0)), repr=False)
    share: float = 1.0
    whole: bool = False

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
        target = checked_target(target)
        floor, attack = self._certified_from(target), self._last_attacked(target)
        everybody = self._floor(1.0, 1.0)
        if (floor < 1 or everybody >= target - CLOSE) and floor * self.share <= 1:
            floor, attack = floor * self.share, attack * self.share
            return CriticalMass(target, floor, attack, floor)
        reason = Unreached(Why.NOT_CERTAIN, {"everybody": everybody})
        return CriticalMass.unreached(target, reason, low=attack * self.share)

    def _certified_from(self, target: float) -> float:
        """Return an α from which the floor is certified to reach the target; 1 if none is."""
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
        given = checked_shares(alpha)
        shares = np.minimum(given / self.share, 1.0) if self.share else np.zeros_like(given)
        values = [success(float(share)) for share in shares.reshape(-1)]
        return np.array(values, dtype=float).reshape(shares.shape)

    def _standing(self, low: float, high: float) -> _Standing:
        """Return the points that stand for all α in between, by their least margins."""
        margin, image_margin = (
            _least(np.minimum(start + low * change, start + high * change))
            for start, change in (self.margin, self.image_margin)
        )
        up = (margin > 0) & (self.weight > 0)
        if self.image is None:
            nothing = np.zeros(0)
            return _Standing(margin[up] / 2, self.weight[up], None, nothing, nothing)
        up &= image_margin[self.image] > 0
        image = self.image[up]
        loss = np.bincount(image, self.weight[up], len(image_margin)).astype(float)
        return _Standing(margin[up] / 2, self.weight[up], image, image_margin / 2, loss)

    def _floor(self, low: float, high: float) -> float:
        """Return a floor of success for all α from ``low`` to ``high``."""
        points = self._standing(low, high)
        cost, weight = points.cost, points.weight
        up, budget = weight.sum(), self.epsilon * self.size
        most = budget + CLOSE * self.size if self.whole else np.inf

        # images, too, can be flipped, with all points that they take along
        if points.image is not None and len(points.image):
            # a point that is dearer than its image, for what it brings, is bought with the image
            by_image = points.image_cost[points.image], points.image_loss[points.image]
            alone = (weight * by_image[0] >= by_image[1] * cost) | (by_image[0] > most)
            bought = points.image_loss > 0
            cost = np.concatenate([cost[alone], points.image_cost[bought]])
            weight = np.concatenate([weight[alone], points.image_loss[bought]])

        # what is too dear is not bought; rounding does not decide it
        weight, cost = weight[cost <= most], cost[cost <= most]

        # the relaxed knapsack: the cheapest for what they bring first, the last in part
        order = np.argsort(cost / weight, kind="stable")
        spent = np.concatenate([[0.0], np.cumsum(cost[order])])
        lost = np.concatenate([[0.0], np.cumsum(weight[order])])
        flipped = min(float(np.interp(budget, spent, lost)), up)
        return float((self.still + up - flipped) / self.size)

    def _attack(self, alpha: float) -> float:
        """Return the success that the best of a few attacks leaves."""
        points = self._standing(alpha, alpha)
        cost, weight, budget = points.cost, points.weight, self.epsilon * self.size
        no_points, no_images = np.zeros(len(cost), dtype=bool), np.zeros(0, np.intp)
        images = np.flatnonzero(points.image_loss)

        # points only, greedily
        attacks = [(_greedy(cost, weight, budget), no_images)]

        # points and images, greedily
        if points.image is not None and len(points.image):
            both = _greedy(
                np.concatenate([cost, points.image_cost[images]]),
                np.concatenate([weight, points.image_loss[images]]),
                budget,
            )
            attacks.append((both[: len(cost)], images[both[len(cost) :]]))

        # the one point, or the one image, that costs most people
        if (point := _dearest_loss(cost, weight, budget)) is not None:
            attacks.append((np.arange(len(cost)) == point, no_images))
        if (image := _dearest_loss(points.image_cost, points.image_loss, budget)) is not None:
            attacks.append((no_points, np.array([image], np.intp)))
        return min(self._remaining(points, *attack) for attack in attacks)

    def _remaining(self, points: _Standing, flipped: Mask, flipped_images: Rows) -> float:
        """Return success after an attack; points that failed may agree with a flipped image."""
        if points.image is None or self.image is None:
            return float((self.still + points.weight[~flipped].sum()) / self.size)
        along = np.isin(points.image, flipped_images)
        stand = points.weight[~(flipped | along)].sum()
        rescued = 0.0
        if len(flipped_images):
            led = np.isin(self.image, flipped_images)
            rescued = float(self.weight[led].sum() - points.weight[along].sum())
        return float((self.still + stand + rescued) / self.size)


class _Standing(NamedTuple):
    """The points where the firm predicts what the collective wants, and what flips cost.

    Costs are in records of ε, weights and losses in records that then fail; both by point. For
    erasure also: the row of each point's image, and cost and loss by image.
    """

    cost: Array
    weight: Array
    image: Rows | None
    image_cost: Array
    image_loss: Array


def _least(margin: Array) -> Array:
    """Return the margin against the strongest rival: it is concave in α, so ends bound it."""
    return margin if margin.ndim == 1 else np.asarray(margin.min(axis=1))


def _dearest_loss(cost: Array, loss: Array, budget: float) -> int | None:
    """Return the row that loses most among the flips within the budget; None if there is none."""
    paid = np.flatnonzero((cost <= budget) & (loss > 0))
    return int(paid[loss[paid].argmax()]) if len(paid) else None


def _greedy(cost: Array, value: Array, budget: float) -> Mask:
    """Return the rows bought greedily: always the cheapest for its worth that can be paid."""
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
