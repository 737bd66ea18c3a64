"""Newton's method for all columns of a problem at once; `direction.py` finds where to.

First in the coarse space and along what is new, where most happens and little is to be computed;
then along all terms, where the coarse space preconditions what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from criticalmass.arrays import Array, Rows, Single
from criticalmass.learners.linear_text.direction import Direction
from criticalmass.learners.linear_text.logistic import (
    Change,
    Matrix,
    Optimum,
    Solution,
    blas,
    product,
    sums,
)

NEWTON = 50
"""Steps after which a run ends as it is: its gradient says how far it got."""
NEAR = 1.0
"""A step that changes no margin by more is taken whole; others are tried first."""


def optimum_of(
    inputs: sparse.csr_matrix, labels: NDArray[np.bool_], C: float, tolerance: float
) -> Optimum:
    """Solve every label for the shared records alone, from zero weights."""
    matrix = Matrix(inputs)
    (n, terms), count = matrix.shape, labels.shape[1]
    share = np.clip(labels.mean(axis=0), 0.5 / n, 1 - 0.5 / n)
    at = Optimum.at(matrix, labels, C, np.zeros((terms, count)), np.log(share / (1 - share)))
    nothing = sparse.csr_matrix((0, terms), dtype=np.float32)
    unchanged = Change(np.empty(0, np.intp), nothing, labels[:0])
    for wanted in (1e-3, tolerance):  # the coarse space is better where the loss is flatter
        (found,) = solve(at, [unchanged], wanted)
        at = Optimum.at(matrix, labels, C, found.weights, found.intercepts)
    return at


def solve(optimum: Optimum, changes: Sequence[Change], tolerance: float) -> list[Solution]:
    """Solve every label of every run, from the optimum of the shared records.

    Parameters
    ----------
    optimum
        That of the shared records.
    changes
        One a run.
    tolerance
        Largest entry of the gradient of the mean loss at which a label ends.

    Returns
    -------
    list of Solution
        One a run. A label that nobody or everybody holds has no optimum, and is not trained.
    """
    enough = tolerance * optimum.C * optimum.matrix.shape[0]
    problem = Problem.of(optimum, changes)
    coarse = problem.coarsened()
    coarse.solve(enough)
    problem.take(coarse)
    problem.solve(enough)
    norms = problem.norms() / (optimum.C * optimum.matrix.shape[0])
    out = []
    for t, change in enumerate(changes):
        mine = slice(t * problem.count, (t + 1) * problem.count)
        weights = problem.weights[len(problem.weights) - change.inputs.shape[1] :, mine]
        out.append(Solution(weights, problem.intercepts[mine], norms[mine]))
    return out


@dataclass(eq=False)
class Problem:
    """The state of all runs' labels: column t · count + j is label j of run t.

    Parameters
    ----------
    optimum, changes
        Where it begins.
    extra
        Number of new terms; they come first.
    whole
        Whether it is about all terms, or about the coarse space.
    inputs
        For each run, which terms its own records hold, and their inputs: (m, u) and transposed.
    weights, intercepts, gradient, slope
        Of each column.
    margins, theirs
        Of each shared record, and of each run's own.
    keep
        Which shared records a run keeps, (records, runs).
    trained
        Which columns have an optimum.
    """

    optimum: Optimum
    changes: Sequence[Change]
    extra: int
    whole: bool
    inputs: list[tuple[Rows, Any, Any]]
    weights: Array
    intercepts: Array
    gradient: Array
    slope: Array
    margins: Array
    theirs: list[Array]
    keep: NDArray[np.bool_]
    trained: NDArray[np.bool_]

    @classmethod
    def of(cls, optimum: Optimum, changes: Sequence[Change]) -> Problem:
        """Begin at the shared optimum."""
        n, terms = optimum.matrix.shape
        extra = max(change.inputs.shape[1] for change in changes) - terms
        runs, pad, count = len(changes), ((extra, 0), (0, 0)), optimum.labels.shape[1]
        weights = np.tile(np.pad(optimum.weights, pad), (1, runs))
        intercepts = np.tile(optimum.intercepts, runs)
        keep = np.ones((n, runs), dtype=bool)
        trained = np.ones(runs * count, dtype=bool)
        inputs, theirs = [], []
        for t, change in enumerate(changes):
            mine = slice(t * count, (t + 1) * count)
            at = change.terms + (extra + terms - change.inputs.shape[1])
            inputs.append((at, change.compact, change.transposed))
            theirs.append(change.compact @ weights[at, mine] + intercepts[mine])
            keep[change.rows, t] = False
            held = optimum.labels[keep[:, t]].sum(axis=0) + change.labels.sum(axis=0)
            trained[mine] = (held > 0) & (held < n - len(change.rows) + len(change.labels))
        problem = cls(
            optimum, changes, extra, True, inputs, weights, intercepts,
            np.tile(np.pad(optimum.gradient, pad), (1, runs)), np.tile(optimum.slope, runs),
            np.tile(optimum.margins, (1, runs)), theirs, keep, trained,
        )  # fmt: skip
        problem._exchange()
        return problem

    def _exchange(self) -> None:
        """Update the gradient: what replaced records pulled is gone, what came instead pulls."""
        optimum, C = self.optimum, self.optimum.C
        for t, change in enumerate(self.changes):
            mine = slice(t * self.count, (t + 1) * self.count)
            old = C * (expit(optimum.margins[change.rows]) - optimum.labels[change.rows])
            new = C * (expit(self.theirs[t]) - change.labels)
            at, _, transposed = self.inputs[t]
            self.gradient[self.extra :, mine] -= optimum.matrix.inputs[change.rows].T @ old
            self.gradient[at, mine] += transposed @ new
            self.slope[mine] += new.sum(axis=0) - old.sum(axis=0)

    @property
    def count(self) -> int:
        """Number of labels."""
        return int(self.optimum.labels.shape[1])

    def coarsened(self) -> Problem:
        """Return the problem in the new terms and the coarse space; it shares the margins."""
        inputs: list[tuple[Rows, Any, Any]] = []
        for at, own, _ in self.inputs:
            new = int(np.searchsorted(at, self.extra))
            dense = np.zeros((own.shape[0], self.extra + self.optimum.basis.shape[1]), np.float32)
            dense[:, at[:new]] = own[:, :new].toarray()
            dense[:, self.extra :] = own[:, new:] @ self.optimum.basis[at[new:] - self.extra]
            inputs.append((np.arange(dense.shape[1]), dense, np.ascontiguousarray(dense.T)))
        return Problem(
            self.optimum, self.changes, self.extra, False, inputs,
            self._projected(self.weights), self.intercepts, self._projected(self.gradient),
            self.slope, self.margins, self.theirs, self.keep, self.trained,
        )  # fmt: skip

    def _projected(self, vectors: Array) -> Array:
        inside = blas(self.optimum.basis.T, vectors[self.extra :].astype(np.float32))
        return np.vstack([vectors[: self.extra], inside])

    def take(self, coarse: Problem) -> None:
        """Take over the weights of the problem in the coarse space."""
        moved = coarse.weights[self.extra :] - self._projected(self.weights)[self.extra :]
        self.weights[: self.extra] = coarse.weights[: self.extra]
        self.weights[self.extra :] += blas(self.optimum.basis, moved.astype(np.float32))
        self.refresh(np.flatnonzero(np.abs(moved).max(axis=0) > 0))

    def times(self, vectors: Single) -> Single:
        """Return the shared inputs times vectors of terms, or of the coarse space."""
        if self.whole:
            return self.optimum.matrix.times(vectors)
        return blas(self.optimum.coarse, vectors)

    def transposed_times(self, vectors: Single) -> Single:
        """Return the shared inputs' transpose times vectors of records."""
        if self.whole:
            return self.optimum.matrix.transposed_times(vectors)
        return blas(self.optimum.coarse.T, vectors)

    def norms(self) -> Array:
        """Return each column's largest entry of the gradient; 0 where nothing is trained."""
        most = np.maximum(np.abs(self.gradient).max(axis=0, initial=0), np.abs(self.slope))
        return np.asarray(np.where(self.trained, most, 0.0))

    def solve(self, enough: float) -> None:
        """Step until every column's gradient is small enough."""
        for _ in range(NEWTON):
            moving = np.flatnonzero(self.norms() > enough)
            if not len(moving):
                return
            towards = Direction(self, moving, enough)
            size = self._sizes(towards)
            self.weights[:, moving] += size * towards.weights
            self.intercepts[moving] += size * towards.intercepts
            self.margins[:, moving] += size * towards.margins
            for t, mine in towards.groups.items():
                self.theirs[t][:, towards.label[mine]] += size[mine] * towards.theirs[t]
            self.refresh(moving)

    def refresh(self, at: Rows) -> None:
        """Compute the gradient of some columns anew."""
        run, label = np.divmod(at, self.count)
        C = self.optimum.C
        residual = expit(self.margins[:, at]) - self.optimum.labels[:, label]
        residual *= C * self.keep[:, run]
        slope, gradient = sums(residual), self.weights[:, at]
        gradient[self.extra :] += self.transposed_times(residual.astype(np.float32))
        for t in np.unique(run).tolist():
            mine = np.flatnonzero(run == t)
            labels = label[mine]
            pull = C * (expit(self.theirs[t][:, labels]) - self.changes[t].labels[:, labels])
            terms, _, transposed = self.inputs[t]
            gradient[np.ix_(terms, mine)] += product(transposed, pull.astype(np.float32))
            slope[mine] += sums(pull)
        self.gradient[:, at], self.slope[at] = gradient, slope

    def _sizes(self, towards: Direction) -> Array:
        """Return how much of the step each column takes: all, or less where the loss would rise."""
        size = np.ones(len(towards.at))
        far = np.abs(towards.margins).max(axis=0)
        for t, mine in towards.groups.items():
            far[mine] = np.maximum(far[mine], np.abs(towards.theirs[t]).max(axis=0, initial=0))
        for column in np.flatnonzero(far > NEAR).tolist():
            before = self._loss(towards, column, 0.0)
            while size[column] > 1e-3:
                if self._loss(towards, column, size[column]) <= before + 1e-9 * abs(before):
                    break
                size[column] /= 2
        return size

    def _loss(self, towards: Direction, column: int, size: float) -> float:
        """Return a column's objective after so much of a step, up to a constant."""
        at, t, label = towards.at[column], int(towards.run[column]), towards.label[column]
        margins = self.margins[:, at] + size * towards.margins[:, column]
        held = self.optimum.labels[:, label]
        lost = (np.logaddexp(0, margins) - held * margins) @ self.keep[:, t].copy()
        moved = towards.theirs[t][:, np.searchsorted(towards.groups[t], column)]
        theirs = self.theirs[t][:, label] + size * moved
        lost += (np.logaddexp(0, theirs) - self.changes[t].labels[:, label] * theirs).sum()
        weights = self.weights[:, at] + size * towards.weights[:, column]
        return float(self.optimum.C * lost + weights @ weights / 2)
