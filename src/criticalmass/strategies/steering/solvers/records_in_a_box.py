"""The cheapest records with any numbers in a box, for models with one linear predictor.

At a given outcome y and predictor η every record x has the same slope μ(η) − y, and the mean record
of all who play such records can be any point of the box with w·x + b = η. So one linear programme
says how many people play each point of a grid of (y, η), and with which mean record; it needs no
candidates. Its prices say which predictors between the points of the grid would be of use
(`criticalmass.strategies.steering.solvers.worth_in_a_box`); they are taken in until none is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import least_squares, linprog

from criticalmass.arrays import Array
from criticalmass.errors import DataError
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Groups
from criticalmass.strategies.steering.solvers.cancelling_gradients import MISSING, SMALL
from criticalmass.strategies.steering.solvers.worth_in_a_box import most_worth

GRID = 25
"""So many predictors between the lowest and the highest are tried for each outcome."""
STEEP = 1e4
"""Under Poisson loss, records whose mean prediction is more than so many times the largest outcome
(or 1) are left out: exp of a free number has no limit."""
PRECISE = 1e-6
"""The smallest share is found to this relative precision."""
TIMES = 40
"""Further predictors are taken in so many times at most."""
NEW = 3
"""So many of them for each outcome at a time, those that are worth most."""
ROUNDS = 30
"""Newton's method takes so many steps at most."""


def cheapest_in_box(
    risk: Risk,
    theta: Array,
    change: Array,
    *,
    groups: Groups,
    replaced: Array,
    low: Array,
    high: Array,
    part: float = 1.0,
) -> tuple[float, Sample, NDArray[np.intp]]:
    """Return the smallest share of members, and the records they report with their shares.

    Parameters
    ----------
    risk, theta
        The firm's model.
    change
        How the firm's gradient is to change, (p,).
    groups
        Who can report which outcome.
    replaced
        Mean gradient of the records of each group, (L, p).
    low, high
        The box, (d,) each.
    part
        Share of a member's records that can change.

    Returns
    -------
    alpha : float
        nan where no records in the box do it.
    records : Sample
        Their weights are shares of the population. Where α is nan, they come as near as they can.
    of_record : ndarray of int
        The group of each record.
    """
    d = len(low)
    weights, constant = theta[:d], theta[d] if risk.intercept else 0.0
    # a grid of predictors between the lowest and the highest in the box
    ends = np.where(weights > 0, low, high), np.where(weights > 0, high, low)
    least, most = (float(end @ weights + constant) for end in ends)
    if not np.isfinite(risk.law.steepest):
        highest = float(np.log(STEEP * max(1.0, groups.outcomes.max())))
        if least > highest:
            raise DataError(
                f"the wanted model predicts exp({least:.4g}) or more for every record that members "
                f"may report, {STEEP:,.0f} times more than any outcome: aim nearer to what the "
                "firm learns without members"
            )
        most = min(most, highest)
    grid = _grid(least, most)
    kinds = np.array([(eta, v) for v in range(len(groups.outcomes)) for eta in grid])
    scale = 1.0
    found = _programme(risk, theta, change, kinds, groups, replaced, (low, high, part), scale)
    kinds = found.kinds
    # between the points of the grid: predictors that are worth more than those in use
    for _ in range(TIMES):
        fresh, worth = most_worth(
            risk,
            theta,
            groups=groups,
            replaced=replaced,
            low=low,
            high=high,
            grid=grid,
            prices=found.prices,
            limits=found.limits,
        )
        # duality: nothing in the box takes less than α / (1 + worth), or leaves less missing
        enough, acting = PRECISE * max(1.0, MISSING * found.missing), found.shares.sum()
        is_small = 0 < acting < SMALL * scale
        if worth.max(initial=0.0) <= enough and not is_small:
            break
        kinds = np.concatenate([kinds, fresh[_best(fresh[:, 1], worth, enough)]])
        scale = float(acting) if is_small else scale
        found = _programme(risk, theta, change, kinds, groups, replaced, (low, high, part), scale)
    number = found.kinds[:, 1].astype(np.intp)
    records = Sample(np.clip(found.x, low, high), groups.outcomes[number], found.shares)
    return found.alpha, records, groups.of_outcome[number]


