"""Many logistic regressions on nearly the same records: the parts that they share.

Each column of a problem is one label of one training run. It minimises what scikit-learn's
`LogisticRegression` does:

    ½ |w|² + C Σ_i log(1 + exp(−y_i (x_i·w + b))).

In each run some of the shared records are replaced. `newton.py` solves all runs, beginning with the
optimum of the shared records.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.utils.extmath import randomized_svd

from criticalmass.arrays import Array, Rows, Single

DENSE = 0.05
"""Terms that a larger share of the records holds are stored densely."""
COARSE = 96
"""Number of directions of the coarse space, along which the solution moves most."""
Inputs = Any
"""Inputs of records, (records, terms): a csr_matrix, or an array of single precision."""
WIDTH = 16
"""Columns are padded to a multiple of this for BLAS: no column's sums then depend on how many
others there are."""


@dataclass(frozen=True, eq=False)
class Change:
    """What one run has in place of some of the shared records.

    Parameters
    ----------
    rows
        Which are replaced, (m,).
    inputs
        Inputs in their place, (m, extra + terms), of single precision; sparse where the shared
        inputs are. The extra terms, which no shared record holds, come first.
    labels
        Labels of these, (m, labels).
    """

    rows: Rows
    inputs: Inputs
    labels: NDArray[np.bool_]

    @cached_property
    def terms(self) -> Rows:
        """Columns of the terms that the inputs hold, (u,), ascending."""
        if not sparse.issparse(self.inputs):
            return np.arange(self.inputs.shape[1])
        return np.unique(self.inputs.indices).astype(np.intp)

    @cached_property
    def compact(self) -> Inputs:
        """The inputs in these terms' columns only, (m, u)."""
        if not sparse.issparse(self.inputs):
            return self.inputs
        columns = np.searchsorted(self.terms, self.inputs.indices)
        shape = (self.inputs.shape[0], len(self.terms))
        return sparse.csr_matrix((self.inputs.data, columns, self.inputs.indptr), shape)

    @cached_property
    def transposed(self) -> Inputs:
        """The transpose of `compact`, (u, m)."""
        if not sparse.issparse(self.inputs):
            return np.ascontiguousarray(self.inputs.T)
        return self.compact.T.tocsr()


