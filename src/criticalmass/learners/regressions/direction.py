"""Newton's direction: conjugate gradients for many columns at once, preconditioned."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from criticalmass.arrays import Array, Rows, Single
from criticalmass.learners.regressions.logistic import as_dense, blas, product, sums
from criticalmass.learners.regressions.problem import Problem

NARROWER = 0.1
"""The next step comes when the gradient has shrunk so far, if the loss were quadratic."""
CONJUGATE = 100
"""Number of conjugate gradients, at most."""
CROWD = 0.7
"""Where a smaller share of the columns still moves, the others are taken out."""


class Direction:
    """Newton's direction for some columns of a problem, approximately.

    Parameters
    ----------
    problem
        The state of all columns.
    at
        Which columns, (c,).
    enough
        Entries of the gradient below this are small enough.

    Attributes
    ----------
    run, label
        Of which run and label each column is, (c,).
    columns_of
        For each run, which of the c columns are its own.
    weights, intercepts
        The direction, (extra + terms, c) and (c,).
    margins, own_margins
        How a whole step changes the margins: of the shared records, (records, c), and for each run
        of its own records, (m, its columns).
    """

    def __init__(self, problem: Problem, at: Rows, enough: float) -> None:
        self.at, (self.run, self.label) = at, np.divmod(at, problem.count)
        self._problem = problem
        self.columns_of = {int(t): np.flatnonzero(self.run == t) for t in np.unique(self.run)}
        self._curvatures()
        self._precondition = Preconditioner(self, problem)
        self.weights = np.zeros((len(problem.weights), len(at)), np.float32)
        self.intercepts = np.zeros(len(at))
        self.margins = np.zeros((len(problem.margins), len(at)), np.float32)
        self.own_margins = {
            t: np.zeros((len(problem.own_margins[t]), len(columns)), np.float32)
            for t, columns in self.columns_of.items()
        }
        self._descend(enough)

    def _curvatures(self) -> None:
        """Compute the loss's second derivative at every record of every column."""
        problem, C = self._problem, self._problem.optimum.C
        p = expit(problem.margins[:, self.at])
        self.curvature = (C * p * (1 - p) * problem.keep[:, self.run]).astype(np.float32)
        self.own_curvature = {}
        for t, columns in self.columns_of.items():
            p = expit(problem.own_margins[t][:, self.label[columns]])
            self.own_curvature[t] = (C * p * (1 - p)).astype(np.float32)

    def _descend(self, enough: float) -> None:
        """Find the direction by conjugate gradients.

        ``rest`` is what the direction leaves of the gradient, ``step`` the next conjugate gradient,
        ``bent`` the Hessian times it; names that end in 0 are the same for the intercepts.
        """
        problem = self._problem
        rest = -problem.gradient[:, self.at].astype(np.float32)
        rest0 = -problem.slope[self.at]
        largest = np.maximum(np.abs(rest).max(axis=0), np.abs(rest0))
        goal = np.maximum(NARROWER * largest, 0.3 * enough)
        step, step0 = self._precondition(rest, rest0, np.arange(len(self.at)))
        power = sums(rest * step) + rest0 * step0
        live = np.arange(len(self.at))  # the columns of `self` that the arrays here still have
        moving = np.ones(len(live), dtype=bool)
        for _ in range(CONJUGATE):
            # along the step, to where the quadratic model is least
            margins, own_margins, bent, bent0 = self._curved(step, step0, live)
            length = np.where(moving, power / (sums(step * bent) + step0 * bent0), 0.0)
            narrow = length.astype(np.float32)
            self.weights[:, live] += narrow * step
            self.intercepts[live] += length * step0
            self.margins[:, live] += narrow * margins
            for t, (columns, change) in own_margins.items():
                place = np.searchsorted(self.columns_of[t], live[columns])
                self.own_margins[t][:, place] += narrow[columns] * change
            # what is left, and which columns go on
            bent *= narrow
            rest -= bent
            rest0 -= length * bent0
            moving = np.maximum(np.abs(rest).max(axis=0), np.abs(rest0)) > goal[live]
            if not moving.any():
                return
            if moving.mean() < CROWD:
                live, step, rest = live[moving], step[:, moving], rest[:, moving]
                step0, rest0, power = step0[moving], rest0[moving], power[moving]
                moving = np.ones(len(live), dtype=bool)
            # the next step
            ahead, ahead0 = self._precondition(rest, rest0, live)
            before, power = power, sums(rest * ahead) + rest0 * ahead0
            turn = power / before
            step *= turn.astype(np.float32)
            step += ahead
            step0 = ahead0 + turn * step0

    def _curved(
        self, step: Single, step0: Array, live: Rows
    ) -> tuple[Single, dict[int, tuple[Rows, Single]], Single, Array]:
        """Return how a step changes the margins, and the Hessian times the step.

        Returns
        -------
        margins
            Changes of the shared records' margins, (records, columns).
        own_margins
            For each run, its columns and the changes of its own records' margins.
        bent, bent0
            The Hessian times the step, in the weights and the intercepts.
        """
        problem, extra = self._problem, self._problem.extra
        narrow0 = step0.astype(np.float32)
        # shared records
        margins = problem.times(step[extra:])
        margins += narrow0
        pull = self.curvature[:, live] * margins
        bent = np.empty_like(step)
        bent[:extra] = 0
        bent[extra:] = problem.transposed_times(pull)
        bent += step  # the penalty
        bent0 = sums(pull)
        # each run's own records
        own_margins = {}
        run = self.run[live]
        for t in np.unique(run).tolist():
            columns = np.flatnonzero(run == t)
            terms, inputs, transposed = problem.inputs[t]
            change = product(inputs, step[np.ix_(terms, columns)]) + narrow0[columns]
            place = np.searchsorted(self.columns_of[t], live[columns])
            pull = self.own_curvature[t][:, place] * change
            bent[np.ix_(terms, columns)] += product(transposed, pull)
            bent0[columns] += sums(pull)
            own_margins[t] = columns, change
        return margins, own_margins, bent, bent0


