"""The cheapest records with any numbers in a box, for models with one linear predictor.

At a given outcome y and predictor η every record x has the same slope μ(η) − y, and the mean record
of all who play such records can be any point of the box with w·x + b = η. So for a grid of (y, η)
it is one linear programme how many people play each, and which mean record: no candidates needed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import least_squares, linprog

from criticalmass.arrays import Array
from criticalmass.errors import DataError
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Groups
from criticalmass.strategies.steering.solvers.cancelling_gradients import MISSING

GRID = 25
"""Predictors between the lowest and the highest that are tried, for each outcome."""
STEEP = 1e4
"""Records with a larger mean prediction are left out: exp of a free number has no end."""
CLOSER = 2
"""How often the programme is solved anew around the predictors that are of use."""
ROUNDS = 30


def cheapest_in_box(
    risk: Risk,
    theta: Array,
    wanted: Array,
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
    wanted
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
    alpha, records, groups of the records
        The records' weights are shares of the population. α is nan where no records in the box do
        it; they then come as near as they can.
    """
    d = len(low)
    weights, constant = theta[:d], theta[d] if risk.intercept else 0.0
    ends = np.where(weights > 0, low, high), np.where(weights > 0, high, low)
    least, most = (float(end @ weights + constant) for end in ends)
    grid = _grid(least, most)
    with np.errstate(over="ignore"):
        grid = grid[risk.law.mean(grid[:, None])[:, 0] < STEEP]
    kinds = np.array([(eta, v) for v in range(len(groups.outcomes)) for eta in grid])
    box = low, high, part
    found = _programme(risk, theta, wanted, kinds, groups, replaced, box)
    gap = np.diff(grid).max(initial=0.0) if len(grid) < GRID else 12.0 / GRID
    for _ in range(CLOSER):  # look between the points of the grid, around those that are of use
        gap /= 4
        near = found[1][:, None] + np.array([1.0, 0.0]) * gap * np.arange(-4, 5)[None, :, None]
        near = near.reshape(-1, 2)
        near[:, 0] = np.clip(near[:, 0], least, most)
        finer = _programme(risk, theta, wanted, np.unique(near, axis=0), groups, replaced, box)
        if finer[0] <= found[0]:
            found = finer
    alpha, kinds, x, shares = found
    number = kinds[:, 1].astype(np.intp)
    records = Sample(np.clip(x, low, high), groups.outcomes[number], shares)
    return alpha, records, groups.of_outcome[number]


def _programme(
    risk: Risk,
    theta: Array,
    wanted: Array,
    kinds: Array,
    groups: Groups,
    replaced: Array,
    box: tuple[Array, Array, float],
) -> tuple[float, Array, Array, Array]:
    """Solve for given predictors and numbers of outcomes, (c, 2).

    Returns α, the kinds that are of use, their records (c', d) and their shares (c',).
    """
    low, high, part = box
    d, weights, constant = len(low), theta[: len(low)], theta[-1] if risk.intercept else 0.0
    eta, number = kinds[:, 0], kinds[:, 1].astype(np.intp)
    group, y = groups.of_outcome[number], groups.outcomes[number, 0]
    slope = risk.law.mean(eta[:, None])[:, 0] - y
    c, p, unit = len(eta), len(theta), float(np.linalg.norm(wanted)) or 1.0
    # unknowns: z (c, d), the records from low on times their share; shares (c,); α; what is missing
    inner = sparse.hstack([sparse.diags(np.full(d, value)) for value in slope])
    fixed = slope[:, None] * risk.padded(np.tile(low, (c, 1))) - replaced[group]
    fixed = fixed + risk.penalty(theta, d)
    gradient = sparse.hstack(
        [sparse.vstack([inner, sparse.csr_matrix((p - d, c * d))]), fixed.T, np.zeros((p, 1))]
    )
    missing = unit * sparse.hstack([sparse.eye(p), -sparse.eye(p)])
    predictor = sparse.hstack(
        [
            sparse.block_diag([weights[None]] * c),
            sparse.diags(constant + float(low @ weights) - eta),
            np.zeros((c, 1)),
        ]
    )
    inside = sparse.hstack(
        [
            sparse.eye(c * d),
            -sparse.block_diag([(high - low)[:, None]] * c),
            np.zeros((c * d, 1)),
        ]
    )
    levels = np.arange(len(groups.shares))
    members = sparse.hstack(
        [
            sparse.csr_matrix((len(levels), c * d)),
            (group[None] == levels[:, None]).astype(float),
            -part * groups.shares[:, None],
        ]
    )
    cost = np.concatenate([np.zeros(c * d + c), [1.0], np.full(2 * p, MISSING)])
    below, equal = sparse.vstack([inside, members]), sparse.vstack([gradient, predictor])
    none = sparse.csr_matrix((below.shape[0], 2 * p)), sparse.csr_matrix((c, 2 * p))
    scale = sparse.diags(np.concatenate([np.full(p, 1 / unit), np.ones(c)]))
    solved = linprog(
        cost,
        A_ub=sparse.hstack([below, none[0]]).tocsr(), b_ub=np.zeros(below.shape[0]),
        A_eq=(scale @ sparse.hstack([equal, sparse.vstack([missing, none[1]])])).tocsr(),
        b_eq=np.concatenate([wanted / unit, np.zeros(c)]),
        method="highs",
    )  # fmt: skip
    if solved.x is None:
        raise DataError(f"the linear programme of the gradients was not solved: {solved.message}")
    shares, alpha = solved.x[c * d : c * d + c], float(solved.x[c * d + c])
    if solved.x[c * d + c + 1 :].sum() > 1e-6:
        alpha = np.nan
    used = shares > 1e-12
    x = low + solved.x[: c * d].reshape(c, d)[used] / shares[used, None]
    return alpha, kinds[used], x, shares[used]


