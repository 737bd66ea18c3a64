"""One value, one spelling: how labels and cells are written, and when two spellings mean the same.

Records come from files of many formats and from Python. The number 1 in a Parquet file, the cell
`1` in a CSV file and the number 1 in a dataframe are the same label, so they have one name here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Any

import numpy as np

_PLAIN = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
CERTAIN = 15
"""Any decimal number of so many digits survives float64 as it was written."""


def spelled(value: Any) -> str:
    """Return the one spelling of a value: what a label or a cell of text is called.

    A text keeps what it says, its letters composed (Unicode's NFC). Numbers are spelled as Python
    does (1 is ``1``, 1.0 is ``1.0``), truth values ``True`` and ``False``, dates and times as ISO
    8601 says; midnight is the day alone, and times with a zone are those of UTC.

    Examples
    --------
    >>> spelled(1), spelled(1.0), spelled(np.True_), spelled("cafe\u0301") == "caf\u00e9"
    ('1', '1.0', 'True', True)
    >>> spelled(dt.datetime(2024, 1, 5)), spelled(dt.datetime(2024, 1, 5, 10, 30))
    ('2024-01-05', '2024-01-05T10:30:00')
    """
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    elif isinstance(value, np.generic) and not isinstance(value, np.floating):
        value = value.item()
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            return value.astimezone(dt.UTC).isoformat()
        if value.time() == dt.time():
            return value.date().isoformat()
        return dt.datetime.isoformat(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def number_in(cell: str, decimal: str = ".") -> float | int | None:
    """Return the plain decimal number that a cell writes, or None if it writes none.

    A plain number has no leading zero before a digit, no sign but a minus, no separator of
    thousands, and float64 holds it to the digits written (or, a whole one, 64 bits do). Trailing
    zeros and exponents do not matter.

    Examples
    --------
    >>> [number_in(cell) for cell in ("30", "-2.50", "1e3", "01005", "1,5", "+49")]
    [30, -2.5, 1000.0, None, None, None]
    >>> number_in("2,5", decimal=","), number_in("12345678901234567890")
    (2.5, None)
    """
    if decimal != ".":
        if "." in cell:
            return None
        cell = cell.replace(decimal, ".")
    if not _PLAIN.fullmatch(cell):
        return None
    if _WHOLE.fullmatch(cell) and len(cell) <= 20:
        whole = int(cell)
        return whole if -(2**63) <= whole < 2**63 else None
    number = float(cell)
    return number if np.isfinite(number) and _holds(cell, number) else None


def _holds(cell: str, number: float) -> bool:
    """Return whether a float is what a cell writes, to as many digits."""
    written = Decimal(cell)
    if not written:
        return True
    digits = len("".join(map(str, written.as_tuple().digits)).strip("0"))
    return Context(prec=digits).plus(Decimal(number)) == written


def meaning(text: str) -> tuple[str, Any]:
    """Return what a spelling means, equal for two spellings of one value.

    Examples
    --------
    >>> meaning("TRUE") == meaning("true"), meaning("1") == meaning("1.0")
    (True, True)
    >>> meaning("01") == meaning("1"), meaning("Cook") == meaning("cook")
    (False, False)
    """
    text = spelled(text).strip()
    if text.lower() in ("true", "false"):
        return "truth", text.lower()
    number = number_in(text)
    return ("text", text) if number is None else ("number", number)


def find(value: object, names: Iterable[str]) -> str | None:
    """Return the name that a value is: the one spelled so, else the only one that means it.

    Examples
    --------
    >>> find("true", ["False", "True"]), find(1, ["0", "1.0"]), find("a", ["A"])
    ('True', '1.0', None)
    """
    known = list(names)
    text = spelled(value)
    if text in known:
        return text
    same = [name for name in known if meaning(name) == meaning(text)]
    return same[0] if len(same) == 1 else None
