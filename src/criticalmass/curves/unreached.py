"""`Unreached`: why no collective reaches a target, as a status with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Why(Enum):
    """Why no collective reaches a target."""

    AT_MOST = "success is lower with every collective"
    NEVER_EXCEEDS = "success never is as high as that"
    WITH_EVERYBODY = "success is lower with everybody"
    LOST_BEFORE_EVERYBODY = "it is reached, and success is lower with everybody"
    NOT_GUARANTEED = "less is guaranteed with every collective"
    NOT_GUARANTEED_IN_STEPS = "less of the way is guaranteed in so many steps"
    NOT_CERTAIN = "less is certain when everybody joins"
    NOT_SMOOTH = "the loss is not smooth"
    MORE_THAN_THERE_ARE = "more people would have to join than there are"
    MORE_THAN_ACT = "more people would have to act than do"
    FALLS = "success falls where more join"
    LOST_AGAIN = "it is reached, and lost again with more people"
    BEYOND = "only collectives that cannot be recruited reach it, if any do"
    STILL_RISES = "success still rises where the trials end"
    LEVELS_OFF = "the curve levels off"
    TRAININGS_DIFFER = "too few trainings reach it at any size"
    REPETITIONS_BELOW = "most repetitions stay below with the largest share tried"
    SIGMOID = "the sigmoid is lower with everybody"
    FREE_RIDE = "a person who does not join has as much of it as one who does"
    COSTS_MORE = "joining costs more than it gains"


@dataclass(frozen=True)
class Unreached:
    """Why no collective reaches a target; `criticalmass.words.unreached` puts it into words.

    Parameters
    ----------
    why
        The reason.
    numbers
        What it is about, by name: shares and successes.
    parameter
        Of an estimated bound: the parameter that says too little, and what decides it.

    Examples
    --------
    >>> Unreached(Why.LEVELS_OFF, {"level": 0.6}).numbers["level"]
    0.6
    """

    why: Why
    numbers: Mapping[str, float] = field(default_factory=dict)
    parameter: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store."""
        numbers = {name: float(value) for name, value in self.numbers.items()}
        return {"why": self.why.name, "numbers": numbers, "parameter": self.parameter}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Unreached:
        """Return what `to_json` made.

        Examples
        --------
        >>> reason = Unreached(Why.NOT_SMOOTH, parameter=("pull", "one record"))
        >>> Unreached.from_json(reason.to_json()) == reason
        True
        """
        parameter = kept["parameter"]
        return cls(Why[kept["why"]], kept["numbers"], tuple(parameter) if parameter else None)
