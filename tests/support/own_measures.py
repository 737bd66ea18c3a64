"""Measures as somebody might write them: counts and real numbers, higher and lower is better."""

import math
from dataclasses import dataclass

import numpy as np

from criticalmass.measures import CountMeasure, MeasureWords, Real, RealMeasure


@dataclass(frozen=True)
class Sure(CountMeasure):
    """Whether the target label leads every other by a margin."""

    margin: float = 1.0
    needs = "target"

    def judge(self, evaluation):
        target = evaluation.target_column
        others = np.delete(evaluation.marked, target, axis=1).max(axis=1)
        return evaluation.marked[:, target] - others >= self.margin


@dataclass(frozen=True)
class Kept(CountMeasure):
    """Whether a record of another label is kept from the target label; the fewer the better."""

    target: float = 0.2
    needs, lower_is_better = "target", True

    def judge(self, evaluation):
        target = evaluation.target_column
        others = np.delete(evaluation.marked, target, axis=1).max(axis=1)
        return (evaluation.marked[:, target] <= others)[evaluation.others]

    def in_words(self):
        return MeasureWords("keeps {label} from", "records of others without it")


@dataclass(frozen=True)
class MeanScore(RealMeasure):
    """The target label's lead over the best other, on average."""

    target: float = 1.0
    needs = "target"

    def judge(self, evaluation):
        target = evaluation.target_column
        others = np.delete(evaluation.marked, target, axis=1).max(axis=1)
        return evaluation.marked[:, target] - others

    def in_words(self):
        return MeasureWords("scores {label} above all others, on average, by", "the mean lead")


@dataclass(frozen=True)
class Rank(RealMeasure):
    """The target label's place among all labels, on average."""

    target: float = 1.5
    needs, lower_is_better, limits, unit = "target", True, (1.0, math.inf), "places"

    def judge(self, evaluation):
        own = evaluation.marked[:, [evaluation.target_column]]
        return 1 + (evaluation.marked > own).sum(axis=1)


@dataclass(frozen=True)
class NDCG(RealMeasure):
    """How near to the top the target label stands, from 0 to 1: its gain is cut by log₂."""

    needs, limits = "target", (0.0, 1.0)

    def judge(self, evaluation):
        own = evaluation.marked[:, [evaluation.target_column]]
        return 1 / np.log2(2 + (evaluation.marked > own).sum(axis=1))


@dataclass(frozen=True)
class AUC(RealMeasure):
    """How well the target's score tells marked records of other labels from unmarked ones."""

    needs, limits = "target", (0.0, 1.0)

    def judge(self, evaluation):
        target, others = evaluation.target_column, evaluation.others
        marked, plain = evaluation.marked[others, target], evaluation.plain[others, target]
        apart = np.sign(marked[:, None] - plain)
        won = (apart.mean(axis=1) + 1) / 2
        return Real(float(won.mean()), float(won.std(ddof=1) / math.sqrt(len(won))))


OWN = (Sure(), Kept(), MeanScore(), Rank(), NDCG(), AUC())
