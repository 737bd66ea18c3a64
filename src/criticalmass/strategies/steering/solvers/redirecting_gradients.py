"""Which records redirect a firm's gradient to a target, how hard they pull, and how many it takes.

Members replace their records, as in
`criticalmass.strategies.steering.solvers.cancelling_gradients`: if records of kind j take the place
of a share w_j of the population, the firm's gradient g changes by Σ w_j (G_j − ḡ), with G_j the
gradient of such a record and ḡ the mean gradient of those that it replaces. A step of gradient
control wants

    g + Σ w_j (G_j − ḡ) = c (θ − θ*),    w ≥ 0,    Σ w_j ≤ α,

with the pull c = αξ. `hardest` finds the largest c for a given α, `smallest` the least α for a
given c; `closest` is what remains where there is no such w at all. The conditions are linear in
(w, c, α) together: what can be done with (c, α) and with (c', α') can be done with all between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from criticalmass.arrays import Array
from criticalmass.errors import DataError
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.allowed_records import Allowed, Groups, observed
from criticalmass.strategies.steering.solvers.cancelling_gradients import nearest

FLAT = 1e-11
"""A direction is fixed if the gradients' variance along it is a smaller part of the largest one."""
OUTSIDE = 1e-7
"""A smaller part of a change along fixed directions counts as rounding."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """The gradients at one θ of what members can send.

    Parameters
    ----------
    gradients
        G_j of each kind of record, (c, p).
    groups
        Which members can send it, (c,): 0 … L − 1.
    replaced
        ḡ_l, mean gradient of each group's own records, (L, p).
    limits
        Share of the members' records that is each group's and may change, (L,).
    """

    gradients: Array
    groups: NDArray[np.intp]
    replaced: Array
    limits: Array

    @property
    def changes(self) -> Array:
        """G_j − ḡ, (c, p)."""
        return np.asarray(self.gradients - self.replaced[self.groups])


@dataclass(frozen=True, eq=False)
class Candidates:
    """Records that members may send, and who the members are; make them with `Candidates.of`.

    Parameters
    ----------
    x, y
        Features (c, d) and outcomes (c, k) of every kind of record.
    of_kind
        Which group of members can send it, (c,).
    own
        The members' own records.
    groups
        The members' groups.
    part
        Share of a member's records that can change.
    """

    x: Array
    y: Array
    of_kind: NDArray[np.intp]
    own: Sample
    groups: Groups
    part: float

    @classmethod
    def of(cls, pool: Sample, own: Sample, allowed: Allowed) -> Candidates:
        """Return the records of ``pool`` that members, whose own records are ``own``, may send.

        Raises
        ------
        DataError
            If members may report records that do not exist.
        """
        if allowed.records != "observed":
            raise DataError(
                f'gradient control sends records that exist (records = "observed"), not '
                f'"{allowed.records}" ones; gradients themselves are free (supply = "gradients")'
            )
        if allowed.labels == "fixed":
            groups = Groups.of(own, "fixed")
        else:  # labels that no member holds can be reported, too
            known = Groups.of(pool, "free")
            nobody = np.zeros(len(own), dtype=np.intp)
            groups = Groups(known.outcomes, nobody, known.of_outcome, np.ones(1))
        rows, y, of_kind = observed(pool, groups)
        return cls(pool.x[rows], y, of_kind, own, groups, allowed.part)

    def at(self, model: Differentiable, theta: Array) -> Slopes:
        """Return the gradients of these records at θ."""
        own = model.gradients(theta, self.own.x, self.own.y)
        return Slopes(
            gradients=model.gradients(theta, self.x, self.y),
            groups=self.of_kind,
            replaced=self.groups.means(own, self.own.shares()),
            limits=self.groups.shares * self.part,
        )


def hardest(
    slopes: Slopes, standing: Array, towards: Array, alpha: float
) -> tuple[float, Array] | None:
    """Return the largest pull c that a share α of members can give, and the records for it.

    Parameters
    ----------
    slopes
        What members can send.
    standing
        The firm's gradient g while members keep their records, (p,).
    towards
        θ − θ*, (p,).
    alpha
        Share of the population that joined.

    Returns
    -------
    pull : float
        c ≥ 0.
    shares : ndarray of float, shape (c,)
        w, the share of the population that each kind of record takes.
    None
        If the gradient cannot be redirected with any c ≥ 0.

    Examples
    --------
    >>> slopes = Slopes(np.array([[-1.0], [3.0]]), np.zeros(2, int), np.zeros((1, 1)), np.ones(1))
    >>> pull, shares = hardest(slopes, np.array([0.1]), np.array([2.0]), alpha=0.2)
    >>> round(pull, 4), shares.round(4).tolist()
    (0.35, [0.0, 0.2])
    """
    room = _Room.of(slopes)
    if room.misses(towards) or room.misses(standing):
        return None
    pulled, goal = room.inside(towards), -room.inside(standing) / alpha
    length = float(np.linalg.norm(pulled)) or 1.0
    c, r, levels = len(room.columns), len(pulled), len(slopes.limits)
    # unknowns: shares over α (c,); the pull, scaled; people of each group who stay out (L,)
    matrix = np.zeros((r + levels, c + 1 + levels))
    cost = np.zeros(c + 1 + levels)
    cost[c] = -1.0
    # the gradient is redirected
    matrix[:r, :c] = room.columns.T
    matrix[:r, c] = -pulled / length
    # all people of a group act, or stay out
    matrix[r:, :c] = _membership(slopes)
    matrix[r:, c + 1 :] = np.eye(levels)
    solution = _least(matrix, np.concatenate([goal, slopes.limits]), cost)
    if solution is None:
        return None
    return float(solution[c] * alpha / length), solution[:c] * alpha


def smallest(
    slopes: Slopes, standing: Array, towards: Array, pull: float
) -> tuple[float, Array] | None:
    """Return the least share α of members that can give a pull, and the records for it.

    Parameters
    ----------
    slopes, standing, towards
        As for `hardest`.
    pull
        c ≥ 0.

    Returns
    -------
    alpha, shares
        α may be above 1: then no collective can do it. None if no number of members could.

    Examples
    --------
    >>> slopes = Slopes(np.array([[-1.0], [3.0]]), np.zeros(2, int), np.zeros((1, 1)), np.ones(1))
    >>> alpha, shares = smallest(slopes, np.array([0.1]), np.array([2.0]), pull=0.25)
    >>> round(alpha, 4), shares.round(4).tolist()
    (0.1333, [0.0, 0.1333])
    """
    room = _Room.of(slopes)
    change = pull * towards - standing
    if room.misses(change):
        return None
    goal = room.inside(change)
    length = float(np.linalg.norm(goal))
    c, r, levels = len(room.columns), len(goal), len(slopes.limits)
    if not length:
        return 0.0, np.zeros(c)
    if levels == 1:
        # unknowns: shares (c,), whose sum is α
        solution = _least(room.columns.T, goal / length, np.ones(c))
    else:
        # unknowns: shares (c,); α; people of each group who stay out (L,)
        matrix = np.zeros((r + levels, c + 1 + levels))
        cost = np.zeros(c + 1 + levels)
        cost[c] = 1.0
        # the gradient changes
        matrix[:r, :c] = room.columns.T
        # a share α of each group's people act, or stay out
        matrix[r:, :c] = _membership(slopes)
        matrix[r:, c] = -slopes.limits
        matrix[r:, c + 1 :] = np.eye(levels)
        solution = _least(matrix, np.append(goal / length, np.zeros(levels)), cost)
    if solution is None:
        return None
    shares = solution[:c] * length
    return float((_membership(slopes) @ shares / slopes.limits).max()), shares


def closest(slopes: Slopes, change: Array, alpha: float) -> tuple[Array, float]:
    """Return the records whose change of the gradient is nearest to the one aimed at.

    Parameters
    ----------
    slopes
        What members can send.
    change
        How the firm's gradient should change, (p,).
    alpha
        Share of the population that joined.

    Returns
    -------
    shares : ndarray of float, shape (c,)
        The share of the population that each kind of record takes.
    residual : float
        Norm of what is missing.
    """
    changes, levels, whole = slopes.changes, len(slopes.limits), slopes.limits.sum()
    # keeping one's record changes nothing; further coordinates keep each group to its share
    kinds = np.concatenate([changes, np.zeros((levels, changes.shape[1]))])
    weight = 1e3 * float(np.linalg.norm(changes, axis=1).max(initial=0.0)) if levels > 1 else 0.0
    belongs = weight * np.concatenate([np.eye(levels)[slopes.groups], np.eye(levels)])
    target = np.concatenate([change / (alpha * whole), weight * slopes.limits / whole])
    weights, _ = nearest(np.hstack([kinds, belongs]), target)
    shares = alpha * whole * weights[: len(changes)]
    return shares, float(np.linalg.norm(shares @ changes - change))


@dataclass(frozen=True, eq=False)
class _Room:
    """The directions in which members can change the gradient, each scaled to unit variance."""

    basis: Array
    scale: Array
    columns: Array

    @classmethod
    def of(cls, slopes: Slopes) -> _Room:
        """Return the directions in which these slopes can change the gradient."""
        changes = slopes.changes
        spread, axes = np.linalg.eigh(changes.T @ changes / len(changes))
        kept = spread > FLAT * max(spread[-1], 1e-300)
        basis, scale = axes[:, kept], np.sqrt(spread[kept])
        return cls(basis, scale, changes @ basis / scale)

    def inside(self, vector: Array) -> Array:
        """Return a vector in the coordinates of the room."""
        return np.asarray(vector @ self.basis / self.scale)

    def misses(self, vector: Array) -> bool:
        """Return whether a vector points where no record's gradient does."""
        rest = vector - self.basis @ (self.basis.T @ vector)
        return bool(np.linalg.norm(rest) > OUTSIDE * (np.linalg.norm(vector) + self.scale.max()))


def _membership(slopes: Slopes) -> Array:
    """Return which kinds are which group's, (L, c)."""
    levels = np.arange(len(slopes.limits))
    return np.asarray(slopes.groups[None, :] == levels[:, None], dtype=float)


def _least(matrix: Array, values: Array, cost: Array) -> Array | None:
    """Return the x ≥ 0 of least cost · x with matrix x = values; None if there is no such x."""
    solved = linprog(cost, A_eq=matrix, b_eq=values, method="highs")
    return None if solved.x is None else np.asarray(solved.x)
