"""Where a study's records come from: a data set by name, or a file of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.recfunctions import repack_fields
from pydantic import BaseModel, ConfigDict, Field

from criticalmass.arrays import Mask
from criticalmass.data.counting import SetsOfLabels
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.labels import split_sets
from criticalmass.data.missing import Missing
from criticalmass.data.numbers import EVERY, between, in_full, range_of
from criticalmass.data.population import Population
from criticalmass.data.readers import Reading, Table, opened, read_table
from criticalmass.data.readers.incomplete import ADVICE, placed
from criticalmass.data.readers.table import check_columns
from criticalmass.data.records import table_of
from criticalmass.datasets import DATASETS
from criticalmass.errors import DataError, StudyError, unknown
from criticalmass.risks.design import numeric
from criticalmass.studies.files.catalogue import arguments

EXACT = 2**53
"""Whole numbers beyond this are not all held by 64 bits of floating point."""


class PopulationSection(BaseModel):
    """Where the records come from: a data set by name, or a file of one's own.

    Parameters
    ----------
    dataset
        The name of a data set that ships with the package or is downloaded; or give ``file``.
    options
        Arguments of the data set.
    file
        A ``.csv``, ``.tsv``, ``.xlsx``, ``.parquet``, ``.json`` or ``.jsonl`` file; a ``*`` in its
        name matches several.
    text
        The column with the text; without it, all columns but the label are a table's features.
    label
        The column with the label; a file needs it.
    separator
        What stands between several labels in one cell. Without it each record has one label.
    numbers
        Whether the label is a number that the model predicts as one; or the lowest and the highest
        number that a record could hold.
    decimal
        What stands before the decimals of a number.
    missing
        ``"refuse"`` records with missing values, ``"keep"`` them as a value of their own, or
        ``"drop"`` them: leave out each record that lacks a value, its label or its text.
    missing_words
        Cells that mean a missing value, besides blank ones.
    columns
        For tables: the columns that make up a record, besides the label; all if left out.
    numeric
        For tables: whether text columns become columns of 0 and 1, one for each value but the most
        frequent.
    randomize_labels
        Share of the training records that exchange their labels among each other at random.
    test
        Number of records that success is measured on; a fifth of all if left out.
    seed
        Seed of the split into training and test records.
    resampled
        Whether every trial draws a population of its own from the training records.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    file: str | None = None
    text: str | None = None
    label: str | None = None
    separator: str | None = None
    numbers: bool | list[float] = False
    decimal: Literal[".", ","] = "."
    missing: Literal["refuse", "keep", "drop"] = "refuse"
    missing_words: list[str] = Field(default_factory=list)
    columns: list[str] | None = None
    numeric: bool = False
    randomize_labels: float = 0.0
    test: int | None = None
    seed: int = Field(default=0, ge=0)
    resampled: bool = False

    @property
    def reading(self) -> Reading:
        """How the cells of the file are read."""
        return Reading(self.decimal, self.missing, tuple(self.missing_words))

    @property
    def gaps(self) -> Missing:
        """Whether the population that is read may have missing values."""
        return "keep" if self.missing == "keep" else "refuse"


def population_of(section: PopulationSection, folder: Path) -> Population:
    """Return the records that a study file names."""
    population = _chosen(section, folder)
    return numeric(population) if section.numeric else population


def _chosen(section: PopulationSection, folder: Path) -> Population:
    if section.columns is not None and (
        not section.columns or len(set(section.columns)) < len(section.columns)
    ):
        raise StudyError("population.columns names no column, or one of them twice")
    population = _everything(section, folder)
    if section.columns is None or section.columns == list(population.columns):
        return population
    for column in section.columns:
        if column not in population.columns:
            raise DataError(f"population.columns: {unknown('column', column, population.columns)}")
    kept = repack_fields(population.features[section.columns])
    return replace(population, features=kept)


def marked_of(
    file: str, section: PopulationSection, population: Population, folder: Path
) -> Population:
    """Return the records of a file that success is to be measured on; it needs no label.

    Parameters
    ----------
    file
        Its path; a ``*`` in its name matches several.
    section
        The population's section, whose ``text`` and cells the file has.
    population
        The records that the firm trains on, whose columns the file has.
    folder
        What the path is relative to.

    Raises
    ------
    StudyError
        If the population's records cannot be got from a file.
    DataError
        If the file cannot be read, or lacks a column.
    """
    if section.numeric:
        raise StudyError(
            "success.marked: population.numeric makes columns of the texts of its own records; "
            "leave out numeric, or marked"
        )
    if population.kind == "array":
        raise StudyError(
            "success.marked is a file of texts or a table, and these records are arrays; leave it "
            "out, or give them in Python: Study(…, marked=Population.from_arrays(…))"
        )
    name = Path(file).name
    if population.kind == "texts":
        text = section.text or "text"
        table = read_table(folder / file, text=text, reading=section.reading)
        features = np.array(table.texts or [], dtype=object)
    else:
        columns = list(population.columns)
        table = read_table(folder / file, columns=columns, reading=section.reading)
        features = table_of(table.columns)
    return Population(
        features,
        labels=np.ones((len(features), 1), dtype=bool),
        label_names=("unknown",),
        label_sets=False,
        name=name,
        missing=section.gaps,
        read_as=table.read_as,
        notes=(f"{name}: {table.left_out}",) if table.left_out else (),
    )


