"""`FirstGuess`: how many people it may take, from one model that was trained without them.

It is a prediction from the learner's own arithmetic and no bound: what a mark needs is computed
while everything else that the model has learned stays as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from criticalmass.data.edit import Edit
from criticalmass.data.records import Features
from criticalmass.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Asked:
    """What a learner is asked a first guess about: a strategy, and the success that is wanted.

    Parameters
    ----------
    target
        The column of the target label y*.
    wanted
        The success S* that is wanted, a share of ``marked``.
    edit
        What a sample of those who may be recruited would change.
    marked
        The records that success is measured on, with the mark.
    """

    target: int
    wanted: float
    edit: Edit
    marked: Features


@dataclass(frozen=True)
class FirstGuess:
    """A first guess of the critical mass, h + σN people of N.

    Parameters
    ----------
    heads
        h: the people that a penalty on the summed loss asks for, whatever the size; infinite where
        no number of people is expected to be enough.
    share
        σ: the share of the records by which it grows with a larger population, because some carry
        the mark already, or because the penalty is on the mean loss.
    size
        N: the number of records that the firm trains on.

    Examples
    --------
    >>> guess = FirstGuess(heads=30.0, share=0.002, size=1500)
    >>> guess.people, guess.of(10_000).people
    (33, 50)
    """

    heads: float
    share: float
    size: int

    def __post_init__(self) -> None:
        if not self.heads >= 0 or not 0 <= self.share < math.inf or self.size < 1:
            raise ParameterError(
                f"a first guess is h from 0 on, σ from 0 on and N from 1 on, not {self.heads:g}, "
                f"{self.share:g} and {self.size}"
            )

    @property
    def people(self) -> int | None:
        """How many people it may take, rounded up; None where it is more than there are."""
        number = self.heads + self.share * self.size - 1e-9
        return math.ceil(number) if number <= self.size else None

    @property
    def reached(self) -> bool:
        """Whether some number of people is expected to be enough, of all that there are."""
        return self.people is not None

    def of(self, size: int) -> FirstGuess:
        """Return the guess for another number of records of the same kind."""
        return FirstGuess(self.heads, self.share, size)

    def to_json(self) -> dict[str, float | int | None]:
        """Return the guess in JSON's types, which have no infinity."""
        heads = self.heads if np.isfinite(self.heads) else None
        return {"heads": heads, "share": self.share, "size": self.size}

    @classmethod
    def from_json(cls, kept: dict[str, float | int | None]) -> FirstGuess:
        """Return the guess that `to_json` wrote.

        Examples
        --------
        >>> FirstGuess.from_json(FirstGuess(math.inf, 0.0, 100).to_json()).reached
        False
        """
        heads, share, size = kept["heads"], kept["share"], kept["size"]
        return cls(math.inf if heads is None else float(heads), float(share or 0), int(size or 0))
