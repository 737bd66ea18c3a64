"""UCI Adult, a table of census records."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.readers.archives import archive_of
from criticalmass.datasets.files import locate, read_columns
from criticalmass.errors import DataError

URL = "https://archive.ics.uci.edu/static/public/2/adult.zip"
COLUMNS = (
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "income",
)
LEFT_OUT = ("fnlwgt", "split")
"""The survey's sampling weight, and a local file's own split: neither describes the person."""


def adult(path: str | Path | None = None) -> Population:
    """Return the 48,842 records of UCI Adult; the label is the income, ``<=50K`` or ``>50K``.

    The survey weight ``fnlwgt`` is left out; an unknown value stays a category of its own, ``?``.

    Parameters
    ----------
    path
        A file ``adult.parquet`` with the columns of `COLUMNS`, or UCI's ``adult.zip``. By default
        it is ``adult.parquet``, or else ``adult.zip``, in the folder that the environment variable
        ``CRITICALMASS_DATA`` names; where neither is, ``adult.zip`` is downloaded once.
    """
    if path is None:
        local = Path(os.environ.get("CRITICALMASS_DATA", "")) / "adult.parquet"
        path = local if local.is_file() else locate("adult.zip", URL)
    path = Path(path)
    columns = _read_archive(path) if path.suffix == ".zip" else read_columns(path)
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise DataError(f"{path.name} is not UCI Adult: it has no column {missing[0]!r}")
    kept = {name: values for name, values in columns.items() if name not in LEFT_OUT}
    return Population.from_table(
        kept,
        label="income",
        name="adult",
        notes=(
            "Census records of 1994 (UCI Adult, Becker and Kohavi 1996, CC BY 4.0), without the "
            "survey weight; unknown values are the category '?'.",
        ),
    )


def _read_archive(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of both halves of UCI's archive."""
    with archive_of(path, "UCI Adult") as archive:
        lines = [
            line.rstrip(".").split(", ")
            for half in ("adult.data", "adult.test")
            for line in archive.read(half).decode().splitlines()
        ]
    rows = [line for line in lines if len(line) == len(COLUMNS)]  # leaves out the test's headline
    if not rows:
        raise DataError(
            f"{path.name} is not UCI Adult: it has no records of {len(COLUMNS)} columns"
        )
    columns: dict[str, NDArray[Any]] = {}
    for j, name in enumerate(COLUMNS):
        values = np.array([row[j] for row in rows], dtype=object)
        try:
            columns[name] = values.astype(np.int32) if values[0].lstrip("-").isdigit() else values
        except (ValueError, OverflowError) as error:
            raise DataError(f"{path.name} is not UCI Adult: column {name!r}: {error}") from error
    return columns