def records_of(section: PopulationSection, folder: Path) -> Population | FiniteTable:
    """Return the records that a study file names; a table in a file is only counted.

    A table is counted without being read into memory, so it may have any number of rows; not where
    labels are to be exchanged between its rows.
    """
    counted = section.file is not None and section.label is not None and not section.numeric
    if (
        not counted
        or section.numbers is not False
        or section.text
        or section.separator
        or section.randomize_labels
    ):
        return population_of(section, folder)
    try:
        return FiniteTable.read(
            folder / str(section.file),
            label=str(section.label),
            columns=section.columns,
            name=Path(str(section.file)).stem,
            reading=section.reading,
        )
    except SetsOfLabels:
        return population_of(section, folder)


def _everything(section: PopulationSection, folder: Path) -> Population:
    if (section.dataset is None) == (section.file is None):
        raise StudyError("population needs either a dataset or a file")
    if section.dataset is not None:
        if section.dataset not in DATASETS:
            raise StudyError(f"population: {unknown('dataset', section.dataset, DATASETS)}")
        of_files = ("text", "label", "numbers", "separator", "decimal", "missing", "missing_words")
        if given := [key for key in of_files if key in section.model_fields_set]:
            verb = "describes" if len(given) == 1 else "describe"
            raise StudyError(f"population: {', '.join(given)} {verb} a file, not a dataset")
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
    name = Path(section.file).stem
    table = table_in(section, folder)
    if range_of(section.numbers) is not None:
        return _with_numbers(table, section, folder / section.file, name)
    notes = (table.left_out,) if table.left_out else ()
    cells = table.label or []
    if section.separator and not any(isinstance(cell, list) for cell in cells):
        cells = split_sets(cells, section.separator)
    if table.texts is not None:
        return Population.from_texts(table.texts, cells, name=name, notes=notes)
    labels = np.empty(len(cells), dtype=object)
    labels[:] = cells
    return Population.from_table(
        {**table.columns, section.label: labels},
        label=section.label,
        name=name,
        notes=notes,
        missing=section.gaps,
        read_as=table.read_as,
    )


def table_in(section: PopulationSection, folder: Path) -> Table:
    """Return the columns of the file that a study file names; numbers as labels among them.

    Raises
    ------
    DataError
        If the file cannot be read, or a record lacks what none may lack.
    """
    path, label = folder / str(section.file), str(section.label)
    if range_of(section.numbers) is None:
        return read_table(
            path,
            label=label,
            text=section.text,
            columns=None if section.text is not None else section.columns,
            separator=section.separator,
            reading=section.reading,
        )
    if section.separator is not None:
        raise StudyError("population: separator is for sets of labels, and numbers are none")
    columns = None
    if section.text is not None:
        columns = [label]
    elif section.columns is not None:
        check_columns(section.columns, label, path.name)
        columns = [*section.columns, label]
    return read_table(path, text=section.text, columns=columns, reading=section.reading)


def _place(path: Path, row: int, kept: Mask | None) -> str:
    """Return where a record stands: the file, and its line as a spreadsheet counts."""
    at = row if kept is None else int(np.flatnonzero(kept)[row])
    with opened(path) as files:
        return next(place for number, (place, _) in enumerate(files.rows()) if number == at)


def _places(path: Path, chosen: Mask) -> str:
    """Return where some records stand, in short."""
    with opened(path) as files:
        places = [place for (place, _), one in zip(files.rows(), chosen, strict=True) if one]
        return placed(places, len(files.sources))


def _with_numbers(table: Table, section: PopulationSection, path: Path, name: str) -> Population:
    """Return the records of a file whose label column holds numbers."""
    label, allowed = str(section.label), range_of(section.numbers)
    assert allowed is not None
    notes = (table.left_out,) if table.left_out else ()
    cells = table.columns[label]
    why = table.read_as.get(label)
    if cells.dtype.kind not in "iuf":
        what = "truth values" if cells.dtype.kind == "b" else "texts"
        raise DataError(
            f"{path.name}: column {label!r} holds {what}, and population.numbers needs numbers"
            + (f"; it {why}" if why else "")
        )
    column = cells.astype(float)
    gaps = np.isnan(column)
    if gaps.any():
        raise DataError(
            f"{path.name}: {gaps.sum():,} of {len(cells):,} records have no number in column "
            f"{label!r} ({_places(path, gaps)}); {ADVICE}"
        )
    outside = (column < allowed[0]) | (column > allowed[1]) | np.isinf(column)
    if outside.any():
        row = int(outside.argmax())
        limits = "" if allowed == EVERY else f", and {between(allowed)}"
        held = in_full(float(cells[row]))
        raise DataError(f"{_place(path, row, table.kept)}: column {label!r} holds {held}{limits}")
    if cells.dtype.kind in "iu" and (np.abs(cells) > EXACT).any():
        row = int((np.abs(cells) > EXACT).argmax())
        raise DataError(
            f"{_place(path, row, table.kept)}: column {label!r} holds {cells[row]}, which "
            "has more digits than can be computed with; give it in another unit"
        )
    if table.texts is not None:
        return Population.from_texts(table.texts, column, numbers=allowed, name=name, notes=notes)
    features = {column: cells for column, cells in table.columns.items() if column != label}
    if not features:
        raise DataError(f"{path.name}: a record needs columns besides the label {label!r}")
    return Population.from_table(
        {**features, label: column},
        label=label,
        numbers=allowed,
        name=name,
        notes=notes,
        missing=section.gaps,
        read_as=table.read_as,
    )
