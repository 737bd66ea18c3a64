"""Which columns of a Parquet file are spans of time: Arrow says so, and Parquet itself does not.

Arrow writes its own schema beside Parquet's, a FlatBuffers message in base64. Only the types of
the columns are read here: tables with offsets, as FlatBuffers lays them out.
"""

from __future__ import annotations

import base64
import binascii
import struct

KEY = b"ARROW:schema"
"""Under which a Parquet file keeps it."""
_DURATION = 18  # in the union Type of Arrow's Schema.fbs
_HEADER, _FIELDS, _TYPE = 2, 1, 2  # places in Message, Schema and Field
MOST = 100_000  # columns


def spans_of_time(schema: bytes) -> list[bool]:
    """Return which columns are spans of time, in order; empty if the schema is damaged.

    Parameters
    ----------
    schema
        What stands under `KEY`.

    Examples
    --------
    >>> spans_of_time(b"damaged")
    []
    """
    try:
        content = base64.b64decode(schema)
        begins = 8 if content[:4] == b"\xff\xff\xff\xff" else 4  # before it, its length
        message = begins + _number(content, begins, "<I")
        fields = _behind(content, _behind(content, message, _HEADER), _FIELDS)
        count = min(_number(content, fields, "<I"), MOST)
        found = []
        for place in range(fields + 4, fields + 4 + 4 * count, 4):
            kind = _place(content, place + _number(content, place, "<I"), _TYPE)
            found.append(bool(kind) and content[kind] == _DURATION)
        return found
    except (binascii.Error, struct.error, IndexError):
        return []


def _number(content: bytes, place: int, kind: str) -> int:
    number: int = struct.unpack_from(kind, content, place)[0]
    return number


def _place(content: bytes, table: int, member: int) -> int:
    """Return where a member of a table stands; 0 if it is left out."""
    layout = table - _number(content, table, "<i")
    if 4 + 2 * member >= _number(content, layout, "<H"):
        return 0
    off = _number(content, layout + 4 + 2 * member, "<H")
    return table + off if off else 0


def _behind(content: bytes, table: int, member: int) -> int:
    """Return where the table or the list stands that a member points to."""
    place = _place(content, table, member)
    return place + _number(content, place, "<I")
