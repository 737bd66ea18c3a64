"""From shares to people: which members act, and which record each of them reports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.solvers.neutralizing_records import Neutralizing
from criticalmass.strategies.steering.solvers.records_in_a_box import polish

TRIED = 8000
"""So many records of the population may fill what rounding leaves, beside those of the plan."""
SPARE = (0.05, 0.15, 0.4, 1.0)
"""So many people more than shares say act, tried in turn: people cannot be divided, and those who
act may happen to be those whose own records pulled the right way."""
FEW = 20
"""Where shares say that hardly anybody acts, spare people are counted from here."""
PARTS, APART = 4, 0.02
"""People who play one kind of record are divided into so many parts, so far apart in the box."""
EXCHANGES = 3
"""Every filled record is reconsidered so often."""


def actors(
    plan: Neutralizing,
    allowed: Allowed,
    group_of_member: NDArray[np.intp],
    people: int,
    spare: float,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Return which of the members' records change: positions among the members, ascending.

    Parameters
    ----------
    plan
        What members play.
    allowed
        How many consecutive records a member holds, and how many of them may change.
    group_of_member
        Each record's group, (m,).
    people
        Size of the population.
    spare
        How many people more act than shares say, as a part of those who do, if there are so many.
    rng
        Source of randomness.
    """
    m = len(group_of_member)
    part = plan.played(m / people)
    able = np.ones(m, dtype=bool)
    if allowed.holds > 1:
        # of each member's block of records, those that come first in a random order
        block = np.arange(m) // allowed.holds
        rank = np.empty(m, dtype=int)
        order = np.lexsort((rng.random(m), block))
        first = np.searchsorted(block, block)
        rank[order] = np.arange(m)
        able = rank - first < allowed.changes
    chosen = []
    for group, used in enumerate(plan.used):
        candidates = np.flatnonzero(able & (group_of_member == group))
        exact = part * used * people
        more = spare * (exact + FEW) if part == 1 and used > 0 else 0.0
        count = int(np.ceil(exact + more - 1e-9))
        chosen.append(rng.permutation(candidates)[:count])
    return np.sort(np.concatenate(chosen))


def rounded(shares: Array, people: int) -> NDArray[np.intp]:
    """Return whole people for shares, (k,); the largest remainders get one more.

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
    """Return who of the members acts, and the numbers and outcomes that they report.

    Different numbers of people are tried; the one whose gradients come nearest to their goal wins.

    Parameters
    ----------
    plan
        What members play.
    allowed
        What they may do.
    group
        Each member's group, (m,).
    own
        The members' own records.
    people
        Size of the population.
    rng
        Source of randomness: who acts, and how far apart the records of one kind are, because whole
        people need more kinds of records than shares do.

    Returns
    -------
    acting, x, y
        Positions among the members (a,), numbers (a, d) and outcomes (a, k).
    """
    low, high = allowed.range_of(plan.sample)
    tried: list[tuple[float, NDArray[np.intp], Array, Array]] = []
    for spare in SPARE:
        acting = actors(plan, allowed, group, people, spare, rng)
        if tried and len(acting) == len(tried[-1][1]):  # there are no more
            break
        total = _total(plan, own, acting, people)
        x, y = _numbers(plan, low, high, group[acting], total, rng)
        left = plan.risk.gradients(plan.theta, x, y).sum(axis=0) - total
        missing = float(np.linalg.norm(left)) / max(float(np.linalg.norm(total)), 1e-300)
        tried.append((missing, acting, x, y))
        if missing <= 1e-8 or plan.played(len(own) / people) < 1:
            break
    return min(tried, key=lambda one: one[0])[1:]


def _total(plan: Neutralizing, own: Sample, acting: NDArray[np.intp], people: int) -> Array:
    """Return what the gradients of those who act should add up to, (p,).

    They cancel everybody else's gradients, or as much of them as so many people can.
    """
    before = plan.risk.gradients(plan.theta, own.x[acting], own.y[acting]).sum(axis=0)
    return np.asarray(before - plan.played(len(own) / people) * people * plan.gradient)


def _numbers(
    plan: Neutralizing,
    low: Array,
    high: Array,
    group: NDArray[np.intp],
    total: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return features and outcomes in the box, moved until their gradients add up to ``total``."""
    assert plan.records.weights is not None
    # which kind of record each person plays
    kind = np.empty(len(group), dtype=np.intp)
    for level in np.unique(group):
        kinds = np.flatnonzero(plan.of_record == level)
        counts = rounded(plan.records.weights[kinds], int((group == level).sum()))
        kind[group == level] = np.repeat(kinds, counts)
    # people of one kind in several parts, a little apart
    part = np.arange(len(kind)) % PARTS
    different, number = np.unique(np.column_stack([kind, part]), axis=0, return_inverse=True)
    number = number.reshape(-1)
    x = plan.records.x[different[:, 0]]
    apart = np.minimum(high - low, 10.0) * rng.uniform(-APART, APART, size=x.shape)
    counts = np.bincount(number)
    y = plan.records.y[different[:, 0]]
    # moved until they add up
    records = Sample(np.clip(x + apart, low, high), y, np.asarray(counts, dtype=float))
    records = polish(plan.risk, plan.theta, records, total, low=low, high=high)
    return records.x[number], records.y[number]


