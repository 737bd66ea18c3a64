"""`MeasureFacts`: what a store keeps of a measure, for reports where its class is not at hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from criticalmass.errors import ParameterError, StudyError, explain
from criticalmass.fields import check_fields, shown
from criticalmass.measures.known import MEASURES
from criticalmass.measures.measure import Measure, MeasureWords, Sort, words_by_name


@dataclass(frozen=True)
class MeasureFacts:
    """All of a measure but its judgement; the parameters are as of `Measure`.

    Parameters
    ----------
    name
        What rows and reports call it.
    words
        The measure in words.
    sort
        Whether results are counts, real numbers, or shares of a goal.
    lower_is_better, has_theorem, target, limits, unit
        As the measure declares them.

    Examples
    --------
    >>> MeasureFacts.of(MEASURES["top1"]).words.does
    'ranks {label} first for'
    """

    name: str
    words: MeasureWords
    sort: Sort = "count"
    lower_is_better: bool = False
    has_theorem: bool = False
    target: float | None = None
    limits: tuple[float, float] = (0.0, 1.0)
    unit: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.limits[0] < self.limits[1]:
            low, high = self.limits
            raise ParameterError(
                f"the limits are {low:g} and {high:g}; the first must be the smaller"
            )

    @classmethod
    def of(cls, measure: Measure) -> MeasureFacts:
        """Return the facts of a measure.

        Raises
        ------
        StudyError
            If it declares what it cannot.
        """
        words: object = measure.in_words()
        if not isinstance(words, MeasureWords):
            raise StudyError(
                f"measure {measure.name!r}: in_words must return MeasureWords(does, legend), not "
                f"{shown(words)}"
            )
        try:
            return cls(
                measure.name,
                words,
                measure.sort,
                measure.lower_is_better,
                measure.has_theorem,
                measure.target,
                measure.limits,
                measure.unit,
            )
        except ParameterError as error:
            raise StudyError(f"measure {measure.name!r}: {error}") from error
        except Exception as error:
            raise StudyError(f"measure {measure.name!r} failed with {explain(error)}") from error

    @classmethod
    def named(cls, name: str) -> MeasureFacts:
        """Return the facts of a measure of this package, or of one that only its name is known of.

        Examples
        --------
        >>> MeasureFacts.named("a later one").sort
        'count'
        """
        if name in MEASURES:
            return cls.of(MEASURES[name])
        return cls(name, words_by_name(name))

    @property
    def is_real(self) -> bool:
        """Whether results are real numbers in a unit of the measure's own."""
        return self.sort == "real"

    @property
    def is_share(self) -> bool:
        """Whether its values are shares of full success: from 0, none, to 1, all."""
        return self.limits == (0.0, 1.0) and not self.lower_is_better

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store."""
        limits = [end if math.isfinite(end) else None for end in self.limits]
        return {**asdict(self), "limits": limits}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> MeasureFacts:
        """Return what `to_json` kept."""
        low, high = kept["limits"]
        ends = -math.inf if low is None else low, math.inf if high is None else high
        return cls(**{**kept, "words": MeasureWords(**kept["words"]), "limits": ends})
