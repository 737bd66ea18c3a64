"""The state of many logistic regressions while they are solved together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from criticalmass.arrays import Array, Rows, Single
from criticalmass.learners.regressions.logistic import (
    Change,
    Optimum,
    as_dense,
    blas,
    product,
    sums,
)


@dataclass(eq=False)
class Problem:
    """The state of all runs' labels: column run · count + j is label j of a run.

    Parameters
    ----------
    optimum, changes
        The shared optimum, and what each run has in place of some shared records.
    extra
        Number of new terms, which no shared record holds; they come first.
    whole
        Whether the other rows are all terms, or the directions of the coarse space.
    inputs
        For each run the terms that its own records hold, (u,), their inputs, (m, u), and the
        transpose.
    weights, gradient
        Of each column: (extra + terms or coarse directions, columns).
    intercepts, slope
        Of each column: the intercept and its part of the gradient, (columns,).
    margins, own_margins
        Inputs times weights plus intercepts: of the shared records, (records, columns), and for
        each run of its own records, (m, labels).
    keep
        Which shared records each run keeps, (records, runs).
    trained
        Which columns have an optimum, (columns,).
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
    own_margins: list[Array]
    keep: NDArray[np.bool_]
    trained: NDArray[np.bool_]

    @classmethod
    def of(cls, optimum: Optimum, changes: Sequence[Change]) -> Problem:
        """Return the problem of some runs, at the optimum of the shared records."""
        n, terms = optimum.matrix.shape
        extra = max(change.inputs.shape[1] for change in changes) - terms
        runs, count = len(changes), optimum.labels.shape[1]

        def of_columns(shared: Array) -> Array:
            """Return weights of the shared optimum for every run, 0 for new terms."""
            return np.tile(np.pad(shared, ((extra, 0), (0, 0))), (1, runs))

        weights = of_columns(optimum.weights)
        intercepts = np.tile(optimum.intercepts, runs)
        keep = np.ones((n, runs), dtype=bool)
        trained = np.ones(runs * count, dtype=bool)
        inputs, own_margins = [], []
        for run, change in enumerate(changes):
            columns = slice(run * count, (run + 1) * count)
            # the run's own records
            at = change.terms + (extra + terms - change.inputs.shape[1])
            inputs.append((at, change.compact, change.transposed))
            own_margins.append(change.compact @ weights[at, columns] + intercepts[columns])
            # the shared records that it keeps, and labels that somebody holds and somebody does not
            keep[change.rows, run] = False
            holders = optimum.labels[keep[:, run]].sum(axis=0) + change.labels.sum(axis=0)
            records = n - len(change.rows) + len(change.labels)
            trained[columns] = (holders > 0) & (holders < records)
        problem = cls(
            optimum=optimum,
            changes=changes,
            extra=extra,
            whole=True,
            inputs=inputs,
            weights=weights,
            intercepts=intercepts,
            gradient=of_columns(optimum.gradient),
            slope=np.tile(optimum.slope, runs),
            margins=np.tile(optimum.margins, (1, runs)),
            own_margins=own_margins,
            keep=keep,
            trained=trained,
        )
        problem._exchange()
        return problem

    def _exchange(self) -> None:
        """Update the gradient: what replaced records pulled is gone, what came instead pulls."""
        optimum, C = self.optimum, self.optimum.C
        for run, change in enumerate(self.changes):
            columns = self.columns_of(run)
            old = C * (expit(optimum.margins[change.rows]) - optimum.labels[change.rows])
            new = C * (expit(self.own_margins[run]) - change.labels)
            at, _, transposed = self.inputs[run]
            self.gradient[self.extra :, columns] -= optimum.matrix.inputs[change.rows].T @ old
            self.gradient[at, columns] += transposed @ new
            self.slope[columns] += new.sum(axis=0) - old.sum(axis=0)

    @property
    def count(self) -> int:
        """Number of labels."""
        return int(self.optimum.labels.shape[1])

    def columns_of(self, run: int) -> slice:
        """Return the columns of a run."""
        return slice(run * self.count, (run + 1) * self.count)

    def coarsened(self) -> Problem:
        """Return the problem in the new terms and the coarse space.

        It shares the intercepts, slopes and margins with this one: solving it moves them here, too.
        """
        inputs: list[tuple[Rows, Any, Any]] = []
        for at, own, _ in self.inputs:
            new = int(np.searchsorted(at, self.extra))
            # its own new terms alone: columns of zeros for those of others would shift its sums
            coarse = own[:, new:] @ self.optimum.basis[at[new:] - self.extra]
            dense = np.concatenate([as_dense(own[:, :new]), coarse], axis=1, dtype=np.float32)
            terms = np.concatenate([at[:new], self.extra + np.arange(coarse.shape[1])])
            inputs.append((terms, dense, np.ascontiguousarray(dense.T)))
        return replace(
            self,
            whole=False,
            inputs=inputs,
            weights=self._projected(self.weights),
            gradient=self._projected(self.gradient),
        )

    def _projected(self, vectors: Array) -> Array:
        """Return vectors of terms in the new terms and the coarse space."""
        inside = blas(self.optimum.basis.T, vectors[self.extra :].astype(np.float32))
        return np.vstack([vectors[: self.extra], inside])

    def take(self, coarse: Problem) -> None:
        """Move this problem's weights to where those in the coarse space have moved."""
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

    def refresh(self, at: Rows) -> None:
        """Compute the gradient of some columns anew."""
        run, label = np.divmod(at, self.count)
        C = self.optimum.C
        # shared records that runs keep
        residual = expit(self.margins[:, at]) - self.optimum.labels[:, label]
        residual *= C * self.keep[:, run]
        slope, gradient = sums(residual), self.weights[:, at]
        gradient[self.extra :] += self.transposed_times(residual.astype(np.float32))
        # each run's own records
        for t in np.unique(run).tolist():
            columns = np.flatnonzero(run == t)
            labels = label[columns]
            pull = C * (expit(self.own_margins[t][:, labels]) - self.changes[t].labels[:, labels])
            terms, _, transposed = self.inputs[t]
            gradient[np.ix_(terms, columns)] += product(transposed, pull.astype(np.float32))
            slope[columns] += sums(pull)
        self.gradient[:, at], self.slope[at] = gradient, slope
