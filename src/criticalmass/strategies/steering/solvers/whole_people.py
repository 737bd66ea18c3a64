"""From shares to people: which member reports which record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.solvers.neutralizing_records import Neutralizing
from criticalmass.strategies.steering.solvers.records_in_a_box import polish

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
    part = plan.played(m / people)
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
    allowed: Allowed,
    group: NDArray[np.intp],
    own: Sample,
    people: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], Array, Array]:
    """Return who of the members acts, (a,), and the numbers and outcomes that they report.

    Those are (a, d) and (a, k). Of several numbers of people who act, it is that whose gradients
    come nearest to what is wanted.

    Parameters
    ----------
    plan
        What they play.
    allowed
        What they may do.
    group
        Each member's group.
    own
        The members' own records.
    people
        Size of the population.
    rng
        Source of randomness: who acts, and how far those who play one kind are told apart, as whole
        people need more kinds of records than shares do.
    """
    low, high = allowed.range_of(plan.sample)
    tried: list[tuple[float, NDArray[np.intp], Array, Array]] = []
    for spare in SPARE:
        acting = actors(plan, allowed, group, people, spare, rng)
        if tried and len(acting) == len(tried[-1][1]):  # there are no more
            break
        wanted = _wanted(plan, own, acting, people)
        x, y = _numbers(plan, low, high, group[acting], wanted, rng)
        left = plan.risk.gradients(plan.theta, x, y).sum(axis=0) - wanted
        short = float(np.linalg.norm(left)) / max(float(np.linalg.norm(wanted)), 1e-300)
        tried.append((short, acting, x, y))
        if short <= 1e-8 or plan.played(len(own) / people) < 1:
            break
    return min(tried, key=lambda one: one[0])[1:]


def _wanted(plan: Neutralizing, own: Sample, acting: NDArray[np.intp], people: int) -> Array:
    """Return what the gradients of those who act are to add up to, (p,).

    Everybody else's gradients are to be cancelled, or that part of them which so many can.
    """
    before = plan.risk.gradients(plan.theta, own.x[acting], own.y[acting]).sum(axis=0)
    return np.asarray(before - plan.played(len(own) / people) * people * plan.gradient)


def _numbers(
    plan: Neutralizing,
    low: Array,
    high: Array,
    group: NDArray[np.intp],
    wanted: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return features and outcomes in the box, moved until their gradients add up to ``wanted``."""
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
    allowed: Allowed,
    group: NDArray[np.intp],
    own: Sample,
    people: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Return who of the members acts, (a,), and the records that exist, (a,), and outcomes, (a, k).

    Shares are rounded down; what is left is filled one by one with what brings the firm's
    parameters nearest, and those are exchanged while that helps. Parameters as above.
    """
    acting = actors(plan, allowed, group, people, SPARE[0], rng)
    wanted, group = _wanted(plan, own, acting, people), group[acting]
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
    return acting, rows[choice], y[choice]
