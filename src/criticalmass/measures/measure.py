"""Success measures: what share of the marked test records got what the collective wants.

A measure is a function from an `Evaluation` of one model to one boolean a test record. To add one,
write the function and name it in `MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from criticalmass.errors import ParameterError
from criticalmass.measures.numbers import WantedNumber


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One model's scores of the test records, and what is needed to judge them.

    Parameters
    ----------
    marked
        Scores (n, k) of the test records after the signal was applied to every one.
    plain
        Scores (n, k) of the test records as they are.
    target
        Column of the target label; None if the collective wants none, as when it erases.
    label_sets
        Whether records hold sets of labels (a score above 0 predicts the label) or one label (the
        highest score does).
    wanted_number
        Where labels are numbers, and scores one column of predicted numbers: what is wanted.
    """

    marked: NDArray[np.float64]
    plain: NDArray[np.float64]
    target: int | None
    label_sets: bool
    wanted_number: WantedNumber | None = None


Measure = Callable[[Evaluation], NDArray[np.bool_]]


def predicted(scores: NDArray[np.float64], *, label_sets: bool) -> NDArray[np.bool_]:
    """Return which labels a model predicts, (n, k), from its scores.

    With single labels a tie for the highest score predicts none: the firm might say either. So do
    scores that are all −∞.

    Examples
    --------
    >>> predicted(np.array([[0.2, 0.1], [-1.0, -0.1]]), label_sets=True).astype(int).tolist()
    [[1, 1], [0, 0]]
    >>> predicted(np.array([[0.2, 0.1], [-1.0, -0.1]]), label_sets=False).astype(int).tolist()
    [[1, 0], [0, 1]]
    """
    if label_sets:
        return np.asarray(scores > 0)
    best = (scores == scores.max(axis=1, keepdims=True)) & (scores > -np.inf)
    return np.asarray(best & (best.sum(axis=1, keepdims=True) == 1))


def included(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Return where the target label is among the predicted ones (Section 5, evaluation (a))."""
    labels = predicted(evaluation.marked, label_sets=evaluation.label_sets)
    return np.asarray(labels[:, _target(evaluation)])


def top1(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Return where the target label scores strictly above all others (Section 5, (b))."""
    target = _target(evaluation)
    others = np.delete(evaluation.marked, target, axis=1)
    best = others.max(axis=1, initial=-np.inf)  # nothing to beat where there is one label alone
    return np.asarray(evaluation.marked[:, target] > best)


def erased(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Return where the model predicts the same for x and g(x) (Section 3.2)."""
    marked, plain = (
        predicted(scores, label_sets=evaluation.label_sets)
        for scores in (evaluation.marked, evaluation.plain)
    )
    same = (marked == plain).all(axis=1)
    return np.asarray(same if evaluation.label_sets else same & plain.any(axis=1))


def within(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Return where the predicted number is near the wanted one."""
    return _wanted(evaluation).within(evaluation.marked[:, 0])


def moved(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Return where the mark moves the predicted number as far as is wanted."""
    return _wanted(evaluation).moved(evaluation.marked[:, 0], evaluation.plain[:, 0])


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {"included": included, "top1": top1, "erased": erased, "within": within, "moved": moved}
)
"""Every success measure that judges test records, by its name in studies and reports."""

STEERED = ("distance", "utility")
"""Measures that judge the firm's parameters, as a share of the goal; see `Aim.share`."""


@dataclass(frozen=True)
class Quality:
    """How well a model does on test records as they are.

    Parameters
    ----------
    accuracy
        Share of labels that are right: 1 − Hamming loss for label sets, else the share of records
        whose label is right.
    precision, recall
        Micro-averaged over all labels; nan where nothing was predicted, or nothing held.
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


def _wanted(evaluation: Evaluation) -> WantedNumber:
    if evaluation.wanted_number is None:
        raise ParameterError("this measure asks for a wanted number, and the strategy has none")
    return evaluation.wanted_number


def _target(evaluation: Evaluation) -> int:
    if evaluation.target is None:
        raise ParameterError("this measure asks for a target label, and the strategy has none")
    return evaluation.target