class Preconditioner:
    """Nearly the inverse of the Hessian: that of the shared optimum, in the coarse space.

    Terms that no shared record holds border the coarse space, because the collective's own token is
    the steepest of all. Elsewhere the penalty dominates, whose Hessian is the identity.
    """

    def __init__(self, direction: Direction, problem: Problem) -> None:
        self._optimum, self._label = problem.optimum, direction.label
        self._extra, self._whole = problem.extra, problem.whole
        self._borders: dict[int, tuple[Rows, Single, Single, Array]] = {}
        for t, columns in direction.columns_of.items():
            terms, inputs, transposed = problem.inputs[t]
            count = int(np.searchsorted(terms, self._extra))
            new = as_dense(inputs[:, :count])
            if not new.any():
                continue
            for column, curvature in zip(columns, direction.own_curvature[t].T, strict=True):
                bent = transposed @ (curvature[:, None] * new)
                across = np.vstack([curvature @ new, self._inside(terms[count:], bent[count:])])
                solved = blas(self._optimum.inverses[self._label[column]], across)
                values, vectors = np.linalg.eigh(np.eye(count) + bent[:count] - across.T @ solved)
                # with these records in the coarse space, too, none would be below 1
                inverse = (vectors / np.maximum(values, 1.0)) @ vectors.T
                self._borders[int(column)] = terms[:count], across, solved, inverse

    def _inside(self, terms: Rows, vectors: Single) -> Single:
        """Return vectors at some terms as coordinates in the coarse space."""
        if not self._whole:
            return vectors
        return np.asarray(self._optimum.basis[terms - self._extra].T @ vectors)

    def __call__(self, rest: Single, rest0: Array, live: Rows) -> tuple[Single, Array]:
        """Return roughly the inverse Hessian times a gradient, in the columns ``live``.

        ``rest`` is the gradient in the weights, ``rest0`` that in the intercepts.
        """
        basis = self._optimum.basis
        before = rest[self._extra :]
        if self._whole:
            before = blas(basis.T, before)
        # the intercept and the coarse space: the shared optimum's inverse
        inside = np.vstack([rest0.astype(np.float32)[None], before])
        label = self._label[live]
        for j in np.unique(label):
            columns = np.flatnonzero(label == j)
            inside[:, columns] = blas(self._optimum.inverses[j], inside[:, columns])
        # new terms: the border
        out = np.empty_like(rest)
        out[: self._extra] = rest[: self._extra]
        for column, known in enumerate(live.tolist()):
            if known in self._borders:
                terms, across, solved, inverse = self._borders[known]
                within = inside[:, column].copy()  # BLAS adds strided numbers in another order
                beyond = inverse @ (rest[terms, column] - across.T @ within)
                out[terms, column] = beyond
                inside[:, column] -= solved @ beyond.astype(np.float32)
        # all other terms: the identity beside the coarse space
        if self._whole:
            out[self._extra :] = blas(basis, inside[1:] - before)
            out[self._extra :] += rest[self._extra :]
        else:
            out[self._extra :] = inside[1:]
        return out, inside[0].astype(np.float64)