@dataclass(frozen=True, eq=False)
class _Solved:
    """What the programme finds.

    Parameters
    ----------
    alpha
        The smallest share of members; nan where the kinds of records do not do it.
    kinds, x, shares
        The kinds that are of use, (u, 2); their mean records, (u, d), and their shares, (u,).
    missing
        1-norm of the gradient that is missing, in units of the change.
    prices, limits
        The prices of the gradient's components, (p,), and of the groups' limits, (L,).
    """

    alpha: float
    kinds: Array
    x: Array
    shares: Array
    missing: float
    prices: Array
    limits: Array


def _best(number: Array, worth: Array, enough: float) -> NDArray[np.intp]:
    """Return which kinds to take in: of each outcome the few that are worth most."""
    first = np.argsort(-worth, kind="stable")
    first = first[worth[first] > enough]
    return np.concatenate([first[number[first] == v][:NEW] for v in np.unique(number)])


def _programme(
    risk: Risk,
    theta: Array,
    change: Array,
    kinds: Array,
    groups: Groups,
    replaced: Array,
    box: tuple[Array, Array, float],
    scale: float,
) -> _Solved:
    """Solve the programme for kinds of records: predictors and numbers of outcomes, (c, 2).

    Shares are counted in units of ``scale``, which is about α, to suit the solver's tolerances.
    """
    low, high, part = box
    width = high - low
    c, d, p = len(kinds), len(low), len(theta)
    levels = np.arange(len(groups.shares))
    weights, constant = theta[:d], theta[-1] if risk.intercept else 0.0
    eta, number = kinds[:, 0], kinds[:, 1].astype(np.intp)
    group, y = groups.of_outcome[number], groups.outcomes[number, 0]
    slope = risk.law.mean(eta[:, None])[:, 0] - y
    unit = float(np.linalg.norm(change)) or 1.0

    # unknowns: z (c, d), the way from low to high times the share; shares (c,); α; what is missing
    cost = np.concatenate([np.zeros(c * d + c), [1.0], np.full(2 * p, MISSING)])
    missing = unit * sparse.hstack([sparse.eye(p), -sparse.eye(p)])

    # equalities: the gradient changes as it should …
    of_z = sparse.hstack([sparse.diags(value * width) for value in slope])
    of_z = sparse.vstack([of_z, sparse.csr_matrix((p - d, c * d))])
    of_shares = slope[:, None] * risk.padded(np.tile(low, (c, 1))) - replaced[group]
    of_shares = of_shares + risk.penalty(theta, d)
    gradient = sparse.hstack([scale * of_z, scale * of_shares.T, np.zeros((p, 1)), missing])
    # … and every mean record has its predictor
    predictor = sparse.hstack(
        [
            sparse.block_diag([(weights * width)[None]] * c),
            sparse.diags(constant + float(low @ weights) - eta),
            sparse.csr_matrix((c, 1 + 2 * p)),
        ]
    )
    of_rows = sparse.diags(np.concatenate([np.full(p, 1 / unit), np.ones(c)]))
    equal = of_rows @ sparse.vstack([gradient, predictor])

    # inequalities: every mean record is in the box …
    inside = sparse.hstack(
        [
            sparse.eye(c * d),
            -sparse.block_diag([np.ones((d, 1))] * c),
            sparse.csr_matrix((c * d, 1 + 2 * p)),
        ]
    )
    # … and of each group at most α times its share acts
    members = sparse.hstack(
        [
            sparse.csr_matrix((len(levels), c * d)),
            (group[None] == levels[:, None]).astype(float),
            -part * groups.shares[:, None],
            sparse.csr_matrix((len(levels), 2 * p)),
        ]
    )
    below = sparse.vstack([inside, members])

    solved = linprog(
        cost,
        A_ub=below.tocsr(),
        b_ub=np.zeros(below.shape[0]),
        A_eq=equal.tocsr(),
        b_eq=np.concatenate([change / unit, np.zeros(c)]),
        method="highs",
    )
    if solved.x is None:
        raise DataError(f"the linear programme of the gradients was not solved: {solved.message}")
    z, shares, alpha = solved.x[: c * d], solved.x[c * d : c * d + c], float(solved.x[c * d + c])
    missing = float(solved.x[c * d + c + 1 :].sum())
    used = shares > 1e-12
    return _Solved(
        alpha=scale * alpha if missing <= 1e-6 else np.nan,
        kinds=kinds[used],
        x=low + width * z.reshape(c, d)[used] / shares[used, None],
        shares=scale * shares[used],
        missing=missing,
        prices=solved.eqlin.marginals[:p] * (scale / unit),
        limits=solved.ineqlin.marginals[c * d :],
    )


