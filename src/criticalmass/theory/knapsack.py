"""The most weight that a budget buys: a 0/1 knapsack, exactly where it is small enough."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from criticalmass.arrays import Array, Mask, Rows
from criticalmass.errors import ParameterError

MOST_WORK = 5_000_000
"""Steps of the dynamic programme beyond which a relaxation takes its place."""


class Frontier(NamedTuple):
    """What can be bought: ascending costs, and the most weight that each of them buys.

    ``exact`` says whether that is so; otherwise no budget buys more, and the weight of one item is
    the most that it buys less.
    """

    cost: Array
    weight: Array
    exact: bool


def frontier(cost: ArrayLike, weight: ArrayLike) -> Frontier:
    """Return the best purchases of every budget at once.

    Items are added one by one; of all purchases those stay that cost less, or weigh more, than any
    other (Nemhauser and Ullmann 1969). Where these become too many, items are bought by weight per
    cost, each counting in full as soon as the one before is paid: the relaxation, rounded up.

    Parameters
    ----------
    cost, weight
        Of each item, (items,); finite and not negative.

    Examples
    --------
    >>> costs, weights, exact = frontier([3, 1, 2], [4, 1, 2])
    >>> costs.tolist(), weights.tolist(), exact
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 7.0], True)
    """
    costs, weights, order = _items(cost, weight)
    free = float(weights[costs == 0].sum())
    spent, got, work = np.zeros(1), np.array([free]), 0
    for item in order:
        work += len(spent)
        if work > MOST_WORK:
            return _relaxed(costs[order], weights[order], free)
        spent, got, _, _ = _with_item(spent, got, costs[item], weights[item])
    return Frontier(spent, got, exact=True)


def chosen(cost: ArrayLike, weight: ArrayLike, budget: float) -> Mask:
    """Return the items that weigh most together among those that a budget buys, (items,).

    Where that is too much work, it is the better of a greedy purchase and a single item.

    Examples
    --------
    >>> chosen([3, 1, 2], [4, 1, 2], budget=3).tolist()
    [True, False, False]
    """
    costs, weights, order = _items(cost, weight)
    taken: Mask = np.equal(costs, 0)
    order = order[costs[order] <= budget]
    spent, got, work = np.zeros(1), np.zeros(1), 0
    history: list[tuple[Rows, Mask]] = []
    for item in order:
        work += len(spent)
        if work > MOST_WORK:
            return _greedy(costs, weights, order, taken, budget)
        spent, got, before, added = _with_item(spent, got, costs[item], weights[item], budget)
        history.append((before, added))
    place = len(spent) - 1
    for item, (before, added) in zip(order[::-1], reversed(history), strict=True):
        taken[item] |= added[place]
        place = int(before[place])
    return taken


def _items(cost: ArrayLike, weight: ArrayLike) -> tuple[Array, Array, Rows]:
    """Return costs and weights, and the items that cost and weigh something, the best first."""
    costs, weights = np.asarray(cost, dtype=float), np.asarray(weight, dtype=float)
    if costs.ndim != 1 or costs.shape != weights.shape:
        raise ParameterError("cost and weight have one number for each item")
    for numbers in (costs, weights):
        if not np.all((numbers >= 0) & (numbers < np.inf)):
            raise ParameterError("costs and weights are finite and not negative")
    dear = np.flatnonzero((costs > 0) & (weights > 0))
    return costs, weights, dear[np.argsort(costs[dear] / weights[dear], kind="stable")]


def _with_item(
    spent: Array, got: Array, cost: float, weight: float, budget: float = np.inf
) -> tuple[Array, Array, Rows, Mask]:
    """Return the purchases with one more item on offer, and of each where it came from."""
    number = np.arange(len(spent))
    before = np.concatenate([number, number])
    added = np.repeat([False, True], len(spent))
    costs, weights = np.concatenate([spent, spent + cost]), np.concatenate([got, got + weight])
    order = np.lexsort((-weights, costs))
    order = order[costs[order] <= budget]
    best = np.maximum.accumulate(weights[order])
    more = np.concatenate([[True], best[1:] > best[:-1]])
    kept = order[more]
    return costs[kept], weights[kept], before[kept], added[kept]


def _relaxed(costs: Array, weights: Array, free: float) -> Frontier:
    """Return what no budget exceeds, of items in the order of their weight per cost."""
    begun = np.concatenate([[0.0], np.cumsum(costs)[:-1]])
    return Frontier(begun, free + np.cumsum(weights), exact=False)


def _greedy(costs: Array, weights: Array, order: Rows, taken: Mask, budget: float) -> Mask:
    """Return a good purchase: item by item while it can be paid, or the heaviest one alone."""
    bought, left = taken.copy(), budget
    for item in order:
        if costs[item] <= left:
            bought[item], left = True, left - costs[item]
    heaviest = order[weights[order].argmax()]
    if weights[heaviest] > weights[bought & ~taken].sum():
        bought = taken.copy()
        bought[heaviest] = True
    return bought
