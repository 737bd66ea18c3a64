"""What files of every format have in common: named columns that DuckDB can query, and rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from criticalmass.data.spelling import spelled
from criticalmass.errors import DataError, first_line, unknown

Holds = Literal["written", "text", "number", "truth", "moment", "zoned", "list"]
"""What a column's cells are: ``written`` in a text file, where they may be numbers, or of a type
that the file itself knows."""

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Column:
    """A column of a file.

    Parameters
    ----------
    name
        What its first line calls it.
    sql
        The expression that gives its cells, within the source's relation.
    holds
        What they are.
    refused
        Why it cannot be used; empty if it can.
    point
        Whether its numbers are written with a point, however a study writes numbers.
    long, floats
        Of a column of numbers: whether it may hold whole numbers that float64 would round, and
        whether they are floats.
    """

    name: str
    sql: str
    holds: Holds = "written"
    refused: str = ""
    point: bool = False
    long: bool = False
    floats: bool = False


@dataclass(frozen=True)
class Source(ABC):
    """One file, opened.

    Parameters
    ----------
    name
        What messages call it.
    columns
        Its columns, in their order.
    relation
        What stands after ``FROM``.
    """

    name: str
    columns: tuple[Column, ...]
    relation: str

    @abstractmethod
    def rows(self) -> Iterator[tuple[str, Cells]]:
        """Yield where each record stands (such as ``line 2``), and its cells as texts, in order.

        Lines are counted as a spreadsheet counts them: the names are line 1, and a cell may hold
        line breaks. None stands for a value that is missing in a file with types.
        """

    def repaired(self, error: Exception) -> Source:
        """Return the file in a form that DuckDB can read after all, or say what is wrong with it.

        Raises
        ------
        DataError
            If there is no such form; with the line, where that is known.
        """
        raise DataError(f"{self.name} cannot be read: {first_line(error)}") from error

    def column(self, name: str) -> Column:
        """Return a column that a record needs.

        Raises
        ------
        DataError
            If no column has this name, or its kind cannot be used.
        """
        for column in self.columns:
            if column.name == name:
                if column.refused:
                    raise DataError(f"{self.name}: column {name!r} {column.refused}")
                return column
        raise DataError(f"{self.name}: {unknown('column', name, [c.name for c in self.columns])}")


def checked_names(raw: Sequence[str], called: str) -> tuple[str, ...]:
    """Return the names of columns, their letters composed and without blanks around them.

    Raises
    ------
    DataError
        If two are one, also if only case differs.

    Examples
    --------
    >>> checked_names(["age", " hired "], "p.csv")
    ('age', 'hired')
    """
    names = tuple(spelled(name).strip() for name in raw)
    seen: dict[str, str] = {}
    for name in names:
        before = seen.setdefault(name.casefold(), name) if name else None
        if before is not None and sum(name.casefold() == other.casefold() for other in names) > 1:
            first, second = [n for n in names if n.casefold() == name.casefold()][:2]
            how = "are both called" if first == second else "differ only in case:"
            what = repr(first) if first == second else f"{first!r} and {second!r}"
            raise DataError(f"{called}: two columns {how} {what}; rename one of them")
    return names


def quoted(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def literal_path(path: object) -> str:
    """Return a path as SQL writes it, none of its characters a pattern."""
    escaped = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return quoted(escaped)
