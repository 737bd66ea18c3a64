"""Members' records as the cells of their file: as they are, and as they become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from criticalmass.data.missing import missing_in, unequal
from criticalmass.data.population import Population
from criticalmass.data.readers import Reading
from criticalmass.data.spelling import spelled
from criticalmass.members.file import Columns, Members


def cells_of(members: Members, now: Population, place: int, *, from_study: bool) -> dict[str, str]:
    """Return a member's record and label as their file has it, or as the study's has it now."""
    line, columns = members.lines[place], members.columns
    cells = {column: line[column] for column in (*_record(now, columns), columns.label)}
    if from_study:
        was = members.records
        cells |= changed_cells(was, now, place, columns)
    return cells


def changed_cells(
    before: Population, after: Population, place: int, columns: Columns
) -> dict[str, str]:
    """Return the cells in which two records of one member differ, as the second has them."""
    cells: dict[str, str] = {}
    if after.kind == "texts" and before.features[place] != after.features[place]:
        cells[columns.text] = after.features[place]
    for column in after.columns:
        old, new = (each.features[column][place : place + 1] for each in (before, after))
        if unequal(old, new).any():
            cells[column] = "" if missing_in(new).any() else _written(new[0], columns.reading)
    if (before.labels[place] != after.labels[place]).any():
        cells[columns.label] = _label_cell(after, place, columns)
    return cells


def _label_cell(population: Population, place: int, columns: Columns) -> str:
    """Return a record's label as the members' file writes it."""
    if population.holds == "numbers":
        number = float(population.values[place])
        return _written(int(number) if number.is_integer() else number, columns.reading)
    held = np.flatnonzero(population.held[place])
    return columns.separator.join(population.label_names[k] for k in held)


def _written(value: Any, reading: Reading) -> str:
    """Spell a value as the members' file does: numbers with its decimal sign."""
    text = spelled(value)
    return text if isinstance(value, str) else text.replace(".", reading.decimal)


def _record(population: Population, columns: Columns) -> Sequence[str]:
    return (columns.text,) if population.kind == "texts" else population.columns
