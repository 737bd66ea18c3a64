"""`Count` and `Real`: what one model gives by one measure, as a row keeps it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields


@dataclass(frozen=True)
class Count:
    """How many of the records that a measure judged got what the collective wants.

    Parameters
    ----------
    successes, n
        So many of so many records.

    Raises
    ------
    ParameterError
        If there are fewer than none, or more than all.

    Examples
    --------
    >>> Count(940, 1000).value
    0.94
    """

    successes: int
    n: int

    def __post_init__(self) -> None:
        if type(self.successes) is not int or type(self.n) is not int:  # thousands are read at once
            check_fields(self)
        if not 0 <= self.successes <= self.n or self.n < 1:
            raise ParameterError(f"a count is from 0 to n, not {self.successes} of {self.n}")

    @property
    def value(self) -> float:
        """The share of records, in [0, 1]."""
        return self.successes / self.n


@dataclass(frozen=True)
class Real:
    """A real number that a measure gave, in its own unit.

    Parameters
    ----------
    value
        The number.
    error
        Its standard error, because the test records are a sample; 0 where there is none, or it is
        not known.

    Raises
    ------
    ParameterError
        If one is not finite, or the error is below 0.

    Examples
    --------
    >>> Real(2.5, error=0.1)
    Real(value=2.5, error=0.1)
    """

    value: float
    error: float = 0.0

    def __post_init__(self) -> None:
        if type(self.value) is not float or type(self.error) is not float:
            check_fields(self)
        if not math.isfinite(self.value) or not 0 <= self.error < math.inf:
            raise ParameterError(
                f"a result is a finite number with a standard error from 0 on, not {self.value:g} "
                f"with {self.error:g}"
            )


Result = Count | Real
"""What one model gives by one measure."""


def results_to_json(results: Mapping[str, Result]) -> dict[str, dict[str, float]]:
    """Return results by measure in JSON's types.

    Examples
    --------
    >>> results_to_json({"top1": Count(3, 4), "rank": Real(2.5)})
    {'top1': {'successes': 3, 'n': 4}, 'rank': {'value': 2.5, 'error': 0.0}}
    """
    return {name: asdict(result) for name, result in results.items()}


def results_from_json(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Result]:
    """Return what `results_to_json` kept.

    Raises
    ------
    ParameterError, TypeError
        If that holds what no result is.
    """
    return {
        name: Count(**result) if "n" in result else Real(**result) for name, result in kept.items()
    }
