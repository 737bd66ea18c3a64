"""Where a study's records come from: a data set by name, or a file of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.lib.recfunctions import repack_fields
from pydantic import BaseModel, ConfigDict, Field

from criticalmass.datasets import DATASETS
from criticalmass.datasets.files import read_columns
from criticalmass.design import numeric
from criticalmass.errors import DataError, StudyError, unknown
from criticalmass.population import Population
from criticalmass.records import label_cells, split_sets
from criticalmass.studies.catalogue import arguments
from criticalmass.tables import FiniteTable


class PopulationSection(BaseModel):
    """Where the records come from: a data set by name, or a file of one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    file: str | None = None
    text: str | None = None
    label: str | None = None
    separator: str | None = None
    columns: list[str] | None = None
    numeric: bool = False
    randomize_labels: float = 0.0
    test: int | None = None
    seed: int = Field(default=0, ge=0)


def population_of(section: PopulationSection, folder: Path) -> Population:
    """Read the records that a study names."""
    population = _chosen(section, folder)
    return numeric(population) if section.numeric else population


def _chosen(section: PopulationSection, folder: Path) -> Population:
    population = _everything(section, folder)
    if section.columns is None:
        return population
    for column in section.columns:
        if column not in population.columns:
            raise DataError(f"population.columns: {unknown('column', column, population.columns)}")
    if not section.columns or len(set(section.columns)) < len(section.columns):
        raise StudyError("population.columns names no column, or one of them twice")
    kept = repack_fields(population.features[section.columns])
    return replace(population, features=kept)


def records_of(section: PopulationSection, folder: Path) -> Population | FiniteTable:
    """Read the records that a study names; count them where they are a file's table.

    A table is counted without being read into memory, so it may have any number of rows; not where
    labels are to be exchanged between its rows.
    """
    counted = section.file is not None and section.label is not None and not section.numeric
    if not counted or section.text or section.separator or section.randomize_labels:
        return population_of(section, folder)
    return FiniteTable.read(
        folder / str(section.file),
        label=str(section.label),
        columns=section.columns,
        name=Path(str(section.file)).stem,
    )


def _everything(section: PopulationSection, folder: Path) -> Population:
    if (section.dataset is None) == (section.file is None):
        raise StudyError("population needs either a dataset or a file")
    if section.dataset is not None:
        if section.dataset not in DATASETS:
            raise StudyError(f"population: {unknown('dataset', section.dataset, DATASETS)}")
        if section.text or section.label or section.separator:
            raise StudyError("population: text, label and separator describe a file, not a dataset")
        options = dict(section.options)
        if isinstance(options.get("path"), str):
            options["path"] = str(folder / options["path"])
        load = DATASETS[section.dataset]
        return load(**arguments(load, "population.options", options))
    assert section.file is not None
    if section.options:
        raise StudyError("population: options belong to a dataset, not to a file")
    if section.label is None:
        raise StudyError("population needs label, the column of the file that holds the label")
    path = folder / section.file
    columns = read_columns(path)
    for column in (section.label, section.text):
        if column is not None and column not in columns:
            raise DataError(f"{path.name}: {unknown('column', column, columns)}")
    if section.text is None:
        return Population.from_table(
            columns, label=section.label, separator=section.separator, name=path.stem
        )
    texts = columns[section.text]
    if texts.dtype != object:
        raise DataError(f"{path.name}: column {section.text!r} holds numbers, not texts")
    cells = label_cells(columns[section.label], section.label)
    return Population.from_texts(
        texts.tolist(),
        split_sets(cells, section.separator) if section.separator else cells,
        name=path.stem,
    )
