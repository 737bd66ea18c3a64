"""Where data sets lie: `CRITICALMASS_DATA`, or a download kept in the user's cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from criticalmass.data.readers import read_table
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
    import pooch  # slow, and in a notebook it asks for widgets

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
    """Return a file's columns as numpy arrays, texts as objects (see `criticalmass.data.readers`).

    Raises
    ------
    DataError
        If the file is missing, of another kind, damaged, or has missing values.
    """
    return read_table(path).columns
