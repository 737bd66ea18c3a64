"""From shares to people: which member reports which record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from criticalmass.risk import Sample
from criticalmass.strategies.allowed import Allowed
from criticalmass.strategies.bounded import polish
from criticalmass.strategies.neutralizing import Neutralizing

Array = NDArray[np.float64]

TRIED = 8000
"""Records that exist, besides those of the distribution, that may fill what rounding leaves."""
SPARE = (0.05, 0.15, 0.4, 1.0)
"""So much more than shares would acts, tried in turn: whole people cannot be divided, and those who
act may happen to be those whose own records pulled the right way."""
FEW = 20
"""Where shares would do with hardly anybody, spare people are counted from here."""
PARTS, APART = 4, 0.02
"""People who play one kind of record are told apart into so many, by this part of the box."""
EXCHANGES = 3
"""How often every filled record is reconsidered."""


def actors(
    plan: Neutralizing,
    allowed: Allowed,
    group_of_member: NDArray[np.intp],
    people: int,
    spare: float,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Choose which of the members' records change: positions among the members, ascending.

    Parameters
    ----------
    plan
        What they play.
    allowed
        A member holds some consecutive records, of which not all may change.
    group_of_member
        Each record's group, (m,).
    people
        Size of the population.
    spare
        How many more act than shares need, as a part of those, if there are.
    rng
        Source of randomness.
    """
    m = len(group_of_member)
    part = min(1.0, m / people / plan.mass) if plan.mass > 0 else 1.0
    able = np.ones(m, dtype=bool)
    if allowed.holds > 1:
        block = np.arange(m) // allowed.holds
        rank = np.empty(m, dtype=int)
        order = np.lexsort((rng.random(m), block))
        first = np.searchsorted(block, block)
        rank[order] = np.arange(m)
        able = rank - first < allowed.changes
    chosen = []
    for group, used in enumerate(plan.used):
        there = np.flatnonzero(able & (group_of_member == group))
        exact = part * used * people
        more = spare * (exact + FEW) if part == 1 and used > 0 else 0.0
        wanted = int(np.ceil(exact + more - 1e-9))
        chosen.append(rng.permutation(there)[: min(wanted, len(there))])
    return np.sort(np.concatenate(chosen))


def rounded(shares: Array, people: int) -> NDArray[np.intp]:
    """Divide people by shares: the largest remainders get one more.

    Examples
    --------
    >>> rounded(np.array([0.5, 0.3, 0.2]), 4).tolist()
    [2, 1, 1]
    """
    exact = shares / shares.sum() * people
    counts = np.floor(exact).astype(np.intp)
    more = np.argsort(counts - exact, kind="stable")[: people - counts.sum()]
    counts[more] += 1
    return np.asarray(counts)


def report_numbers(
    plan: Neutralizing,
    low: Array,
    high: Array,
    group: NDArray[np.intp],
    wanted: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return features and outcomes (m, d), (m, k) of members who may report any numbers.

    Parameters
    ----------
    plan
        What they play.
    low, high
        The box.
    group
        Group of each acting member, (m,).
    wanted
        What their gradients are to add up to, (p,); the numbers are moved until they do.
    rng
        Source of randomness: who plays one kind is told apart a little, as whole people need more
        kinds of records than shares do.
    """
    assert plan.records.weights is not None
    kind = np.empty(len(group), dtype=np.intp)
    for level in np.unique(group):
        kinds = np.flatnonzero(plan.of_record == level)
        counts = rounded(plan.records.weights[kinds], int((group == level).sum()))
        kind[group == level] = np.repeat(kinds, counts)
    part = np.arange(len(kind)) % PARTS
    different, number = np.unique(np.column_stack([kind, part]), axis=0, return_inverse=True)
    number = number.reshape(-1)
    x = plan.records.x[different[:, 0]]
    apart = np.minimum(high - low, 10.0) * rng.uniform(-APART, APART, size=x.shape)
    counts = np.bincount(number)
    y = plan.records.y[different[:, 0]]
    records = Sample(np.clip(x + apart, low, high), y, np.asarray(counts, dtype=float))
    records = polish(plan.risk, plan.theta, records, wanted, low=low, high=high)
    return records.x[number], records.y[number]


def report_observed(
    plan: Neutralizing,
    group: NDArray[np.intp],
    people: int,
    wanted: Array,
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], Array]:
    """Return rows and outcomes of records that exist, (m,) and (m, k), one for each actor.

    Shares are rounded down; what is left is filled one by one with what brings the firm's
    parameters nearest, and those are exchanged while that helps.
    """
    risk, theta, sample = plan.risk, plan.theta, plan.sample
    assert plan.records.weights is not None
    kinds_rows, kinds_y, kinds_group = plan.rows, plan.records.y, plan.of_record
    some = rng.choice(len(sample), min(TRIED, len(sample)), replace=False)
    v = len(plan.groups.outcomes)
    rows = np.concatenate([kinds_rows, np.tile(some, v)])
    y = np.concatenate([kinds_y, np.repeat(plan.groups.outcomes, len(some), axis=0)])
    groups = np.concatenate([kinds_group, np.repeat(plan.groups.of_outcome, len(some))])
    gradients = risk.gradients(theta, sample.x[rows], y)
    # distances are measured where the firm's parameters will move: H^(-1) (gradient left)
    moved = np.linalg.solve(risk.hessian(theta, sample), np.column_stack([wanted, gradients.T])).T
    wanted, pulls = moved[0], moved[1:]
    choice = np.full(len(group), -1, dtype=np.intp)
    for level in np.unique(group):
        kinds = np.flatnonzero(kinds_group == level)
        here = np.flatnonzero(group == level)
        exact = plan.records.weights[kinds] * people
        exact *= min(1.0, len(here) / exact.sum())
        filled = np.repeat(kinds, np.floor(exact + 1e-9).astype(int))[: len(here)]
        choice[here[: len(filled)]] = filled
    left = wanted - pulls[choice[choice >= 0]].sum(axis=0)
    loose = np.flatnonzero(choice < 0)
    square = (pulls**2).sum(axis=1)
    for again in range(EXCHANGES + 1):
        for actor in loose:
            if again:
                left = left + pulls[choice[actor]]
            worth = square - 2 * pulls @ left
            worth[groups != group[actor]] = np.inf
            choice[actor] = int(worth.argmin())
            left = left - pulls[choice[actor]]
    return rows[choice], y[choice]
