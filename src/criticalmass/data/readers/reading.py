"""`Reading`: what a file does not say of itself, and a study must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from criticalmass.data.spelling import number_in, spelled
from criticalmass.errors import ParameterError, require_choice


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are to be read.

    Parameters
    ----------
    decimal
        What stands before the decimals of a number: ``"."``, or ``","`` as in ``2,5``.
    missing
        ``"refuse"`` records with missing values, ``"keep"`` them, or ``"drop"`` them: leave out
        each record that lacks a value, its label or its text.
    missing_words
        Cells that mean a missing value, besides blank ones, such as ``("NA", "?")``. A number
        among them means that number however a cell writes it.

    Raises
    ------
    ParameterError
        If there is no such value, or a blank word is named (blank cells are missing anyway).

    Examples
    --------
    >>> Reading(missing_words=("NA",)).is_missing("NA"), Reading().is_missing(" ")
    (True, True)
    """

    decimal: Literal[".", ","] = "."
    missing: Literal["refuse", "keep", "drop"] = "refuse"
    missing_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_choice("decimal", self.decimal, (".", ","))
        require_choice("missing", self.missing, ("refuse", "keep", "drop"))
        words = tuple(spelled(word).strip() for word in self.missing_words)
        object.__setattr__(self, "missing_words", words)
        if any(not word.strip() for word in self.missing_words):
            raise ParameterError("missing_words names a blank word; blank cells are missing anyway")

    def is_missing(self, cell: str | None) -> bool:
        """Return whether a cell holds no value."""
        if cell is None or not cell.strip():
            return True
        text = spelled(cell).strip()
        if text in self.missing_words:
            return True
        numbers = self.missing_numbers
        return bool(numbers) and number_in(text, self.decimal) in numbers

    @property
    def missing_numbers(self) -> tuple[float, ...]:
        """The numbers among the words."""
        read = (number_in(word, self.decimal) for word in self.missing_words)
        return tuple(number for number in read if number is not None)
