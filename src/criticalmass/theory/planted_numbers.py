"""Planting a number: what is guaranteed, and what is exact where predictions are to move.

`criticalmass.theory.regression` has the exact curve of predictions that are to come near y*. Both
are for a firm that predicts f(x) = E[y|x] of the data it sees (squared loss).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.theory.bound import SignalBound
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.guarantee import Guarantee
from criticalmass.theory.regression import check_tolerance


@dataclass(frozen=True, repr=False)
class PlantedNumberBound(SignalBound):
    """Planting y* under squared loss: S(α) ≥ 1 − (1 − α)/α · V/t, t = tolerance − ε.

    V = E₀[1{x ∈ X*} (|y − y*| − t)₊]. Where it fails at x', (1−α) P₀(x') (|μ(x') − y*| − t) is at
    least α G(x') t; the sum of the left side over all x' is at most (1−α) V, since the function
    (|y − y*| − t)₊ is convex (Jensen). `RegressionBound` follows from V ≤ (D − t) ξ.

    Parameters
    ----------
    excess
        V, or an upper limit of it, in the units of y.
    tolerance
        How near the prediction must come to y*, in the units of y.
    epsilon
        How far the firm's prediction may be from E[y|x] at any x, less than the tolerance.

    Examples
    --------
    >>> bound = PlantedNumberBound(excess=0.18, tolerance=2.0)
    >>> round(bound.critical_mass(0.9).alpha, 4)
    0.4737
    """

    theorem = "The bound for squared loss"

    excess: float
    tolerance: float
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.excess < np.inf:
            raise ParameterError(f"excess is at least 0 and finite, not {self.excess:g}")
        check_tolerance(self.tolerance, self.epsilon)

    @property
    def guarantee(self) -> Guarantee:
        """The bound's numbers, in the one form that all these bounds have."""
        return Guarantee(shared=self.excess / (self.tolerance - self.epsilon))


@dataclass(frozen=True, eq=False)
class Moves:
    """Where a signal leads records, for predictions that it is to move.

    Parameters
    ----------
    weight
        How many records are led along each way, (ways,).
    mean_before
        The mean number μ(x) of the records that they are led from, (ways,).
    stays
        Whether they are led from x to x itself, (ways,): nothing can move there.
    base, mean_there
        How many records are at the other end x' already, and their mean number, (ways,).
    arriving
        How many records are led to x' in all, G(x'), (ways,).
    """

    weight: Array
    mean_before: Array
    stays: Array
    base: Array
    mean_there: Array
    arriving: Array


def exact_moved(moves: Moves, value: float, by: float, *, epsilon: float = 0.0) -> ExactCurve:
    """Return the exact share of records whose prediction the mark moves by so much.

    Members are a cross-section of everybody and report (g(x), y*). Off the signal set the firm goes
    on predicting μ(x), and at x' it predicts (α G y* + (1−α) P₀ μ(x')) / (α G + (1−α) P₀); so
    f(x') − f(x) ≥ by is a linear inequality in α. A record that carries the mark is never moved.

    Parameters
    ----------
    moves
        Where records are led; of a signal with g(g(x)) = g(x).
    value
        The number y* that members report.
    by
        How far predictions are to move, up (above 0) or down (below).
    epsilon
        How far the firm's prediction may be from E[y|x] at any x.

    Examples
    --------
    >>> moves = Moves(*(np.array([v]) for v in (100.0, 3.0, False, 9.0, 2.0, 100.0)))
    >>> curve = exact_moved(moves, value=5.0, by=1.0)  # 100α·1 ≥ 9(1 − α)·2
    >>> round(curve.critical_mass(0.9).alpha, 4)
    0.1525
    """
    sign = 1.0 if by > 0 else -1.0
    step = abs(by) + 2 * epsilon
    pull = moves.arriving * _beyond(sign * value, sign * moves.mean_before, step)
    ahead = moves.base * _beyond(sign * moves.mean_there, sign * moves.mean_before, step)
    # won where α pull + (1 − α) ahead ≥ 0
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = ahead / (ahead - pull)
    low = np.where(ahead >= 0, -np.inf, np.where(pull > 0, crossing, np.inf))
    high = np.where(pull >= 0, np.inf, np.where(ahead > 0, crossing, -np.inf))
    low = np.where(moves.stays, np.inf, low)
    return ExactCurve(low, high, moves.weight, float(moves.weight.sum()))


def _beyond(there: Array | float, before: Array, step: float) -> Array:
    """Return by how much one number exceeds another and a step; 0 where that is only rounding."""
    difference = there - before - step
    largest = np.maximum(np.maximum(np.abs(there), np.abs(before)), step)
    return np.where(np.abs(difference) <= 1e-12 * largest, 0.0, difference)
