"""Newton's method for all columns of a problem at once; `direction.py` finds where each step goes.

It works first in the coarse space and along the new terms, where most of the way lies and little
has to be computed; then along all terms, where the coarse space preconditions what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.learners.regressions.direction import Direction
from criticalmass.learners.regressions.logistic import (
    Change,
    Inputs,
    Matrix,
    Optimum,
    Solution,
    log_odds,
)
from criticalmass.learners.regressions.problem import Problem

NEWTON = 50
"""A run ends after so many steps as it is: its gradient says how far it got."""
NEAR = 1.0
"""A step that changes no margin by more is taken whole; a longer one is tried first."""


def optimum_of(inputs: Inputs, labels: NDArray[np.bool_], C: float, tolerance: float) -> Optimum:
    """Return the optimum of every label for the shared records alone, found from zero weights."""
    matrix = Matrix(inputs)
    (n, terms), count = matrix.shape, labels.shape[1]
    share = np.clip(labels.mean(axis=0), 0.5 / n, 1 - 0.5 / n)
    at = Optimum.at(matrix, labels, C, np.zeros((terms, count)), np.log(share / (1 - share)))
    nothing = matrix.inputs[:0]
    unchanged = Change(np.empty(0, np.intp), nothing, labels[:0])
    for enough in (1e-3, tolerance):  # the coarse space is better where the loss is flatter
        (found,) = solve(at, [unchanged], enough)
        at = Optimum.at(matrix, labels, C, found.weights, found.intercepts)
    return at


def solve(optimum: Optimum, changes: Sequence[Change], tolerance: float) -> list[Solution]:
    """Return the regressions of every run, found from the optimum of the shared records.

    Parameters
    ----------
    optimum
        That of the shared records.
    changes
        One for each run.
    tolerance
        A label is solved when no entry of the gradient of the mean loss is larger.

    Returns
    -------
    list of Solution
        One for each run. A label that nobody or everybody holds has no optimum: its weights are
        0, its intercept is `log_odds`.
    """
    enough = tolerance * optimum.C * optimum.matrix.shape[0]
    problem = Problem.of(optimum, changes)
    coarse = problem.coarsened()
    _descend(coarse, enough)
    problem.take(coarse)
    _descend(problem, enough)
    norms = problem.norms() / (optimum.C * optimum.matrix.shape[0])
    solutions = []
    for run, change in enumerate(changes):
        columns = problem.columns_of(run)
        weights = problem.weights[len(problem.weights) - change.inputs.shape[1] :, columns]
        intercepts = problem.intercepts[columns]
        kept = problem.keep[:, run]
        holders = optimum.labels[kept].sum(axis=0) + change.labels.sum(axis=0)
        for j in np.flatnonzero(~problem.trained[columns]):
            weights[:, j] = 0.0
            intercepts[j] = log_odds(int(holders[j]), int(kept.sum()) + len(change.labels))
        solutions.append(Solution(weights, intercepts, norms[columns]))
    return solutions


def _descend(problem: Problem, enough: float) -> None:
    """Step until every column's gradient is small enough."""
    for _ in range(NEWTON):
        moving = np.flatnonzero(problem.norms() > enough)
        if not len(moving):
            return
        direction = Direction(problem, moving, enough)
        size = _sizes(problem, direction)
        problem.weights[:, moving] += size * direction.weights
        problem.intercepts[moving] += size * direction.intercepts
        problem.margins[:, moving] += size * direction.margins
        for run, columns in direction.columns_of.items():
            labels = direction.label[columns]
            problem.own_margins[run][:, labels] += size[columns] * direction.own_margins[run]
        problem.refresh(moving)


def _sizes(problem: Problem, direction: Direction) -> Array:
    """Return how much of the step each column takes: all, or less where the loss would rise."""
    size = np.ones(len(direction.at))
    # how far a whole step moves any margin of a column
    far = np.abs(direction.margins).max(axis=0)
    for run, columns in direction.columns_of.items():
        own = np.abs(direction.own_margins[run]).max(axis=0, initial=0)
        far[columns] = np.maximum(far[columns], own)
    for column in np.flatnonzero(far > NEAR).tolist():
        before = _loss(problem, direction, column, 0.0)
        while size[column] > 1e-3:
            if _loss(problem, direction, column, size[column]) <= before + 1e-9 * abs(before):
                break
            size[column] /= 2
    return size


def _loss(problem: Problem, direction: Direction, column: int, size: float) -> float:
    """Return a column's objective after so much of a step, up to a constant."""
    at, run = direction.at[column], int(direction.run[column])
    label = direction.label[column]
    # shared records that the run keeps
    margins = problem.margins[:, at] + size * direction.margins[:, column]
    labels = problem.optimum.labels[:, label]
    loss = (np.logaddexp(0, margins) - labels * margins) @ problem.keep[:, run].copy()
    # the run's own records
    step = direction.own_margins[run][:, np.searchsorted(direction.columns_of[run], column)]
    margins = problem.own_margins[run][:, label] + size * step
    loss += (np.logaddexp(0, margins) - problem.changes[run].labels[:, label] * margins).sum()
    # the penalty
    weights = problem.weights[:, at] + size * direction.weights[:, column]
    return float(problem.optimum.C * loss + weights @ weights / 2)
