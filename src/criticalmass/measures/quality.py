"""`Quality`: how well a model does on test records as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.measures.evaluation import predicted


@dataclass(frozen=True)
class Quality:
    """How well a model does on test records as they are.

    Parameters
    ----------
    accuracy
        Share of labels that are right: 1 − Hamming loss for label sets, else the share of records
        whose label is right.
    precision, recall
        Micro-averaged over all labels; nan where nothing was predicted, or nothing held. Where each
        record has one label and gets one, both are the accuracy.
    """

    accuracy: float
    precision: float
    recall: float


def quality(scores: NDArray[np.float64], labels: NDArray[np.bool_], *, label_sets: bool) -> Quality:
    """Return how well a model's predictions fit the labels of unmarked test records.

    Examples
    --------
    >>> quality(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([[True, True], [False, False]]),
    ...         label_sets=True)
    Quality(accuracy=0.5, precision=0.5, recall=0.5)
    """
    predictions = predicted(scores, label_sets=label_sets)
    hits = int((predictions & labels).sum())
    right = (
        (predictions == labels).mean() if label_sets else (predictions & labels).any(axis=1).mean()
    )
    return Quality(
        accuracy=float(right),
        precision=hits / int(predictions.sum()) if predictions.any() else float("nan"),
        recall=hits / int(labels.sum()) if labels.any() else float("nan"),
    )