def polish(
    risk: Risk, theta: Array, records: Sample, total: Array, *, low: Array, high: Array
) -> Sample:
    """Return records moved a little, within the box, to where their gradients add up exactly.

    It takes Newton's method with the shortest step that stays in the box, shortened while it does
    not help. Where gradients cannot add up exactly, they come nearer than they were.

    Parameters
    ----------
    risk, theta
        The firm's model, and where gradients are taken.
    records
        The records and their weights (1 each by default).
    total
        What the weighted gradients are to add up to, (p,).
    low, high
        The box, (d,) each.
    """
    shares = np.ones(len(records)) if records.weights is None else records.weights
    shape, weights = records.x.shape, theta[: len(low)]

    def missing(x: Array) -> Array:
        return np.asarray(total - shares @ risk.gradients(theta, x.reshape(shape), records.y))

    def jacobian(x: Array) -> Array:
        """Return d(gradient)/dx; that of a record is slope·I + (x, 1) ⊗ curvature · weights."""
        x = x.reshape(shape)
        eta = risk.predictors(theta, x)
        slope = (risk.law.mean(eta) - records.y)[:, 0]
        curve = risk.law.curvature(eta)[:, 0, 0]
        each = zip(shares, slope, curve, risk.padded(x), strict=True)
        parts = [
            share * (s * np.eye(len(theta), len(low)) + k * np.outer(padded, weights))
            for share, s, k, padded in each
        ]
        return np.concatenate(parts, axis=1)

    walls = np.tile(low, len(records)), np.tile(high, len(records))
    enough = 1e-14 * max(1.0, float(np.linalg.norm(total)))
    x = _newton(records.x.ravel(), missing, jacobian, walls, enough)
    if np.linalg.norm(missing(x)) > 1e-8 * np.linalg.norm(total):
        # stuck at a wall: begin again from the least squares in a slightly wider box
        span = np.maximum(walls[1] - walls[0], 1e-9)  # a column may be the same for everybody
        wider = walls[0] - 1e-3 * span, walls[1] + 1e-3 * span
        start = least_squares(
            missing,
            records.x.ravel(),
            lambda x: -jacobian(x),
            bounds=wider,
            x_scale=span,
            max_nfev=ROUNDS,
            tr_solver="lsmr",
        ).x
        other = _newton(np.clip(start, *walls), missing, jacobian, walls, enough)
        x = min(x, other, key=lambda tried: float(np.linalg.norm(missing(tried))))
    return Sample(x.reshape(shape), records.y, records.weights)


def _newton(
    x: Array,
    missing: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    walls: tuple[Array, Array],
    enough: float,
) -> Array:
    """Return an x within the walls at which the equations hold, or miss by less than before."""
    for _ in range(ROUNDS):
        left = missing(x)
        norm = np.linalg.norm(left)
        if norm <= enough:
            break
        slopes = jacobian(x)
        # the shortest step; numbers that would leave the box stay where they are
        step, loose = np.zeros(x.size), np.ones(x.size, dtype=bool)
        for _ in range(ROUNDS):
            step[:] = 0
            step[loose] = np.linalg.lstsq(slopes[:, loose], left, rcond=1e-10)[0]
            outside = ((x + step < walls[0]) | (x + step > walls[1])) & loose
            if not outside.any():
                break
            loose &= ~outside
        # so much of it that less is missing
        tries = (np.clip(x + step * 0.5**halving, *walls) for halving in range(10))
        better = next((tried for tried in tries if np.linalg.norm(missing(tried)) < norm), None)
        if better is None:
            break
        x = better
    return x


def _grid(least: float, most: float) -> Array:
    """Return predictors from the least to the most: evenly near 0, wider apart beyond."""
    near: list[float] = []
    if least < 6 and most > -6:
        near = np.linspace(max(least, -6.0), min(most, 6.0), GRID).tolist()
    far = [
        value
        for size in np.geomspace(6.0, 1e6, 40)
        for value in (-size, size)
        if least < value < most
    ]
    middle = (least + most) / 2
    return np.unique([least, middle, most, *near, *far])
