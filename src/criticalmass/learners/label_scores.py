"""Scores of labels, from what a generalised linear model or a network predicts."""

from __future__ import annotations

import numpy as np

from criticalmass.arrays import Array
from criticalmass.data.numbers import NAME, Outcome
from criticalmass.risks.losses import LOSSES


def label_scores(loss: str, eta: Array, label_names: tuple[str, ...]) -> Array:
    """Return a score for every label, (n, labels), from predictors η, (n, k).

    Log-odds against the first label where labels are classes. Where a few numbers are the labels,
    minus how far the mean prediction is from each; where labels are numbers, that prediction.

    Examples
    --------
    >>> label_scores("logistic", np.array([[2.0]]), ("no", "yes")).tolist()
    [[0.0, 2.0]]
    >>> label_scores("squared", np.array([[2.2]]), ("1", "2", "3")).round(1).tolist()
    [[-1.2, -0.2, -0.8]]
    """
    if loss in ("logistic", "multinomial"):
        return np.column_stack([np.zeros(len(eta)), eta])
    if label_names == (NAME,):
        return np.asarray(LOSSES[loss].mean(eta))
    numbers = np.array([float(name) for name in label_names])
    return np.asarray(-np.abs(LOSSES[loss].mean(eta) - numbers))


def predicted_with(loss: str) -> tuple[Outcome, ...]:
    """Return what a model of a loss predicts: labels, or numbers too."""
    return ("labels",) if loss in ("logistic", "multinomial") else ("labels", "numbers")
