"""Which records' gradients add up to a wanted one, and how few people that takes.

Members replace records. If records of kind j take the place of a share w_j of the population, the
firm's gradient changes by Σ w_j (G_j − ḡ), with G_j the gradient of such a record and ḡ the mean
gradient of those it replaces. What the collective wants is a linear programme in w ≥ 0: `cheapest`
solves it for the smallest share of members, `nearest` comes as near as it can with a given share.
There may be very many kinds of records; columns are taken in as they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, nnls

from criticalmass.arrays import Array
from criticalmass.errors import DataError

BATCH = 60
"""Kinds of records taken in at a time."""
MISSING = 1e5
"""What a unit of gradient that no record gives counts, in shares of the population."""
PRECISE = 1e-3
"""The smallest share is found to this relative precision."""
MANY = 4000
"""With more columns than this, those that are far from being of use are put aside."""
ROUNDS = 500
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True, eq=False)
class Mixture:
    """Kinds of records, and what share of the population each takes the place of.

    Parameters
    ----------
    alpha
        Smallest share of members that this takes; may be above 1, where no collective can do it.
    kinds
        Numbers of the candidates that are used.
    shares
        The share of the population of each, (kinds,).
    residual
        Norm of the gradient that is left.
    """

    alpha: float
    kinds: NDArray[np.intp]
    shares: Array
    residual: float


def cheapest(
    gradients: Array,
    wanted: Array,
    *,
    groups: NDArray[np.intp],
    replaced: Array,
    share_of_group: Array,
) -> Mixture:
    """Return the mixture that takes the smallest share of members.

    It minimises α subject to Σ_j w_j (G_j − ḡ_l(j)) = wanted, Σ_{j in group l} w_j ≤ α q_l, w ≥ 0.

    Parameters
    ----------
    gradients
        G_j of the candidates, (c, p).
    wanted
        How the firm's gradient is to change, (p,).
    groups
        Which people can play a candidate, (c,): 0 … L − 1.
    replaced
        ḡ_l, mean gradient of the records of each group, (L, p).
    share_of_group
        q_l: share of the population that a collective of everybody could change, by group, (L,).

    Returns
    -------
    Mixture
        Its residual is 0 (to rounding) if the candidates can do it, with whatever share of members;
        else it is the mixture that comes nearest.

    Examples
    --------
    >>> mixture = cheapest(np.array([[-1.0], [3.0]]), np.array([-0.2]),
    ...     groups=np.array([0, 0]), replaced=np.array([[0.2]]), share_of_group=np.array([1.0]))
    >>> round(mixture.alpha, 6), mixture.kinds.tolist()
    (0.166667, [0])
    """
    unit = float(np.linalg.norm(wanted)) or 1.0
    columns = (gradients - replaced[groups]) / unit
    first = len(columns) if len(columns) <= MANY // 2 else BATCH
    active = np.argsort(-(columns @ wanted))[:first]
    shares, alpha, solved = np.zeros(0), np.inf, active
    for _ in range(ROUNDS):
        shares, alpha, missing, prices, limits = _programme(
            columns[active], groups[active], wanted / unit, share_of_group
        )
        worth = columns @ prices + limits[groups]
        solved = active
        # duality: no mixture takes less than α / (1 + worth), or leaves less missing
        if worth.max(initial=0.0) <= PRECISE * max(1.0, MISSING * missing):
            break
        fresh = np.argsort(-worth)[:BATCH]
        fresh = np.setdiff1d(fresh[worth[fresh] > 0], active)
        if not len(fresh):
            break
        stale = (worth[active] < -1.0) & (shares == 0) if len(active) > MANY else False
        active = np.concatenate([active[~stale] if np.any(stale) else active, fresh])
    used = shares > 1e-13
    active, shares = solved[used], shares[used]
    shares = _exact(columns[active], wanted / unit, shares)
    left = wanted - unit * (shares @ columns[active])
    by_group = np.bincount(groups[active], shares, len(share_of_group))
    alpha = float((by_group / share_of_group).max(initial=0.0))
    residual = float(np.linalg.norm(left))
    if residual > 1e-5 * unit:
        return Mixture(np.nan, active, shares, residual)
    return Mixture(alpha, active, shares, residual)


def nearest(gradients: Array, wanted: Array) -> tuple[Array, float]:
    """Return non-negative weights (c,), summing to 1, whose mean gradient is nearest, and how near.

    Examples
    --------
    >>> weights, residual = nearest(np.array([[-1.0], [3.0]]), np.array([0.0]))
    >>> weights.round(6).tolist(), round(residual, 6)
    ([0.75, 0.25], 0.0)
    """
    if not len(gradients):
        raise DataError("there are no candidate records")
    centred = gradients - wanted  # a mean of these is to be 0
    unit = float(np.linalg.norm(centred, axis=1).max()) or 1.0
    centred = centred / unit
    active = np.argsort(np.linalg.norm(centred, axis=1))[:BATCH]
    shares = np.zeros(0)
    for _ in range(ROUNDS):
        rows = np.vstack([centred[active].T, np.full(len(active), 1.0)])
        shares = nnls(rows, np.append(np.zeros(centred.shape[1]), 1.0))[0]
        shares = shares / shares.sum()
        left = shares @ centred[active]
        gain = left @ left - centred @ left  # Frank and Wolfe's: none above 0 at the optimum
        gain[active] = -np.inf
        fresh = np.argsort(-gain)[:BATCH]
        fresh = fresh[gain[fresh] > 1e-12 + 1e-6 * (left @ left)]
        if not len(fresh):
            break
        active = np.concatenate([active, fresh])
    weights = np.zeros(len(gradients))
    weights[active] = shares
    return weights, float(np.linalg.norm(weights @ gradients - wanted))


def _programme(
    columns: Array, groups: NDArray[np.intp], wanted: Array, share_of_group: Array
) -> tuple[Array, float, float, Array, Array]:
    """Solve the programme with some candidates, and with gradient that may be missing.

    Returns shares, α, missing gradient (1-norm), and the prices of the two kinds of constraints.
    """
    c, p = columns.shape
    levels = len(share_of_group)
    cost = np.concatenate([np.zeros(c), [1.0], np.full(2 * p, MISSING)])
    equal = np.hstack([columns.T, np.zeros((p, 1)), np.eye(p), -np.eye(p)])
    member = (groups[None, :] == np.arange(levels)[:, None]).astype(float)
    below = np.hstack([member, -share_of_group[:, None], np.zeros((levels, 2 * p))])
    for method, options in (("highs", TIGHT), ("highs", {}), ("highs-ipm", {})):
        solved = linprog(
            cost, A_ub=below, b_ub=np.zeros(levels), A_eq=equal, b_eq=wanted,
            method=method, options=options,
        )  # fmt: skip
        if solved.x is not None:
            break
    else:
        raise DataError(f"the linear programme of the gradients was not solved: {solved.message}")
    missing = float(solved.x[c + 1 :].sum())
    return (
        solved.x[:c], float(solved.x[c]), missing, solved.eqlin.marginals, solved.ineqlin.marginals,
    )  # fmt: skip


def _exact(columns: Array, wanted: Array, shares: Array) -> Array:
    """Remove the solver's rounding: solve the equations on the columns in use."""
    if not len(columns):
        return shares
    tries = [shares, nnls(columns.T, wanted, maxiter=30 * len(shares))[0]]
    for kept in (shares > 0, shares > 1e-6 * shares.max()):
        better = np.zeros_like(shares)
        better[kept] = np.linalg.lstsq(columns[kept].T, wanted, rcond=None)[0]
        tries += [better] if (better >= 0).all() else []
    return min(tries, key=lambda those: float(np.linalg.norm(those @ columns - wanted)))
