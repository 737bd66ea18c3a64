"""Scores of a fitted scikit-learn estimator that say what its ``predict`` says.

An estimator's ``predict`` need not follow its scores: thresholds are tuned, pairs of labels vote,
and ties are broken. Here its scores are read, put into one column for each label, and changed only
where they contradict ``predict``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from criticalmass.errors import DataError
from criticalmass.learners.scikit.estimators import deciding

Scores = NDArray[np.float64]

_LARGEST = np.nextafter(np.finfo(float).max, 0)  # a finite number is above it
_BARELY = np.finfo(float).tiny  # above 0, and nothing else


def single_label_scores(
    estimator: Any, inputs: Any, *, learnt: NDArray[np.intp], labels: int
) -> Scores:
    """Return the scores of an estimator that predicts one label for each record.

    Parameters
    ----------
    estimator
        Fitted to labels that are the numbers of their columns.
    inputs
        The records, as the estimator takes them.
    learnt
        The numbers of the labels that somebody in training holds, ascending.
    labels
        How many labels there are.

    Returns
    -------
    ndarray of float, shape (records, labels)
        The highest score is strictly highest, and stands where ``predict`` says. A label that
        nobody in training holds scores −∞. So does every label where ``predict`` says none of them.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import FixedThresholdClassifier
    >>> x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    >>> easily = FixedThresholdClassifier(LogisticRegression(), threshold=0.01).fit(x, y)
    >>> scores = single_label_scores(easily, x, learnt=np.array([0, 1]), labels=2)
    >>> easily.predict(x).tolist(), scores.argmax(axis=1).tolist()
    ([1, 1, 1, 1], [1, 1, 1, 1])
    """
    predicted = _predicted_columns(estimator.predict(inputs), labels)
    scores = np.full((len(predicted), labels), -np.inf)
    raw = next(_readings(estimator, inputs, learnt), None)
    if raw is not None:
        _require_numbers(raw)
        scores[:, _classes(estimator, learnt)] = np.minimum(raw, _LARGEST)
    else:
        scores[:, learnt] = 0.0
    # the best score of another label than the predicted one
    rows = np.flatnonzero(predicted >= 0)
    columns = predicted[rows]
    others = scores[rows]
    others[np.arange(len(rows)), columns] = -np.inf
    best = others.max(axis=1, initial=-np.inf)
    if raw is None:
        scores[rows, columns] = 1.0
    # where scores contradict, the predicted label's comes barely above it
    contradicts = ~(scores[rows, columns] > best)
    scores[rows[contradicts], columns[contradicts]] = np.nextafter(best[contradicts], np.inf)
    scores[predicted < 0] = -np.inf
    return scores


def label_set_scores(estimator: Any, inputs: Any, *, labels: NDArray[np.bool_]) -> Scores:
    """Return the scores of an estimator that predicts a set of labels for each record.

    Parameters
    ----------
    estimator
        Fitted to a matrix of 0 and 1, or to one column of it if there is one label.
    inputs
        The records, as the estimator takes them.
    labels
        Which labels the records of the training data hold, shape (training records, labels).

    Returns
    -------
    ndarray of float, shape (records, labels)
        A score is above 0 exactly where ``predict`` says that the label is held. A label that
        nobody in training holds scores −∞, or barely above 0 where it is predicted all the same.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> x, labels = np.array([[0.0], [1.0]]), np.array([[1, 0, 0], [0, 1, 0]])
    >>> tree = DecisionTreeClassifier().fit(x, labels)
    >>> label_set_scores(tree, x, labels=labels == 1).tolist()
    [[0.5, -0.5, -inf], [-0.5, 0.5, -inf]]
    """
    count = labels.shape[1]
    predicted = prediction_matrix(estimator.predict(inputs), count) == 1
    certain = labels.all(axis=0).astype(float)
    scores = next(_set_readings(estimator, inputs, certain=certain), None)
    if scores is None:
        return np.where(predicted, 1.0, np.where(labels.any(axis=0), 0.0, -np.inf))
    _require_numbers(scores)
    scores = np.minimum(scores, _LARGEST)
    scores = np.where(predicted, np.maximum(scores, _BARELY), np.minimum(scores, 0.0))
    return np.where(labels.any(axis=0), scores, np.where(predicted, _BARELY, -np.inf))


def predicted_numbers(estimator: Any, inputs: Any) -> Scores:
    """Return the numbers that a regressor predicts, shape (records, 1).

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> line = LinearRegression().fit([[0.0], [1.0]], [10.0, 12.0])
    >>> predicted_numbers(line, [[0.5]]).round(6).tolist()
    [[11.0]]
    """
    predicted = prediction_matrix(estimator.predict(inputs), 1)
    if not np.isfinite(predicted).all():
        raise DataError("what it predicts is not finite; look for numbers that are too large")
    return predicted


def positive_scores(estimator: Any, inputs: Any) -> Scores:
    """Return how strongly an estimator that was fitted to 0 and 1 speaks for 1, shape (records,).

    A score above 0 speaks for 1, unless the estimator's ``predict`` has a threshold of its own.
    """
    scores = next(_set_readings(estimator, inputs, certain=np.zeros(1)), None)
    if scores is None:
        return np.asarray(prediction_matrix(estimator.predict(inputs), 1)[:, 0] == 1, dtype=float)
    return np.asarray(scores[:, 0])


def prediction_matrix(raw: Any, columns: int) -> Scores:
    """Return what ``predict`` returned as numbers, shape (records, columns).

    Raises
    ------
    DataError
        If it has another shape, or does not hold numbers.
    """
    dense = raw.toarray() if hasattr(raw, "toarray") else raw  # a sparse matrix
    try:
        predicted = np.asarray(dense, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(
            "its predict must return the labels that it was fitted to, which are numbers; "
            f"it returned {str(np.asarray(dense).reshape(-1)[:1])[:60]}"
        ) from error
    if predicted.ndim == 1:
        predicted = predicted[:, None]
    if predicted.ndim != 2 or predicted.shape[1] != columns:
        raise DataError(
            f"its predict returned an array of shape {predicted.shape}, not (records, {columns})"
        )
    return predicted


def _asked(estimator: Any, inputs: Any) -> Iterator[tuple[str, Any]]:
    """Yield every kind of scores that the estimator has, with its method, the preferred first."""
    for method in ("decision_function", "predict_proba"):
        if hasattr(estimator, method):  # so scikit-learn's estimators say what they can do
            try:
                raw = getattr(estimator, method)(inputs)
            except (AttributeError, NotImplementedError, ValueError):
                continue  # declared, but not with these parameters
            yield method, raw


def _readings(estimator: Any, inputs: Any, learnt: NDArray[np.intp]) -> Iterator[Scores]:
    """Yield what can be read as one column for each label that was learnt."""
    count = len(learnt)
    for method, raw in _asked(estimator, inputs):
        array = np.asarray(raw, dtype=float)
        if method == "decision_function":
            if array.size == len(array) and count == 2:
                array = np.column_stack([-array.reshape(-1), array.reshape(-1)])
            elif _are_pairs(estimator, array, count):
                array = _from_pairs(array, count)
        if array.ndim == 2 and array.shape[1] == count:
            yield array


def _set_readings(estimator: Any, inputs: Any, *, certain: Scores) -> Iterator[Scores]:
    """Yield what can be read as one column for each label of the sets, 0 being undecided.

    ``certain`` is P(held) of each label that everybody (1) or nobody (0) in training holds.
    """
    count = len(certain)
    for method, raw in _asked(estimator, inputs):
        neutral = 0.0 if method == "decision_function" else 0.5
        if isinstance(raw, list):  # natively multi-output: one (n, 2) or (n, 1) array a label
            raw = np.column_stack(
                [
                    p[:, 1] if p.shape[1] == 2 else np.full(len(p), c)
                    for p, c in zip(raw, certain, strict=True)
                ]
            )
        array = np.asarray(raw, dtype=float)
        if count == 1 and array.ndim == 2 and array.shape[1] == 2:  # of 0 and of 1
            array = array[:, 1] if neutral else (array[:, 1] - array[:, 0]) / 2
        array = array.reshape(len(array), -1)
        if array.shape[1] == count:
            yield array - neutral


def _are_pairs(estimator: Any, array: Scores, count: int) -> bool:
    """Return whether these are scores of pairs of labels (support vector machines give them)."""
    if array.ndim != 2 or count < 3 or array.shape[1] != count * (count - 1) // 2:
        return False
    if count > 3:  # three labels have three pairs
        return True
    last = deciding(estimator)
    parameters = last.get_params(deep=False) if isinstance(last, BaseEstimator) else {}
    return bool(parameters.get("decision_function_shape") == "ovo")


def _from_pairs(pairs: Scores, count: int) -> Scores:
    """Return votes from scores of pairs (above 0 for the first), ties broken by confidence.

    That is what scikit-learn's support vector machines do for ``decision_function_shape="ovr"``.
    """
    votes, sums = np.zeros((len(pairs), count)), np.zeros((len(pairs), count))
    for pair, (one, other) in zip(pairs.T, combinations(range(count), 2), strict=True):
        sums[:, one] += pair
        sums[:, other] -= pair
        votes[:, one] += pair >= 0
        votes[:, other] += pair < 0
    return np.asarray(votes + sums / (3 * (np.abs(sums) + 1)))


def _classes(estimator: Any, learnt: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the labels that the columns of an estimator's scores stand for."""
    if hasattr(estimator, "classes_"):
        classes = np.asarray(estimator.classes_)
        if classes.shape == learnt.shape and np.array_equal(np.sort(classes), learnt):
            return np.asarray(classes, dtype=np.intp)
    return learnt


def _predicted_columns(raw: Any, labels: int) -> NDArray[np.intp]:
    """Return the numbers of the predicted labels; −1 where a prediction is none of them."""
    predicted = prediction_matrix(raw, 1)[:, 0]
    known = np.isin(predicted, np.arange(labels))
    return np.where(known, predicted, -1).astype(np.intp)


def _require_numbers(scores: Scores) -> None:
    if np.isnan(scores).any():
        raise DataError(
            "its scores are not numbers (nan); look for columns without variation, or for numbers "
            "that are too large"
        )
