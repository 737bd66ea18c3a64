"""Measures of the firm's parameters: the share of the way, or of the gain; see `Aim.share`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from criticalmass.errors import StudyError
from criticalmass.measures.evaluation import Evaluation
from criticalmass.measures.measure import Measure, MeasureWords
from criticalmass.measures.result import Real


class SteeredMeasure(Measure):
    """A measure of parameters, as a share of the goal."""

    sort = "share"
    needs = None
    has_theorem = True

    def judge(self, evaluation: Evaluation) -> float:
        """Return the share of what was wanted."""
        if evaluation.steered is None:
            raise StudyError("this measure asks for parameters that are steered, and none are")
        return evaluation.steered

    def result(self, evaluation: Evaluation) -> Real:
        """Return the share, which has no error of test records."""
        return Real(self.judge(evaluation))

    @abstractmethod
    def in_words(self) -> MeasureWords:
        """Return the measure in words."""


@dataclass(frozen=True)
class Distance(SteeredMeasure):
    """How much of the way to the wanted parameters the model's go."""

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("goes", "how much of the way the model's weights go")


@dataclass(frozen=True)
class Utility(SteeredMeasure):
    """How much of the wanted gain the model gives."""

    def in_words(self) -> MeasureWords:
        """Return the measure in words."""
        return MeasureWords("gives", "how much of the gain the model gives")
