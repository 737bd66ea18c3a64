"""`Outcome`: what one trial tells a curve."""

from __future__ import annotations

from dataclasses import dataclass

from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields


@dataclass(frozen=True)
class Outcome:
    """What one trial tells a curve: k successes of n at a share α (0 for the reference).

    Where success is a share of the way rather than a count, it is that share of n = 1.

    Examples
    --------
    >>> Outcome(alpha=0.01, successes=940, n=1000).rate
    0.94
    """

    alpha: float
    successes: float
    n: int

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.alpha <= 1 or not 0 <= self.successes <= self.n or self.n < 1:
            raise ParameterError(
                f"an outcome needs 0 ≤ alpha ≤ 1 and 0 ≤ successes ≤ n, not alpha={self.alpha:g}, "
                f"successes={self.successes:g}, n={self.n}"
            )
        if self.n > 1 and self.successes != int(self.successes):
            raise ParameterError(
                f"successes is how many of the {self.n} test records, not {self.successes:g}"
            )

    @property
    def rate(self) -> float:
        """Success in [0, 1]."""
        return self.successes / self.n
