"""How DuckDB spells the cells of columns with types, just as `criticalmass.data.spelling` does."""

from __future__ import annotations

from criticalmass.data.readers.source import Column

BETWEEN = "\x1f"
"""What stands between the names of a list where its cell is written as one text."""

_MOMENT = (
    "CASE WHEN {0} IS NULL THEN NULL WHEN {0}::TIMESTAMP = date_trunc('day', {0}::TIMESTAMP) "
    "THEN strftime({0}::TIMESTAMP, '%Y-%m-%d') ELSE strftime({0}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S') "
    "|| CASE WHEN microsecond({0}::TIMESTAMP) % 1000000 = 0 THEN '' "
    "ELSE strftime({0}::TIMESTAMP, '.%f') END END"
)
_ZONED = (
    "strftime({0} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S') || CASE WHEN microsecond({0} AT TIME "
    "ZONE 'UTC') % 1000000 = 0 THEN '' ELSE strftime({0} AT TIME ZONE 'UTC', '.%f') END || '+00:00'"
)


def as_text(column: Column) -> str:
    """Return the expression that spells a column's cells; NULL stays NULL."""
    cell = column.sql
    if column.holds == "truth":
        return f"CASE {cell} WHEN true THEN 'True' WHEN false THEN 'False' END"
    if column.holds == "moment":
        return _MOMENT.format(cell)
    if column.holds == "zoned":
        return _ZONED.format(cell)
    if column.holds == "number":
        return f"({cell})::VARCHAR"
    if column.holds == "list":
        return f"array_to_string({cell}, chr({ord(BETWEEN)}))"
    return f"nfc_normalize({cell})"
