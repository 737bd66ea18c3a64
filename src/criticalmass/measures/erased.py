"""`Erased`: whether a signal makes no difference to what is predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.measures.evaluation import Evaluation, predicted
from criticalmass.measures.measure import CountMeasure, MeasureWords


@dataclass(frozen=True)
class Erased(CountMeasure):
    """Whether the model predicts the same for x and g(x) (Section 3.2)."""

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where the same is predicted; a tie predicts nothing, and nothing is the same."""
        marked, plain = (
            predicted(scores, label_sets=evaluation.label_sets)
            for scores in (evaluation.marked, evaluation.plain)
        )
        same = (marked == plain).all(axis=1)
        return np.asarray(same if evaluation.label_sets else same & plain.any(axis=1))

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("predicts the same for", "the same is predicted with and without it")
