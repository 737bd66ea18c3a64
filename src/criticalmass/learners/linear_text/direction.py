"""Where Newton's method goes next: conjugate gradients for many columns, preconditioned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from criticalmass.arrays import Array, Rows, Single
from criticalmass.learners.linear_text.logistic import blas, product, sums

if TYPE_CHECKING:
    from criticalmass.learners.linear_text.newton import Problem

NARROWER = 0.1
"""By how much the gradient is to shrink, if the loss were quadratic, before the next step."""
CONJUGATE = 100
"""Conjugate gradients, at most."""
CROWD = 0.7
"""Share of columns that still move below which the others are taken out."""


class Direction:
    """Newton's direction for some columns of a problem, approximately.

    Parameters
    ----------
    problem
        The columns' state.
    at
        Which of them.
    enough
        Entries of the gradient below this are small enough.
    """

    def __init__(self, problem: Problem, at: Rows, enough: float) -> None:
        self.at, (self.run, self.label) = at, np.divmod(at, problem.count)
        self._problem = problem
        self.groups = {int(t): np.flatnonzero(self.run == t) for t in np.unique(self.run)}
        self._curvatures()
        self._precondition = Preconditioner(self, problem)
        self.weights = np.zeros((len(problem.weights), len(at)), np.float32)
        self.intercepts = np.zeros(len(at))
        self.margins = np.zeros((len(problem.margins), len(at)), np.float32)
        self.theirs = {
            t: np.zeros((len(problem.theirs[t]), len(mine)), np.float32)
            for t, mine in self.groups.items()
        }
        self._descend(enough)

    def _curvatures(self) -> None:
        """Compute the loss's second derivative at every record of every column."""
        problem, C = self._problem, self._problem.optimum.C
        p = expit(problem.margins[:, self.at])
        self.curvature = (C * p * (1 - p) * problem.keep[:, self.run]).astype(np.float32)
        self.their_curvature = {}
        for t, mine in self.groups.items():
            p = expit(problem.theirs[t][:, self.label[mine]])
            self.their_curvature[t] = (C * p * (1 - p)).astype(np.float32)

    def _descend(self, enough: float) -> None:
        problem = self._problem
        rest = -problem.gradient[:, self.at].astype(np.float32)
        rest0 = -problem.slope[self.at]
        largest = np.maximum(np.abs(rest).max(axis=0), np.abs(rest0))
        wanted = np.maximum(NARROWER * largest, 0.3 * enough)
        step, step0 = self._precondition(rest, rest0, np.arange(len(self.at)))
        power = sums(rest * step) + rest0 * step0
        live = np.arange(len(self.at))  # columns of `self` that those of the arrays here are
        moving = np.ones(len(live), dtype=bool)
        for _ in range(CONJUGATE):
            margins, theirs, bent, bent0 = self._curved(step, step0, live)
            length = np.where(moving, power / (sums(step * bent) + step0 * bent0), 0.0)
            narrow = length.astype(np.float32)
            self.weights[:, live] += narrow * step
            self.intercepts[live] += length * step0
            self.margins[:, live] += narrow * margins
            for t, (mine, change) in theirs.items():
                place = np.searchsorted(self.groups[t], live[mine])
                self.theirs[t][:, place] += narrow[mine] * change
            bent *= narrow
            rest -= bent
            rest0 -= length * bent0
            moving = np.maximum(np.abs(rest).max(axis=0), np.abs(rest0)) > wanted[live]
            if not moving.any():
                return
            if moving.mean() < CROWD:
                live, step, rest = live[moving], step[:, moving], rest[:, moving]
                step0, rest0, power = step0[moving], rest0[moving], power[moving]
                moving = np.ones(len(live), dtype=bool)
            ahead, ahead0 = self._precondition(rest, rest0, live)
            before, power = power, sums(rest * ahead) + rest0 * ahead0
            turn = power / before
            step *= turn.astype(np.float32)
            step += ahead
            step0 = ahead0 + turn * step0

    def _curved(
        self, step: Single, step0: Array, live: Rows
    ) -> tuple[Single, dict[int, tuple[Rows, Single]], Single, Array]:
        """Return the changes of margins along a step, and the Hessian times it."""
        problem, extra = self._problem, self._problem.extra
        narrow0 = step0.astype(np.float32)
        margins = problem.times(step[extra:])
        margins += narrow0
        pull = self.curvature[:, live] * margins
        bent = np.empty_like(step)
        bent[:extra] = 0
        bent[extra:] = problem.transposed_times(pull)
        bent += step
        bent0 = sums(pull)
        theirs = {}
        run = self.run[live]
        for t in np.unique(run).tolist():
            mine = np.flatnonzero(run == t)
            terms, inputs, transposed = problem.inputs[t]
            along = product(inputs, step[np.ix_(terms, mine)]) + narrow0[mine]
            place = np.searchsorted(self.groups[t], live[mine])
            pull = self.their_curvature[t][:, place] * along
            bent[np.ix_(terms, mine)] += product(transposed, pull)
            bent0[mine] += sums(pull)
            theirs[t] = mine, along
        return margins, theirs, bent, bent0


