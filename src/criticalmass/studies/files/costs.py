"""The section ``[incentives]`` of a study file: what joining costs people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy import stats

from criticalmass.arrays import Array
from criticalmass.data.missing import missing_in
from criticalmass.data.readers import read_table
from criticalmass.errors import DataError, StudyError, unknown
from criticalmass.fields import misfit
from criticalmass.incentives import Incentives
from criticalmass.studies.files.sources import PopulationSection, population_of, table_in

QUANTILES = 1000
"""Number of people who stand for a distribution of costs."""


SLOW = ("levy_stable", "studentized_range")
"""Distributions of SciPy whose quantiles take hours."""


class IncentivesSection(BaseModel):
    """What joining costs, and what part of success people get who do not join.

    Parameters
    ----------
    cost
        What joining costs a person, above 0, where full success is worth 1 to them; or a table with
        a ``distribution`` of SciPy and its parameters, or with a ``column`` of the population and
        what ``each`` of its units costs.
    free_ride
        Share of the success that people have who do not join.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cost: float | dict[str, Any]
    free_ride: float = 0.0


def incentives_of(
    section: IncentivesSection | None, population: PopulationSection, folder: Path
) -> Incentives | None:
    """Return the incentives, if any; costs that differ come from a distribution or a column."""
    if section is None:
        return None
    if isinstance(section.cost, float):
        return Incentives(section.cost, section.free_ride)
    table = dict(section.cost)
    if ("distribution" in table) == ("column" in table):
        raise StudyError(
            "incentives.cost is a number, or a table with either a distribution or a column"
        )
    costs = _drawn(table) if "distribution" in table else _column(table, population, folder)
    return Incentives(tuple(costs.tolist()), section.free_ride)


def _drawn(table: dict[str, Any]) -> Array:
    """Return quantiles of one of SciPy's distributions."""
    name = table.pop("distribution")
    if (wrong := misfit(name, str)) is not None:
        raise StudyError(f"incentives.cost.distribution {wrong}")
    known = sorted(
        name
        for name, kind in vars(stats).items()
        if isinstance(kind, stats.rv_continuous) and name not in SLOW
    )
    if name not in known:
        raise StudyError(f"incentives.cost: {unknown('distribution', name, known)}")
    kind = getattr(stats, name)
    shapes = [shape.strip() for shape in (kind.shapes or "").split(",") if shape.strip()]
    for key, value in table.items():
        if key not in (*shapes, "loc", "scale"):
            raise StudyError(f"incentives.cost: {unknown('key', key, (*shapes, 'loc', 'scale'))}")
        if (wrong := misfit(value, float)) is not None:
            raise StudyError(f"incentives.cost.{key} {wrong}")
    for shape in shapes:
        if shape not in table:
            raise StudyError(f"incentives.cost: the distribution {name!r} needs the key {shape!r}")
    costs = kind(**table).ppf((np.arange(QUANTILES) + 0.5) / QUANTILES)
    if not (costs > 0).all():
        raise StudyError(
            f"incentives.cost: this {name!r} has costs that are not above 0; shift it with loc, or "
            "choose one that begins at 0, such as 'lognorm' or 'gamma'"
        )
    return np.asarray(costs)


def _column(table: dict[str, Any], population: PopulationSection, folder: Path) -> Array:
    """Return a column of the population's records, times what one of its units costs."""
    name, each = table.pop("column"), table.pop("each", 1.0)
    for key in table:
        raise StudyError(f"incentives.cost: {unknown('key', key, ('column', 'each'))}")
    for key, value, of in (("column", name, str), ("each", each, float)):
        if (wrong := misfit(value, of)) is not None:
            raise StudyError(f"incentives.cost.{key} {wrong}")
    if population.file is not None:
        columns = _of_file(folder / population.file, name, population, folder)
    else:
        records = population_of(population, folder)
        columns = {column: records.features[column] for column in records.columns}
    if not each > 0:
        raise StudyError(f"incentives.cost.each is a number above 0, not {each!r}")
    if name not in columns:
        raise DataError(f"incentives.cost: {unknown('column', name, columns)}")
    values = np.asarray(columns[name])
    if not np.issubdtype(values.dtype, np.number):
        raise DataError(f"incentives.cost: column {name!r} holds texts, not numbers")
    return np.asarray(values.astype(float) * each)


def _of_file(
    path: Path, name: str, population: PopulationSection, folder: Path
) -> dict[str, NDArray[Any]]:
    """Return a column of the records' file, of those records that the study has."""
    reading = population.reading
    if reading.missing != "drop" or population.label is None:
        return read_table(path, columns=[name], reading=reading).columns
    kept = table_in(population, folder).kept
    column = read_table(path, columns=[name], reading=replace(reading, missing="keep")).columns[
        name
    ]
    column = column if kept is None else column[kept]
    if (gaps := missing_in(column)).any():
        raise DataError(
            f"incentives.cost: {gaps.sum():,} of {len(column):,} records have no value in column "
            f"{name!r}, and each needs its cost"
        )
    return {name: column}
