"""Who the records of a study's file are: the column that tells people apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from pathlib import Path

from criticalmass.data.population import split_rows
from criticalmass.data.readers import rows_of
from criticalmass.studies.files.sources import table_in
from criticalmass.studies.files.study_file import sections_of


@dataclass(frozen=True)
class Ids:
    """What tells the people of a study's records apart.

    Parameters
    ----------
    file
        What messages call the file they stand in.
    train, test
        The ids of the records that the firm trains on, and of those measured on, in their order.
    """

    file: str
    train: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def once(self) -> dict[str, int]:
        """Where each id stands, the test records counted after the others; without any twice."""
        places: dict[str, int] = {}
        twice = {""}
        for place, name in enumerate((*self.train, *self.test)):
            twice |= {name} & places.keys()
            places[name] = place
        return {name: place for name, place in places.items() if name not in twice}


def ids_of(study: str | Path, column: str) -> Ids | None:
    """Return the ids of the records that a study file names; None where its file has none.

    Parameters
    ----------
    study
        The study file.
    column
        The column of the records' file that tells people apart.

    Raises
    ------
    CriticalMassError
        If the study file, or the file of its records, cannot be read.
    """
    path = Path(study)
    section = sections_of(path).population
    if section.file is None or column in (section.text, section.label):
        return None
    file = path.parent / section.file
    names, records = rows_of(file)
    if column not in names:
        return None
    at = names.index(column)
    ids = [(cells[at] or "").strip() for _, cells in records]
    if section.missing == "drop" and section.label is not None:
        kept = table_in(section, path.parent).kept
        ids = ids if kept is None else list(compress(ids, kept))
    test = len(ids) // 5 if section.test is None else section.test
    train, held_out = split_rows(len(ids), test, section.seed)
    return Ids(file.name, tuple(ids[row] for row in train), tuple(ids[row] for row in held_out))