def polish(
    risk: Risk, theta: Array, records: Sample, wanted: Array, *, low: Array, high: Array
) -> Sample:
    """Move records a little, within the box, so that their weighted gradients add up exactly.

    Newton's method with the shortest step that stays in the box, shortened while it does not help.
    Where they cannot add up exactly, they come nearer than they were.
    """
    shares = np.ones(len(records)) if records.weights is None else records.weights
    shape, weights = records.x.shape, theta[: len(low)]

    def missing(x: Array) -> Array:
        return np.asarray(wanted - shares @ risk.gradients(theta, x.reshape(shape), records.y))

    def jacobian(x: Array) -> Array:
        """Return d(gradient)/dx: of record i it is slope·I + (x, 1) ⊗ curvature · weights."""
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
    enough = 1e-14 * max(1.0, float(np.linalg.norm(wanted)))
    x = _newton(records.x.ravel(), missing, jacobian, walls, enough)
    if np.linalg.norm(missing(x)) > 1e-8 * np.linalg.norm(wanted):
        span = np.maximum(walls[1] - walls[0], 1e-9)  # a column may be the same for everybody
        wider = walls[0] - 1e-3 * span, walls[1] + 1e-3 * span
        found = least_squares(
            missing, records.x.ravel(), lambda x: -jacobian(x), bounds=wider, x_scale=span,
            max_nfev=ROUNDS, tr_solver="lsmr",
        )  # fmt: skip
        better = _newton(np.clip(found.x, *walls), missing, jacobian, walls, enough)
        x = min(x, better, key=lambda one: float(np.linalg.norm(missing(one))))
    return Sample(x.reshape(shape), records.y, records.weights)


def _newton(
    x: Array,
    missing: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    walls: tuple[Array, Array],
    enough: float,
) -> Array:
    """Return an x within the walls at which less is missing, nothing if it can be."""
    for _ in range(ROUNDS):
        left = missing(x)
        norm = np.linalg.norm(left)
        if norm <= enough:
            break
        slopes = jacobian(x)
        step, loose = np.zeros(x.size), np.ones(x.size, dtype=bool)
        for _ in range(ROUNDS):  # numbers that would leave the box stay where they are
            step[:] = 0
            step[loose] = np.linalg.lstsq(slopes[:, loose], left, rcond=1e-10)[0]
            outside = ((x + step < walls[0]) | (x + step > walls[1])) & loose
            if not outside.any():
                break
            loose &= ~outside
        tried = (np.clip(x + step * 0.5**halving, *walls) for halving in range(10))
        better = next((one for one in tried if np.linalg.norm(missing(one)) < norm), None)
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
