"""`OneForEach`: a classifier of one label, made to predict sets of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.multiclass import OneVsRestClassifier

from criticalmass.learners.scikit.predictions import positive_scores, prediction_matrix


class OneForEach(OneVsRestClassifier):  # type: ignore[misc]
    """One clone of a classifier for each label, which decides by its own ``predict``.

    `sklearn.multiclass.OneVsRestClassifier` fits the same clones, but uses their scores alone: a
    tuned threshold would be lost, and a classifier without scores could not be used. A label that
    everybody in training holds is predicted for everybody, one that nobody holds for nobody.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import FixedThresholdClassifier
    >>> x, labels = np.array([[0.0], [1.0], [2.0]]), np.array([[0, 1], [0, 1], [1, 0]])
    >>> easily = FixedThresholdClassifier(LogisticRegression(), threshold=0.01)
    >>> OneForEach(easily).fit(x, labels).predict(x).tolist()
    [[1, 1], [1, 1], [1, 1]]
    """

    def predict(self, X: Any) -> NDArray[np.intp]:
        """Return which labels each record is predicted to hold, 0 or 1, (records, labels)."""
        predicted = [prediction_matrix(each.predict(X), 1) == 1 for each in self.estimators_]
        return np.hstack(predicted).astype(np.intp)

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return how strongly each clone speaks for its label, (records, labels)."""
        clones = [each for each in self.estimators_ if isinstance(each, type(self.estimator))]
        by_decision = all(hasattr(each, "decision_function") for each in clones)
        columns = []
        for each in self.estimators_:
            if isinstance(each, type(self.estimator)):
                columns.append(positive_scores(each, X))
            else:  # what stands for a label that everybody holds, or nobody
                always = each.predict(X).reshape(-1).astype(float)
                columns.append(always if by_decision else always - 0.5)
        return np.column_stack(columns)