class Preconditioner:
    """Nearly the inverse of the Hessian: that of the shared optimum, in the coarse space.

    Terms that no shared record holds are bordered on to the coarse space, as the collective's own
    token is the steepest of all. Elsewhere the penalty rules, whose Hessian is the identity.
    """

    def __init__(self, towards: Direction, problem: Problem) -> None:
        self._optimum, self._label = problem.optimum, towards.label
        self._extra, self._whole = problem.extra, problem.whole
        self._borders: dict[int, tuple[Rows, Single, Single, Array]] = {}
        for t, mine in towards.groups.items():
            terms, inputs, transposed = problem.inputs[t]
            count = int(np.searchsorted(terms, self._extra))
            new = inputs[:, :count]
            new = new.toarray() if self._whole else new
            if not new.any():
                continue
            for column, curvature in zip(mine, towards.their_curvature[t].T, strict=True):
                bent = transposed @ (curvature[:, None] * new)
                across = np.vstack([curvature @ new, self._inside(terms[count:], bent[count:])])
                solved = blas(self._optimum.inverses[self._label[column]], across)
                values, vectors = np.linalg.eigh(np.eye(count) + bent[:count] - across.T @ solved)
                # with these records in the coarse space, too, none would be below 1
                inverse = (vectors / np.maximum(values, 1.0)) @ vectors.T
                self._borders[int(column)] = terms[:count], across, solved, inverse

    def _inside(self, terms: Rows, vectors: Single) -> Single:
        """Return what vectors at some terms are in the coarse space."""
        if not self._whole:
            return vectors
        return np.asarray(self._optimum.basis[terms - self._extra].T @ vectors)

    def __call__(self, rest: Single, rest0: Array, live: Rows) -> tuple[Single, Array]:
        """Return about the inverse Hessian times a gradient of the columns ``live``."""
        basis = self._optimum.basis
        before = rest[self._extra :]
        if self._whole:
            before = blas(basis.T, before)
        inside = np.vstack([rest0.astype(np.float32)[None], before])
        label = self._label[live]
        for j in np.unique(label):
            mine = np.flatnonzero(label == j)
            inside[:, mine] = blas(self._optimum.inverses[j], inside[:, mine])
        out = np.empty_like(rest)
        out[: self._extra] = rest[: self._extra]
        for column, known in enumerate(live.tolist()):
            if known in self._borders:
                terms, across, solved, inverse = self._borders[known]
                mine = inside[:, column].copy()  # BLAS adds strided numbers in another order
                beyond = inverse @ (rest[terms, column] - across.T @ mine)
                out[terms, column] = beyond
                inside[:, column] -= solved @ beyond.astype(np.float32)
        if self._whole:
            out[self._extra :] = blas(basis, inside[1:] - before)
            out[self._extra :] += rest[self._extra :]
        else:
            out[self._extra :] = inside[1:]
        return out, inside[0].astype(np.float64)
