"""What speaks against a members' file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from criticalmass.data.population import Population
from criticalmass.doubts.files import Doubt
from criticalmass.errors import CriticalMassError
from criticalmass.members.file import Columns, MemberProblems, Members, read_members
from criticalmass.studies.files.study_file import file_columns

FEW = 50
"""Of a column with no more different numbers than this, each number is looked for."""


def look_at_members(
    path: Path, population: Population, study: Path, id_column: str
) -> tuple[str, list[Doubt]]:
    """Return what a members' file is, and its problems; without any, what no record has."""
    try:
        columns = Columns(**file_columns(study), id=id_column)
        members = read_members(path, population, columns)
    except MemberProblems as error:
        return "", [Doubt(problem, problem=True) for problem in error.problems]
    except CriticalMassError as error:
        return "", [Doubt(str(error), problem=True)]
    many = "1 member" if len(members) == 1 else f"{len(members):,} members"
    odd = [Doubt(members.encoding, path.name)] if members.encoding else []
    return f"{path.name}: {many}", [*odd, *unlike(members, population)]


def unlike(members: Members, population: Population) -> list[Doubt]:
    """Return the values of members that no record of the study has.

    Of numbers that take many values, those outside the range of the study's.
    """
    found = []
    for column in population.columns:
        values, own = population.features[column], members.records.features[column]
        known = set(values.tolist())
        if values.dtype == object or values.dtype.kind == "b" or len(known) <= FEW:
            odd = [
                value is not None and value == value and value not in known
                for value in own.tolist()
            ]
            what = "which no record has"
        else:
            low, high = np.nanmin(values), np.nanmax(values)
            odd = ((own < low) | (own > high)).tolist()
            what = f"where records have {low:g} to {high:g}"
        if any(odd):
            first = odd.index(True)
            others = sum(odd) - 1
            more = f" ({others:,} more such {'cell' if others == 1 else 'cells'})" if others else ""
            value = members.lines[first][column]
            sentence = f"{value!r}, {what}{more}"
            file, _, place = members.places[first].partition(", ")
            found.append(Doubt(sentence, file, column, place))
    return found
