"""`Measure`: what counts as success; there are three kinds: counts, real numbers, steered shares.

A measure is a frozen dataclass with a name, a judgement of one model, its words, and what decides
the curve that is fitted to it. One file has one measure, or two that belong together;
`criticalmass.measures.known` lists those that a name stands for.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass import moved
from criticalmass.arrays import Array
from criticalmass.errors import ParameterError, StudyError, explain
from criticalmass.fields import ability, kind, shown
from criticalmass.measures.evaluation import Evaluation
from criticalmass.measures.result import Count, Real, Result

Sort = Literal["count", "real", "share"]
"""How results are told and fitted: as counts of records, as real numbers, as shares of a goal."""
Need = Literal["marks", "target", "number", "parameters"]
"""What a strategy must have to be judged: marked records, a target label, a number, a goal."""


@dataclass(frozen=True)
class MeasureWords:
    """A measure in words.

    Parameters
    ----------
    does
        What the model does, a verb phrase that the amount follows: "gives {label} to" ("90% of the
        texts"), "ranks {label}, on average, at" ("3"). ``{label}`` stands for the target label, in
        quotation marks.
    legend
        The same for a figure: "the target label is predicted".
    among
        What those of the marked records do that are judged, where not all are: "do not hold
        {label}".

    Examples
    --------
    >>> MeasureWords("gives {label} to", "the target label is predicted").among
    ''
    """

    does: str
    legend: str
    among: str = ""

    def about(self, label: str) -> MeasureWords:
        """Return the words about a target label.

        Examples
        --------
        >>> MeasureWords("gives {label} to", "it is given").about("“cook”").does
        'gives “cook” to'
        """
        return MeasureWords(
            self.does.replace("{label}", label),
            self.legend.replace("{label}", label),
            self.among.replace("{label}", label),
        )


def words_by_name(name: str) -> MeasureWords:
    """Return the words of a count of which no more is known than its name.

    Examples
    --------
    >>> words_by_name("sure").does
    'succeeds by “sure” for'
    """
    return MeasureWords(f"succeeds by “{name}” for", f"the record succeeds by “{name}”")


@kind("a measure, such as a CountMeasure of your own")
class Measure(ABC):
    """What counts as success: a frozen dataclass of one of the kinds below.

    A measure of your own is a `CountMeasure` or a `RealMeasure`, and defines `judge`. All else is
    declared with defaults: a property, a plain attribute or a field of the same name takes the
    default's place. `criticalmass.contracts.check_measure` tests its promises.
    """

    sort: ClassVar[Sort]

    @ability
    def name(self) -> str:
        """What rows, files and reports call it; by default the class's name, as in mean-score."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(self).__name__).lower()

    @ability
    def needs(self) -> Need | None:
        """What a strategy must have to be judged; None if it must name the measure itself."""
        return "marks"

    @ability
    def has_theorem(self) -> bool:
        """Whether the strategies' theorems are about it; no bound is drawn beside it otherwise."""
        return False

    @ability
    def lower_is_better(self) -> bool:
        """Whether a smaller number is the greater success, as of a rank."""
        return False

    @ability
    def target(self) -> float | None:
        """The value that is wanted, in the measure's unit; None for the study's target."""
        return None

    @ability
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest value there can be; infinite where there is no limit."""
        return (0.0, 1.0)

    @ability
    def unit(self) -> str:
        """What follows its numbers, such as "places"; empty if nothing does."""
        return ""

    @abstractmethod
    def judge(self, evaluation: Evaluation) -> Any:
        """Return what one model gives; a pure function of the evaluation."""

    @abstractmethod
    def result(self, evaluation: Evaluation) -> Result:
        """Return what `judge` says, as a row keeps it; raise `StudyError` if it says nonsense."""

    @abstractmethod
    def in_words(self) -> MeasureWords:
        """Return the measure in words."""

    def _judged(self, evaluation: Evaluation) -> Any:
        """Return what `judge` says; what it raises is told in one line with the measure's name."""
        try:
            return self.judge(evaluation)
        except (ParameterError, StudyError) as error:
            raise type(error)(f"measure {self.name!r}: {error}") from error
        except Exception as error:
            raise StudyError(f"measure {self.name!r} failed with {explain(error)}") from error

    def _refuse(self, what: str) -> StudyError:
        return StudyError(f"measure {self.name!r} {what}")


class CountMeasure(Measure):
    """A measure that says of each test record whether it got what the collective wants.

    Success is the share of them that did, with the noise of a count.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Confident(CountMeasure):
    ...     least: float = 0.8
    ...     needs = "target"
    ...     def judge(self, evaluation):
    ...         return evaluation.marked[:, evaluation.target_column] >= self.least
    >>> scores = np.array([[0.9, 0.1], [0.7, 0.3]])
    >>> Confident().name, Confident().result(Evaluation(scores, scores, 0, False))
    ('confident', Count(successes=1, n=2))
    """

    sort = "count"

    @abstractmethod
    def judge(self, evaluation: Evaluation) -> NDArray[np.bool_] | Count:
        """Return one boolean for each test record, or for each of ``evaluation.others``.

        A measure that judges other records returns how many of how many succeed, a `Count`.
        """

    def result(self, evaluation: Evaluation) -> Count:
        """Return how many of how many records succeed."""
        judged = self._judged(evaluation)
        if isinstance(judged, Count):
            return judged
        if not isinstance(judged, np.ndarray) or judged.dtype != bool:
            got = f"{judged.dtype}s" if isinstance(judged, np.ndarray) else shown(judged)
            raise self._refuse(f"must give an array of booleans, one for each record, not {got}")
        _check_records(self, judged, evaluation)
        return Count(int(judged.sum()), len(judged))

    def in_words(self) -> MeasureWords:
        """Return that records succeed by this measure."""
        return words_by_name(self.name)


class RealMeasure(Measure):
    """A measure that gives a real number, which may be higher or lower as it gets better.

    Its target and its limits are in its own unit. A measure without a target of its own takes the
    study's, and then lies between 0 and 1.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Rank(RealMeasure):
    ...     target: float = 2.0
    ...     needs, lower_is_better, limits = "target", True, (1.0, math.inf)
    ...     def judge(self, evaluation):
    ...         scores = evaluation.marked
    ...         own = scores[:, [evaluation.target_column]]
    ...         return 1.0 + (scores > own).sum(axis=1)
    >>> scores = np.array([[0.9, 0.1], [0.3, 0.7]])
    >>> Rank().result(Evaluation(scores, scores, 0, False))
    Real(value=1.5, error=0.5)
    """

    sort = "real"

    @ability
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest value there can be; by default there is no limit."""
        return (-math.inf, math.inf)

    @abstractmethod
    def judge(self, evaluation: Evaluation) -> Array | Real | float:
        """Return a number, one with its standard error (`Real`), or one for each record.

        Numbers are for each test record, or for each of ``evaluation.others``; the result is their
        mean, with its standard error.
        """

    def result(self, evaluation: Evaluation) -> Real:
        """Return the number, with its standard error if that is known."""
        judged = self._judged(evaluation)
        if isinstance(judged, np.ndarray) and judged.ndim == 1 and judged.dtype.kind in "iuf":
            _check_records(self, judged, evaluation)
            if not np.isfinite(judged).all():
                raise self._refuse("gave a number for a record that is not finite")
            error = judged.std(ddof=1) / math.sqrt(len(judged)) if len(judged) > 1 else 0.0
            judged = Real(float(judged.mean()), float(error))
        is_number = isinstance(judged, (int, float, np.integer, np.floating))
        if is_number and not isinstance(judged, bool):
            if not math.isfinite(judged):
                raise self._refuse(f"gave {judged:g}, which is no finite number")
            judged = Real(float(judged))
        if not isinstance(judged, Real):
            got = shown(judged)
            if isinstance(judged, np.ndarray):
                got = f"an array of shape {judged.shape} of {judged.dtype}s"
            raise self._refuse(f"must give a number, or one for each record, not {got}")
        low, high = self.limits
        if not low <= judged.value <= high:
            raise self._refuse(f"gave {judged.value:g}, and its limits are {low:g} and {high:g}")
        return judged

    def in_words(self) -> MeasureWords:
        """Return that the model reaches a number by this measure."""
        way = "lower is better" if self.lower_is_better else "higher is better"
        return MeasureWords(f"reaches, by “{self.name}”,", way)


def _check_records(measure: Measure, judged: NDArray[Any], evaluation: Evaluation) -> None:
    """Raise `StudyError` if a judgement is neither of the test records nor of all the others."""
    if judged.ndim == 1 and not len(judged):
        raise measure._refuse("found no test record to judge")
    every = len(evaluation.marked)
    others, either = every, ""
    if evaluation.target is not None and evaluation.held is not None:
        others = int(evaluation.others.sum())
        either = f", {others:,} of them without the target label"
    if judged.ndim != 1 or len(judged) not in (every, others):
        raise measure._refuse(
            f"gave an array of shape {judged.shape}, and there are {every:,} test records{either}"
        )


def __getattr__(name: str) -> Any:
    return moved.old_name(name, "measures.measure")
