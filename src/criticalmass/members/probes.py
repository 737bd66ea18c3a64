"""`Probes`: what people saw when they looked at the platform after acting, from their file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from criticalmass.arrays import Mask
from criticalmass.data.readers import rows_of
from criticalmass.errors import DataError, Problems, StudyError, brief, nearest, of_file
from criticalmass.phrases import listed

YES = ("yes", "true", "1", "y", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "sì", "sim")
NO = ("no", "false", "0", "n", "nein", "falsch", "non", "faux", "nee", "não")
COLUMNS = {
    "success": ("erfolg", "succès", "éxito", "successo", "sucesso"),
    "marked": ("markiert", "marqué", "marcado", "marcato"),
    "pair": ("paar", "paire", "par", "pareja", "coppia"),
}
"""The columns of a file of probes, and what other languages call them."""


@dataclass(frozen=True, eq=False)
class Probes:
    """What was seen, in the order in which people looked.

    Parameters
    ----------
    success
        Whether the platform did what was wanted, shape (probes,).
    marked
        Whether the record that was looked at carried the mark, shape (probes,).
    pair
        What a marked record and the unmarked one that it is compared with have in common, one text
        per probe; empty for a probe without a partner. None where records were not matched.
    """

    success: Mask
    marked: Mask
    pair: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.success)


def read_probes(path: str | Path) -> Probes:
    """Read a file of probes: CSV, TSV, Excel, Parquet or JSON, one line per probe, in their order.

    Parameters
    ----------
    path
        The file. Its column ``success`` says whether the platform did what was wanted, yes or no,
        in one of a few languages;
        ``marked`` whether the record carried the mark, yes or no (without this column all did);
        ``pair`` names a marked record and the unmarked one that it is compared with. Other columns
        are left alone.

    Raises
    ------
    DataError
        If the file cannot be read or has no probes, ``success`` is missing, a cell is neither yes
        nor no, or a pair has two records of one kind. All such lines are told at once.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "probes.csv"
    ...     _ = path.write_text("success,marked\\nyes,yes\\nno,no\\n")
    ...     probes = read_probes(path)
    >>> probes.success.tolist(), probes.marked.tolist()
    ([True, False], [True, False])
    """
    path = Path(path)
    header, lines = rows_of(path)
    names = _columns_of(header, path.name)
    if "success" not in names:
        near = nearest("success", header)
        meant = f"did you mean {near!r}?" if near else f"it has {listed(map(repr, header))}."
        raise DataError(
            f"{path.name}: no column 'success', which says for every probe whether the platform "
            f"did what was wanted, yes or no; {meant} A second column, 'marked', says whether "
            "the record carried the mark"
        )
    if not lines:
        raise DataError(f"{path.name}: no probes")
    columns = {
        name: [(cells[names.index(name)] or "").strip() for _, cells in lines]
        for name in COLUMNS
        if name in names
    }
    places = [place.rpartition(", ")[2] for place, _ in lines]
    problems = Problems()
    success = _answers(columns["success"], "success", places, problems)
    marked = np.ones(len(lines), dtype=bool)
    if "marked" in columns:
        marked = _answers(columns["marked"], "marked", places, problems)
    pair = tuple(columns["pair"]) if "pair" in columns else None
    if pair is not None:
        _check_pairs(pair, marked, places, problems, told="marked" in columns)
    try:
        problems.tell()
    except StudyError as error:
        raise of_file(path.name, DataError(*error.lines)) from error
    return Probes(success, marked, pair)


def _columns_of(header: Sequence[str], file: str) -> list[str]:
    """Return what the columns of a file mean: one of `COLUMNS`, or their own name."""
    means = {other: name for name, others in COLUMNS.items() for other in others}
    names = [means.get(name.casefold(), name.casefold()) for name in header]
    for name in COLUMNS:
        if names.count(name) > 1:
            both = listed(repr(own) for own, one in zip(header, names, strict=True) if one == name)
            raise DataError(f"{file}: the columns {both} both mean {name!r}; rename one of them")
    return names


def _answers(cells: list[str], column: str, places: list[str], problems: Problems) -> Mask:
    """Read a column of yes and no."""
    answers = np.zeros(len(cells), dtype=bool)
    for row, cell in enumerate(cells):
        word = cell.casefold()
        answers[row] = word in YES
        if word not in YES + NO:
            came = brief(cell, 40) if cell else "nothing"
            problems.add(
                f"{places[row]}: column {column!r} holds {came}, and not yes or no (nor true or "
                "false, 1 or 0, ja or nein, oui or non, sí or no)"
            )
    return answers


def _check_pairs(
    pair: tuple[str, ...], marked: Mask, places: list[str], problems: Problems, *, told: bool
) -> None:
    """Find second records of one kind in a pair; ``told``: whether a column says which is which."""
    seen: dict[tuple[str, bool], str] = {}
    for row, name in enumerate(pair):
        if not name:
            continue
        kind = (name, bool(marked[row]))
        if kind in seen:
            what = "a marked record" if kind[1] else "a record without a mark"
            named, first = brief(name, 40), seen[kind]
            why = "" if told else "; without a column marked every record counts as marked"
            problems.add(f"{places[row]}: the pair {named} has {what} already, in {first}{why}")
        seen.setdefault(kind, places[row])