def report_observed(
    plan: Neutralizing,
    allowed: Allowed,
    group: NDArray[np.intp],
    own: Sample,
    people: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Return who of the members acts, and the records of the population that they report.

    Shares are rounded down; what is left is filled one by one with the record that brings the
    firm's parameters nearest, and these are exchanged while that helps.

    Parameters
    ----------
    plan, allowed, group, own, people, rng
        As for `report_numbers`.

    Returns
    -------
    acting, rows, y
        Positions among the members, (a,); rows of the population that have the reported features,
        (a,); outcomes, (a, k).
    """
    acting = actors(plan, allowed, group, people, SPARE[0], rng)
    total, group = _total(plan, own, acting, people), group[acting]
    risk, theta, sample = plan.risk, plan.theta, plan.sample
    # candidates: the plan's records, then some of the population's with every outcome
    some = rng.choice(len(sample), min(TRIED, len(sample)), replace=False)
    outcomes = plan.groups.outcomes
    rows = np.concatenate([plan.rows, np.tile(some, len(outcomes))])
    y = np.concatenate([plan.records.y, np.repeat(outcomes, len(some), axis=0)])
    groups = np.concatenate([plan.of_record, np.repeat(plan.groups.of_outcome, len(some))])
    gradients = risk.gradients(theta, sample.x[rows], y)
    # distances are measured where the firm's parameters will move: H^(-1) (gradient left)
    moved = np.linalg.solve(risk.hessian(theta, sample), np.column_stack([total, gradients.T])).T
    goal, pulls = moved[0], moved[1:]
    choice = _rounded_down(plan, group, people)
    left = goal - pulls[choice[choice >= 0]].sum(axis=0)
    loose = np.flatnonzero(choice < 0)
    square = (pulls**2).sum(axis=1)
    for again in range(EXCHANGES + 1):
        for actor in loose:
            if again:
                left = left + pulls[choice[actor]]
            distance = square - 2 * pulls @ left  # squared, up to a constant
            distance[groups != group[actor]] = np.inf
            choice[actor] = int(distance.argmin())
            left = left - pulls[choice[actor]]
    return acting, rows[choice], y[choice]


def _rounded_down(plan: Neutralizing, group: NDArray[np.intp], people: int) -> NDArray[np.intp]:
    """Return which of the plan's records each person plays, (a,); −1 where shares leave it open."""
    assert plan.records.weights is not None
    choice = np.full(len(group), -1, dtype=np.intp)
    for level in np.unique(group):
        kinds = np.flatnonzero(plan.of_record == level)
        members = np.flatnonzero(group == level)
        exact = plan.records.weights[kinds] * people
        exact *= min(1.0, len(members) / exact.sum())
        filled = np.repeat(kinds, np.floor(exact + 1e-9).astype(int))[: len(members)]
        choice[members[: len(filled)]] = filled
    return choice
