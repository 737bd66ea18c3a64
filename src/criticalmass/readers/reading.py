"""`Reading`: what a file does not say of itself, and a study says instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from criticalmass.errors import ParameterError, require_choice


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are to be read.

    Parameters
    ----------
    decimal
        What stands before the decimals of a number: ``"."``, or ``","`` as in ``2,5``.
    missing
        ``"refuse"`` records with missing values, or ``"keep"`` them.
    missing_words
        Cells that mean a missing value, besides blank ones, such as ``("NA", "?")``.

    Raises
    ------
    ParameterError
        If a value is another, or a blank word is named (blank cells are missing anyway).

    Examples
    --------
    >>> Reading(missing_words=("NA",)).is_missing("NA"), Reading().is_missing(" ")
    (True, True)
    """

    decimal: Literal[".", ","] = "."
    missing: Literal["refuse", "keep"] = "refuse"
    missing_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_choice("decimal", self.decimal, (".", ","))
        require_choice("missing", self.missing, ("refuse", "keep"))
        if any(not word.strip() for word in self.missing_words):
            raise ParameterError("missing_words names a blank word; blank cells are missing anyway")

    def is_missing(self, cell: str | None) -> bool:
        """Say whether a cell holds no value."""
        return cell is None or not cell.strip() or cell.strip() in self.missing_words
