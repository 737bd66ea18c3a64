"""Which records' gradients add up to a given one, and how few people that takes.

Members replace records. If records of kind j take the place of a share w_j of the population, the
firm's gradient changes by Σ w_j (G_j − ḡ), with G_j the gradient of such a record and ḡ the mean
gradient of those that it replaces. To bring about a given change is a linear programme in w ≥ 0:
`cheapest` solves it for the smallest share of members, `nearest` comes as near as it can with a
given share. There may be very many kinds of records; columns are taken in as they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, nnls

from criticalmass.arrays import Array
from criticalmass.errors import DataError

BATCH = 60
"""So many kinds of records are taken in at a time."""
MISSING = 1e5
"""The cost of a unit of gradient that no record gives, in shares of the population."""
PRECISE = 1e-6
"""The smallest share is found to this relative precision."""
MANY = 4000
"""With more columns than this, those that are far from being of use are put aside."""
ROUNDS = 500
"""Kinds of records are taken in so many times at most."""
SMALL = 0.1
"""Where fewer units of the population act, the unit becomes smaller."""
ROUNDING = 1e-6
"""A solution without the solver's rounding may need relatively so many more people at most."""
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True, eq=False)
class Mixture:
    """Records to report, with the share of the population that reports each.

    Parameters
    ----------
    alpha
        Smallest share of members that this takes. Above 1 no collective can do it; nan where no
        share does it.
    kinds
        Numbers of the candidates that are used, (kinds,).
    shares
        The share of the population that each replaces, (kinds,).
    residual
        Norm of the gradient that is left.
    """

    alpha: float
    kinds: NDArray[np.intp]
    shares: Array
    residual: float


def cheapest(
    gradients: Array,
    change: Array,
    *,
    groups: NDArray[np.intp],
    replaced: Array,
    share_of_group: Array,
) -> Mixture:
    """Return the mixture that takes the smallest share of members.

    It minimises α subject to Σ_j w_j (G_j − ḡ_l(j)) = change, Σ_{j in group l} w_j ≤ α q_l, w ≥ 0.

    Parameters
    ----------
    gradients
        G_j of the candidates, (c, p).
    change
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
        Its residual is 0 (to rounding) if the candidates can do it with whatever share of members;
        otherwise it is the mixture that comes nearest.

    Examples
    --------
    >>> mixture = cheapest(np.array([[-1.0], [3.0]]), np.array([-0.2]),
    ...     groups=np.array([0, 0]), replaced=np.array([[0.2]]), share_of_group=np.array([1.0]))
    >>> round(mixture.alpha, 6), mixture.kinds.tolist()
    (0.166667, [0])
    """
    unit = float(np.linalg.norm(change)) or 1.0
    columns = (gradients - replaced[groups]) / unit
    # the candidates that pull most in the direction of the change come first
    first = len(columns) if len(columns) <= MANY // 2 else BATCH
    active = np.argsort(-(columns @ change))[:first]
    shares, solved, scale = np.zeros(0), active, 1.0
    for _ in range(ROUNDS):
        # shares are counted in units of about α, so the solver's tolerances suit them
        shares, missing, prices, limits = _programme(
            scale * columns[active], groups[active], change / unit, share_of_group
        )
        solved = active
        # duality: no mixture takes less than α / (1 + worth), or leaves less missing
        worth = scale * (columns @ prices) + limits[groups]
        if worth.max(initial=0.0) <= PRECISE * max(1.0, MISSING * missing):
            if not 0 < shares.sum() < SMALL:
                break
            scale *= shares.sum()
            continue
        # take in what is worth most, put aside what is far from being of use
        fresh = np.argsort(-worth)[:BATCH]
        fresh = np.setdiff1d(fresh[worth[fresh] > 0], active)
        if not len(fresh):
            break
        stale = (worth[active] < -1.0) & (shares == 0) if len(active) > MANY else False
        active = np.concatenate([active[~stale] if np.any(stale) else active, fresh])
    used = shares > 1e-13
    kinds, shares = solved[used], scale * shares[used]
    shares = exact(columns[kinds], change / unit, groups[kinds], share_of_group, shares)
    residual = float(np.linalg.norm(change - unit * (shares @ columns[kinds])))
    by_group = np.bincount(groups[kinds], shares, len(share_of_group))
    alpha = float((by_group / share_of_group).max(initial=0.0))
    return Mixture(alpha if residual <= 1e-5 * unit else np.nan, kinds, shares, residual)


