"""Measures of a planted number: whether the prediction is near it, or moved as far as is wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.measures.evaluation import Evaluation
from criticalmass.measures.measure import CountMeasure, MeasureWords


@dataclass(frozen=True)
class Within(CountMeasure):
    """Whether the predicted number is near the wanted one."""

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where it is nearer than the tolerance."""
        return evaluation.number_wanted.within(evaluation.marked[:, 0])

    def in_words(self) -> MeasureWords:
        """Return the measure in words; `criticalmass.words.measures` knows the numbers."""
        return MeasureWords("predicts a number {near} for", "the prediction is near enough")


@dataclass(frozen=True)
class Moved(CountMeasure):
    """Whether the mark moves the predicted number as far as is wanted."""

    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_]:
        """Return where it is moved so far."""
        return evaluation.number_wanted.moved(evaluation.marked[:, 0], evaluation.plain[:, 0])

    def in_words(self) -> MeasureWords:
        """Return the measure in words; `criticalmass.words.measures` knows the numbers."""
        return MeasureWords("{moves} for", "the mark moves the prediction enough")
