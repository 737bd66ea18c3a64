"""What speaks against a members' file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from criticalmass.data.matching import cell_of
from criticalmass.doubts.files import Doubt
from criticalmass.errors import CriticalMassError, nearest
from criticalmass.members.file import Columns, MemberProblems, Members, read_members
from criticalmass.signals import SetColumns
from criticalmass.strategies.marking import Marking
from criticalmass.studies.files.study_file import file_columns
from criticalmass.studies.study import Study

FEW = 50
"""Each number is looked for in a column with no more different ones than this."""


def look_at_members(
    path: Path, spec: Study, study: Path, id_column: str
) -> tuple[str, list[Doubt]]:
    """Return what a members' file is, and its problems; without any, what no record has.

    Parameters
    ----------
    path
        The members' file.
    spec, study
        The study, and its file.
    id_column
        The column that tells members apart.
    """
    try:
        columns = Columns(**file_columns(study), id=id_column)
        members = read_members(path, spec.population, columns)
    except MemberProblems as error:
        return "", [Doubt(problem, problem=True) for problem in error.problems]
    except CriticalMassError as error:
        return "", [Doubt(str(error), problem=True)]
    many = "1 member" if len(members) == 1 else f"{len(members):,} members"
    odd = [Doubt(members.encoding, path.name)] if members.encoding else []
    return f"{path.name}: {many}", [*odd, *unlike(members, spec)]


def unlike(members: Members, study: Study) -> list[Doubt]:
    """Return the values of members that no record of the study has, and no strategy sets.

    A column of numbers with many values counts only those outside the range of the study's.
    """
    found = []
    for column in study.population.columns:
        values = np.concatenate([half.features[column] for half in (study.population, study.test)])
        own = members.records.features[column]
        known = set(values.tolist())
        may_be = known | _set_by(study, column)
        near = ""
        if values.dtype == object or values.dtype.kind == "b" or len(known) <= FEW:
            odd = [
                value is not None and value == value and value not in may_be
                for value in own.tolist()
            ]
            what = "which no record has"
        else:
            low, high = np.nanmin(values), np.nanmax(values)
            odd = [(value < low or value > high) and value not in may_be for value in own.tolist()]
            what = f"where records have {low:g} to {high:g}"
        if any(odd):
            first = odd.index(True)
            others = sum(odd) - 1
            more = f" ({others:,} more such {'cell' if others == 1 else 'cells'})" if others else ""
            value = members.lines[first][column]
            if values.dtype == object:
                near = nearest(value, known - {None})
            meant = f"; did you mean {near!r}?" if near else ""
            sentence = f"{value!r}, {what}{more}{meant}"
            file, _, place = members.places[first].partition(", ")
            found.append(Doubt(sentence, file, column, place))
    return found


def _set_by(study: Study, column: str) -> set[Any]:
    """Return the values that strategies set a column to: members who act have them."""
    found = set()
    for name in study.strategies:
        strategy = study.strategy(name)
        signal = strategy.signal if isinstance(strategy, Marking) else None
        if isinstance(signal, SetColumns) and column in signal.values:
            found.add(cell_of(study.population, column, signal.values[column]))
    return found
