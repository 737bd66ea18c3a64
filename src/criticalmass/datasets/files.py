"""Where data sets lie: `CRITICALMASS_DATA`, or a download kept in the user's cache."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pooch
from numpy.typing import NDArray

from criticalmass.counting import READERS
from criticalmass.errors import DataError


def locate(name: str, url: str, sha256: str | None = None) -> Path:
    """Return the path of a data file: in the folder `CRITICALMASS_DATA`, else downloaded once.

    Raises
    ------
    DataError
        If the file is in neither place, saying where it could be put.
    """
    if folder := os.environ.get("CRITICALMASS_DATA"):
        if not Path(folder).is_dir():
            raise DataError(f"CRITICALMASS_DATA names {folder!r}, which is no folder")
        local = Path(folder) / name
        if local.is_file():
            return local
    try:
        return Path(
            pooch.retrieve(url, known_hash=sha256, fname=name, path=pooch.os_cache("criticalmass"))
        )
    except Exception as error:  # requests, urllib3, ssl and pooch each raise their own
        raise DataError(
            f"{name} could not be downloaded from {url} ({type(error).__name__}); put the file "
            "into a folder and set the environment variable CRITICALMASS_DATA to that folder"
        ) from error


def read_columns(path: Path) -> dict[str, NDArray[Any]]:
    """Read a CSV, TSV, Parquet or JSON-lines file into numpy columns, texts as objects.

    Raises
    ------
    DataError
        If the file is missing, of another kind, damaged, or has missing values.
    """
    if not path.is_file():
        raise DataError(f"no file {str(path)!r}")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise DataError(f"{path.name}: expected a file ending in {', '.join(READERS)}")
    with duckdb.connect() as connection:
        try:
            relation = connection.sql(
                f"SELECT * FROM {READERS[suffix]}",
                params=[re.sub(r"([*?\[])", r"[\1]", str(path))],
            )
            columns = relation.fetchnumpy()
        except duckdb.Error as error:
            hint = "; expected UTF-8, with the names of the columns in its first line"
            said = str(error).splitlines()[0] + (hint if "csv" in READERS[suffix] else "")
            raise DataError(f"{path.name} cannot be read: {said}") from error
        except RuntimeError as error:  # how duckdb says that Ctrl-C was pressed
            raise KeyboardInterrupt from error
    return {name: _plain(values, name, path) for name, values in columns.items()}


def _plain(values: Any, name: str, path: Path) -> NDArray[Any]:
    """Return a column without its mask, or say that a value is missing."""
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    if mask is not None and mask.any():
        raise DataError(
            f"{path.name}: {int(mask.sum()):,} of {len(values):,} records have a missing value in "
            f"column {name!r} (first: record {int(mask.argmax())}); fill it or leave them out"
        )
    plain = np.asarray(np.ma.getdata(values) if mask is not None else values)
    is_plain = np.issubdtype(plain.dtype, np.number) or plain.dtype in (bool, object)
    return plain if is_plain else plain.astype(str).astype(object)  # a date is a category here
