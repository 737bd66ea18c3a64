"""Logistic regressions of a firm that optimises less: training stops after a number of steps."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from criticalmass.learners.regressions.logistic import Inputs, Solution, log_odds


def stopped(
    inputs: Inputs, labels: NDArray[np.bool_], C: float, *, steps: int, tolerance: float
) -> Solution:
    """Return one regression per label after ``steps`` iterations of L-BFGS from zero weights.

    Parameters
    ----------
    inputs
        Of all records, (n, terms).
    labels
        Which labels they hold, (n, labels).
    C
        Inverse strength of the L2 penalty, as in scikit-learn.
    steps
        Number of iterations, each of which goes over the whole corpus.
    tolerance
        A regression may end before, where no entry of its gradient is larger.

    Examples
    --------
    >>> inputs, labels = np.array([[0.0], [1.0]]), np.array([[False], [True]])
    >>> stopped(inputs, labels, 1.0, steps=1, tolerance=1e-6).weights.shape
    (1, 1)
    """
    count = labels.shape[1]
    weights, intercepts = np.zeros((inputs.shape[1], count)), np.zeros(count)
    for j, holds in enumerate(labels.T):
        if holds.all() or not holds.any():
            intercepts[j] = log_odds(int(holds.sum()), len(holds))
            continue
        regression = LogisticRegression(C=C, tol=tolerance, max_iter=steps)
        with warnings.catch_warnings():  # to stop early is what was asked for
            warnings.simplefilter("ignore", ConvergenceWarning)
            regression.fit(inputs, holds)
        weights[:, j], intercepts[j] = regression.coef_[0], regression.intercept_[0]
    return Solution(weights, intercepts, np.full(count, np.nan))