def nearest(gradients: Array, goal: Array) -> tuple[Array, float]:
    """Return weights whose mean gradient is nearest to a given one, and how far that is.

    Parameters
    ----------
    gradients
        Of the candidates, (c, p).
    goal
        The gradient that the mean should be, (p,).

    Returns
    -------
    weights : ndarray of float, shape (c,)
        Not negative, summing to 1.
    residual : float
        Norm of the difference.

    Raises
    ------
    DataError
        If there are no candidates.

    Examples
    --------
    >>> weights, residual = nearest(np.array([[-1.0], [3.0]]), np.array([0.0]))
    >>> weights.round(6).tolist(), round(residual, 6)
    ([0.75, 0.25], 0.0)
    """
    if not len(gradients):
        raise DataError("there are no candidate records")
    centred = gradients - goal  # a mean of these should be 0
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
    return weights, float(np.linalg.norm(weights @ gradients - goal))


def _programme(
    columns: Array, groups: NDArray[np.intp], change: Array, share_of_group: Array
) -> tuple[Array, float, Array, Array]:
    """Return the solution with some candidates; gradient may be missing, at a high cost.

    Returns
    -------
    shares, missing, prices, limits
        The candidates' shares, (c,); the missing gradient's 1-norm; the prices of the gradient's
        components, (p,), and of the groups' limits, (L,).
    """
    c, p = columns.shape
    levels = len(share_of_group)
    # unknowns: shares (c,); α; missing gradient, its positive and its negative part (p,) each
    cost = np.concatenate([np.zeros(c), [1.0], np.full(2 * p, MISSING)])
    # equalities: the gradient changes as it should
    equal = np.hstack([columns.T, np.zeros((p, 1)), np.eye(p), -np.eye(p)])
    # inequalities: of each group at most α times its share acts
    member = (groups[None, :] == np.arange(levels)[:, None]).astype(float)
    below = np.hstack([member, -share_of_group[:, None], np.zeros((levels, 2 * p))])
    limits = {"A_ub": below, "b_ub": np.zeros(levels), "A_eq": equal, "b_eq": change}
    for method, options in (("highs", TIGHT), ("highs", {}), ("highs-ipm", {})):
        solved = linprog(cost, **limits, method=method, options=options)
        if solved.x is not None:
            missing = float(solved.x[c + 1 :].sum())
            return solved.x[:c], missing, solved.eqlin.marginals, solved.ineqlin.marginals
    raise DataError(f"the linear programme of the gradients was not solved: {solved.message}")


def exact(
    columns: Array,
    change: Array,
    groups: NDArray[np.intp],
    share_of_group: Array,
    shares: Array,
) -> Array:
    """Return the programme's solution without the solver's rounding.

    With several groups more columns are in use than the gradient has components, so many
    mixtures of them bring the change about, and most take more members. The smallest share of
    members is found where, besides, the groups that are at their limit stay there: these are
    equations, too, and the nearest solution of all of them is taken.

    Parameters
    ----------
    columns
        G_j − ḡ_l(j) of the candidates in use, (u, p).
    change, groups, share_of_group
        As in `cheapest`; the groups are those of the candidates in use, (u,).
    shares
        The solver's solution, (u,).
    """
    if not len(columns):
        return shares
    levels = np.arange(len(share_of_group))
    member = (groups[None, :] == levels[:, None]).astype(float)
    acting = member @ shares / share_of_group
    alpha = acting.max()
    # the groups at their limit: so many of them act as α allows
    full = acting >= alpha * (1 - ROUNDING)
    whole = columns.shape[1]
    system = np.zeros((whole + int(full.sum()), len(columns) + 1))
    system[:whole, :-1] = columns.T
    system[whole:, :-1] = member[full] / share_of_group[full, None]
    system[whole:, -1] = -1.0
    wanted = np.concatenate([change, np.zeros(int(full.sum()))])
    tries = [shares]
    for kept in (shares > 0, shares > 1e-6 * shares.max()):
        unknown = np.append(kept, True)
        start = np.append(np.where(kept, shares, 0.0), alpha)
        step = np.linalg.lstsq(system[:, unknown], wanted - system @ start, rcond=None)[0]
        start[unknown] += step
        better = start[:-1]
        fewest = (member @ better / share_of_group).max() <= alpha * (1 + ROUNDING)
        tries += [better] if (better >= 0).all() and fewest else []
    return min(tries, key=lambda tried: float(np.linalg.norm(tried @ columns - change)))
