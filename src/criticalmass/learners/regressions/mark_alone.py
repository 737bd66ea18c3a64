"""What it takes for a mark to win in a penalised logistic regression, all else left as it is.

The model without a collective has weights w and log-odds f. A mark adds v e to a record's inputs,
with e a direction of length 1; the model answers by δ more weight along e. The wanted share of
marked records gets the label once δ is at least a quantile of −f/v over marked records. At the
optimum the penalty's pull along e is in balance with that of all records,

    λ (w·e + δ) + Σ v (σ(f + v δ) − y) = n · mean over members of v (y' − σ(f' + v δ)),

where the sum goes over those who are no members: only records that carry the mark already count.
So n = h + σN, with h from the penalty and σN from those records. A penalty that is N times as much,
weight decay on the mean loss, makes h a share as well. Weights that would move beside the
mark's, such as the intercept, stay where they were: it is a prediction and no bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit

from criticalmass.arrays import Array, Mask, Rows
from criticalmass.learners.first_guess import FirstGuess

MOST = 0.5
"""A direction along which other records reach more than this part of what marked ones do is no
mark of theirs."""


@dataclass(frozen=True, eq=False)
class MarkedRegression:
    """One regression without a collective, and the records that a collective would mark.

    Parameters
    ----------
    inputs, labels
        All records, (N, d), sparse or dense, and whether they hold the target label, (N,).
    weights, intercept
        Of the model that was trained on them, (d,).
    penalty
        λ: the loss is summed over records, and λ/2 |w|² is added. Weight decay on the mean loss is
        N times as much; scikit-learn's ``C`` is 1/λ.
    members
        Marked records of a sample of those who may be recruited, (m, d).
    rows
        Whose they are, (m,).
    member_labels
        Whether they then report the target label, (m,).
    acting
        The share of those who join that have something to change.
    marked
        The records that success is measured on, with the mark, (k, d).
    per_record
        Whether the penalty grows with the number of records, as weight decay on the mean loss does:
        its people are then a share, too.

    Examples
    --------
    >>> x = np.zeros((100, 1))  # nobody carries the mark, and the model says no
    >>> found = MarkedRegression(x, np.zeros(100, bool), np.zeros(1), -2.0, 1.0,
    ...     np.ones((5, 1)), np.arange(5), np.ones(5, bool), 1.0, np.ones((9, 1))).guess(0.9)
    >>> found.people, found.share  # λδ / σ(0) = 2 / 0.5
    (4, 0.0)
    """

    inputs: Any
    labels: Mask
    weights: Array
    intercept: float
    penalty: float
    members: Any
    rows: Rows
    member_labels: Mask
    acting: float
    marked: Any
    per_record: bool = False

    def direction(self) -> Array | None:
        """Return the mark's direction e, (d,); None where marked records share none of their own.

        It has the columns in which most of the marked records have something of one sign, and more
        of it than before.
        """
        if not self.members.shape[0]:
            return None
        rise = _mean(self.members) - _mean(self.inputs[self.rows])
        up, down = _mean(self.members > 0), _mean(self.members < 0)
        shared = ((up >= 0.5) & (rise > 1e-12)) | ((down >= 0.5) & (rise < -1e-12))
        towards = np.where(shared, _mean(self.members), 0.0)
        length = float(np.linalg.norm(towards))
        if length == 0:
            return None
        e = towards / length
        if float(np.mean(np.abs(self.inputs @ e))) > MOST * float(np.mean(self.marked @ e)):
            return None
        return np.asarray(e)

    def guess(self, wanted: float) -> FirstGuess | None:
        """Return how many people it takes until a share ``wanted`` of the marked has the label.

        None where the mark has no direction of its own.
        """
        e, size = self.direction(), len(self.labels)
        if e is None:
            return None
        needed = self._needed(e, wanted)
        if needed <= 0:
            return FirstGuess(0.0, 0.0, size)
        if math.isinf(needed):
            return FirstGuess(math.inf, 0.0, size)
        others, old = self.inputs @ e, self.inputs[self.rows] @ e
        pull = others * (expit(self._log_odds(self.inputs) + others * needed) - self.labels)
        marks, each = self.members @ e, self._log_odds(self.members)
        won = marks * (self.member_labels - expit(each + marks * needed))
        given_up = old * (
            expit(self._log_odds(self.inputs[self.rows]) + old * needed) - self.labels[self.rows]
        )
        by_one = self.acting * float(np.mean(won + given_up))
        if by_one <= 0:
            return FirstGuess(math.inf, 0.0, size)
        penalty = self.penalty * (float(self.weights @ e) + needed)
        heads, share = (max(part, 0.0) / by_one for part in (penalty, float(pull.sum()) / size))
        return (
            FirstGuess(0.0, heads / size + share, size)
            if self.per_record
            else FirstGuess(heads, share, size)
        )

    def _needed(self, e: Array, wanted: float) -> float:
        """Return δ: the smallest weight along e with which the wanted share gets the label."""
        marks, odds = self.marked @ e, self._log_odds(self.marked)
        with np.errstate(divide="ignore", invalid="ignore"):
            enough = np.where(marks > 0, -odds / marks, np.where(odds > 0, -np.inf, np.inf))
        place = max(math.ceil(wanted * len(enough) - 1e-9) - 1, 0)
        return float(np.partition(enough, place)[place])

    def _log_odds(self, inputs: Any) -> Array:
        return np.asarray(inputs @ self.weights + self.intercept)


def _mean(matrix: Any) -> Array:
    """Return the mean of every column of a sparse or dense matrix."""
    means = matrix.mean(axis=0)
    return np.asarray(means, dtype=float).reshape(-1) if sparse.issparse(matrix) else means
