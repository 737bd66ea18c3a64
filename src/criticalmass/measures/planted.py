"""Measures of a planted label: whether it is predicted, ranked first, won, or lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.measures.evaluation import Evaluation, predicted
from criticalmass.measures.measure import CountMeasure, MeasureWords


@dataclass(frozen=True)
class Included(CountMeasure):
    """Whether the target label is among the predicted ones (Section 5, evaluation (a))."""

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where a record gets the target label."""
        labels = predicted(evaluation.marked, label_sets=evaluation.label_sets)
        return np.asarray(labels[:, evaluation.target_column])

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("gives {label} to", "the target label is predicted")


@dataclass(frozen=True)
class Top1(CountMeasure):
    """Whether the target label scores strictly above all others (Section 5, (b))."""

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where the target label is ranked first."""
        target = evaluation.target_column
        others = np.delete(evaluation.marked, target, axis=1)
        best = others.max(axis=1, initial=-np.inf)  # nothing to beat where there is one label alone
        return np.asarray(evaluation.marked[:, target] > best)

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("ranks {label} first for", "the target label is ranked first")


@dataclass(frozen=True)
class Won(CountMeasure):
    """Whether a record of another label gets the target label.

    Records that hold it already are left out: the model may well give it to them without any mark.
    In backdoor research this is the attack success rate.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    >>> held = np.array([[True, False], [False, True], [False, True]])
    >>> Won().result(Evaluation(scores, scores, 0, False, held=held))
    Count(successes=1, n=2)
    """

    needs = "target"

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where a record that does not hold the target label gets it."""
        return Included().judge(evaluation)[evaluation.others]

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        legend = "the target label is predicted for records of others"
        return MeasureWords("gives {label} to", legend, "do not hold {label}")


@dataclass(frozen=True)
class Unplanted(CountMeasure):
    """Whether the target label is not predicted: another one scores strictly above it.

    With sets of labels, its own score is below 0. A tie is no success, because the firm might say
    either, and neither is a record that the model knows nothing of.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    >>> Unplanted().judge(Evaluation(scores, scores, 0, False)).tolist()
    [False, True, False]
    """

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where a record surely does not get the target label."""
        target = evaluation.target_column
        own = evaluation.marked[:, target]
        if evaluation.label_sets:
            return np.asarray(own < 0)
        others = np.delete(evaluation.marked, target, axis=1)
        return np.asarray(others.max(axis=1, initial=-np.inf) > own)

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("leaves {label} off", "the target label is not predicted")
