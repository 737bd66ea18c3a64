"""Records that lack something that a study needs: where they stand, and how they are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from criticalmass.arrays import Mask
from criticalmass.data.readers.opening import Opened
from criticalmass.data.readers.reading import Reading
from criticalmass.errors import DataError
from criticalmass.phrases import listed

MOST_PLACES = 12
"""So many places are named, and the others counted."""
ADVICE = 'fill it in, or say missing = "drop" to leave them out'
"""What to do about records that lack something, as messages end."""


def places_of(files: Opened, name: str, fits: Callable[[str | None], bool]) -> str:
    """Say where the cells of a column stand that fit: ``lines 5, 9 and 14``; empty if none does.

    Parameters
    ----------
    files
        The files.
    name
        The column.
    fits
        Whether a cell, as text, is one of them.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from criticalmass.data.readers import opened
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_text("age,hired\\n30,yes\\n,no\\n41,no\\n,yes\\n")
    ...     with opened(path) as files:
    ...         places_of(files, "age", lambda cell: not cell)
    'lines 3 and 5'
    """
    at = [column.name for column in files.sources[0].columns].index(name)
    return placed([place for place, cells in files.rows() if fits(cells[at])], len(files.sources))


def placed(places: Sequence[str], files: int = 1) -> str:
    """Write places, such as ``people.csv, line 5``, in short: a dozen, then a count.

    Examples
    --------
    >>> placed(["people.csv, line 5"]), placed(["people.csv, line 5", "people.csv, line 9"])
    ('line 5', 'lines 5 and 9')
    >>> placed(["a.csv, line 5", "b.csv, line 9"], files=2)
    'a.csv, line 5 and b.csv, line 9'
    >>> placed([f"people.csv, line {n}" for n in range(2, 32)])
    'lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 18 more'
    """
    told = list(places[:MOST_PLACES])
    if not told:
        return ""
    kind = ""
    if files == 1:
        each = [place.rpartition(", ")[2].partition(" ") for place in told]
        kind = f"{each[0][0]}{'s' if len(places) > 1 else ''} "
        told = [number for _, _, number in each]
    if more := len(places) - len(told):
        told.append(f"{more:,} more")
    *others, last = told
    return kind + (f"{', '.join(others)} and {last}" if others else last)


def left_out(called: str, lacking: Mapping[str, Mask]) -> str:
    """Return a sentence on the records that are left out; empty if none is.

    Parameters
    ----------
    called
        What messages call the file.
    lacking
        Which records lack something, (n,), by what they do: ``have no label``.

    Raises
    ------
    DataError
        If no record is left.

    Examples
    --------
    >>> import numpy as np
    >>> gone = {"have no label": np.array([True, True, False, False])}
    >>> left_out("p.csv", gone | {"have an empty text": np.array([True, False, False, False])})
    '2 of 4 records were left out: 2 have no label and 1 has an empty text.'
    """
    either = np.any(list(lacking.values()), axis=0)
    if not either.any():
        return ""
    told = [
        f"{gone.sum():,} {what.replace('have', 'has', 1) if gone.sum() == 1 else what}"
        for what, gone in lacking.items()
        if gone.any()
    ]
    were = "was" if either.sum() == 1 else "were"
    sentence = f"{either.sum():,} of {len(either):,} records {were} left out: {listed(told)}"
    if either.all():
        raise DataError(f"{called}: no record is left; {sentence}")
    return f"{sentence}."


def no_records(called: str, reading: Reading) -> DataError:
    """Return the error of a file without records, or of which none is left."""
    if reading.missing == "drop":
        return DataError(f"{called}: no record is left that lacks nothing")
    return DataError(f"{called}: no records")