class Matrix:
    """The shared inputs, (records, terms), in single precision; frequent terms are stored densely.

    Parameters
    ----------
    inputs
        All of them, sparse or dense. If sparse, the terms stand in the order of how many records
        hold them, the most frequent first.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.shape: tuple[int, int] = inputs.shape
        self.inputs = inputs.astype(np.float32)
        self.rare: sparse.csr_matrix | None = None
        if not sparse.issparse(inputs):
            self.frequent, self.dense = self.shape[1], np.ascontiguousarray(self.inputs)
            return
        frequency = np.bincount(inputs.indices, minlength=self.shape[1])
        self.frequent = int(np.sum(frequency > DENSE * self.shape[0]))
        self.dense = np.ascontiguousarray(self.inputs[:, : self.frequent].toarray())
        self.rare = sparse.csr_matrix(self.inputs[:, self.frequent :])
        self.rare_transposed = self.rare.T.tocsr()

    def times(self, vectors: Single) -> Single:
        """Return X v for every column of v."""
        out = blas(self.dense, vectors[: self.frequent])
        if self.rare is not None:
            out += self.rare @ vectors[self.frequent :]
        return out

    def transposed_times(self, vectors: Single) -> Single:
        """Return Xᵀ u for every column of u."""
        out = np.empty((self.shape[1], vectors.shape[1]), np.float32)
        out[: self.frequent] = blas(self.dense.T, vectors)
        if self.rare is not None:
            out[self.frequent :] = self.rare_transposed @ vectors
        return out


def blas(matrix: Single, vectors: Single) -> Single:
    """Return the product; no column of it depends on how many others there are."""
    columns = vectors.shape[1]
    padded = np.zeros((len(vectors), -(-columns // WIDTH) * WIDTH), dtype=np.float32)
    padded[:, :columns] = vectors
    if padded.shape[1] <= WIDTH or wide_is_narrow():
        return (matrix @ padded)[:, :columns]
    return _in_blocks(matrix, padded)[:, :columns]


@cache
def wide_is_narrow() -> bool:
    """Return whether this machine's BLAS adds up a wide product as it does a block of columns.

    With the kernels for Intel's Haswell, OpenBLAS does not: then blocks are multiplied one by one,
    which takes about half as long again. All shapes tried tell the same, here and on other kernels.
    """
    rng = np.random.default_rng(0)
    for rows, inner in ((50, 70), (300, 333), (60, 1645), (7, 2000)):
        matrix = rng.random((rows, inner)).astype(np.float32)
        vectors = rng.random((inner, 3 * WIDTH)).astype(np.float32)
        for shape in (matrix, np.asfortranarray(matrix)):
            if not np.array_equal(shape @ vectors, _in_blocks(shape, vectors)):
                return False
    return True


def _in_blocks(matrix: Single, vectors: Single) -> Single:
    """Return the product, block of columns by block; all blocks are alike to BLAS."""
    starts = range(0, vectors.shape[1], WIDTH)
    blocks = [np.ascontiguousarray(vectors[:, start : start + WIDTH]) for start in starts]
    return np.concatenate([matrix @ block for block in blocks], axis=1)


def as_dense(inputs: Inputs) -> Single:
    """Return inputs as an array."""
    return np.asarray(inputs.toarray() if sparse.issparse(inputs) else inputs)


def product(matrix: Any, vectors: Single) -> Single:
    """Return a sparse or dense matrix times vectors, as `blas` does."""
    return matrix @ vectors if sparse.issparse(matrix) else blas(matrix, vectors)


def sums(columns: Array | Single) -> Array:
    """Return each column's sum in double precision; it does not depend on the other columns.

    NumPy adds one column alone, or columns that lie otherwise in memory, in another order.
    Therefore a single column is added up beside a copy of itself, and always row after row.
    """
    wide = np.repeat(columns, 2, axis=1) if columns.shape[1] == 1 else columns
    rows = np.ascontiguousarray(wide)
    return np.asarray(np.add.reduce(rows, axis=0, dtype=np.float64)[: columns.shape[1]])


@dataclass(frozen=True, eq=False)
class Optimum:
    """A solution for the shared records, from which runs begin.

    Parameters
    ----------
    matrix, labels, C
        The problem: inputs; labels (records, labels); strength of the data against the penalty.
    weights, intercepts
        Its solution, (terms, labels) and (labels,).
    margins
        Inputs times weights plus intercepts, (records, labels).
    gradient, slope
        What is left of the gradient, in the weights (terms, labels) and the intercepts (labels,).
    basis
        The coarse space: orthonormal directions, (terms, k), along which the loss is most curved.
    coarse
        Inputs times basis, (records, k).
    inverses
        For each label the inverse of the Hessian in the intercept and the coarse space,
        (labels, 1 + k, 1 + k).
    """

    matrix: Matrix
    labels: NDArray[np.bool_]
    C: float
    weights: Array
    intercepts: Array
    margins: Array
    gradient: Array
    slope: Array
    basis: Single
    coarse: Single
    inverses: Single

    @classmethod
    def at(
        cls,
        matrix: Matrix,
        labels: NDArray[np.bool_],
        C: float,
        weights: Array,
        intercepts: Array,
    ) -> Optimum:
        """Return the problem's state at some weights, whether or not they are optimal."""
        margins = np.asarray(matrix.inputs @ weights + intercepts)
        p = expit(margins)
        gradient = np.asarray(matrix.inputs.T @ (C * (p - labels)) + weights)
        curvature = (C * p * (1 - p)).astype(np.float32)
        basis = _steepest(matrix.inputs, curvature.mean(axis=1))
        coarse = np.asarray(matrix.inputs @ basis)
        return cls(
            matrix=matrix,
            labels=labels,
            C=C,
            weights=weights,
            intercepts=intercepts,
            margins=margins,
            gradient=gradient,
            slope=(C * (p - labels)).sum(axis=0),
            basis=basis,
            coarse=coarse,
            inverses=_inverses(coarse, curvature),
        )


def _steepest(inputs: Inputs, curvature: Single) -> Single:
    """Return the directions along which the mean loss is most curved, (terms, k)."""
    k = min(COARSE, *inputs.shape)
    bent = sparse.diags(np.sqrt(curvature)) @ inputs
    _, _, directions = randomized_svd(bent, k, n_oversamples=16, n_iter=2, random_state=0)
    return np.ascontiguousarray(directions.T, dtype=np.float32)


def _inverses(coarse: Single, curvature: Single) -> Single:
    """Return the inverse Hessian of the intercept and the coarse space, by label."""
    block = np.hstack([np.ones((len(coarse), 1), np.float32), coarse])
    inverses: list[Single] = []
    for bent in curvature.T:
        half = block * np.sqrt(bent)[:, None]
        hessian = (half.T @ half).astype(np.float64)
        hessian[np.arange(1, len(hessian)), np.arange(1, len(hessian))] += 1  # the penalty
        hessian[0, 0] += 1e-6 * max(hessian[0, 0], 1e-6)
        inverses.append(np.linalg.inv(hessian).astype(np.float32))
    return np.array(inverses)


@dataclass(frozen=True, eq=False)
class Solution:
    """One run's regressions.

    Parameters
    ----------
    weights, intercepts
        (extra + terms, labels) and (labels,).
    gradient
        Largest entry of the gradient of the mean loss, by label, (labels,); 0 where a label was
        not trained, nan where a number of steps ended training.
    """

    weights: Array
    intercepts: Array
    gradient: Array


def log_odds(holders: int, n: int) -> float:
    """Return the smoothed log-odds of a label that nobody holds, or everybody.

    Examples
    --------
    >>> round(log_odds(0, 10), 2)
    -3.04
    """
    return float(np.log((holders + 0.5) / (n - holders + 0.5)))
