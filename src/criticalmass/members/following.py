"""`follow`: machine-readable instructions, carried out."""

from __future__ import annotations

import json
from pathlib import Path

from criticalmass.errors import DataError
from criticalmass.members.file import Members


def follow(instructions: str | Path, members: Members) -> tuple[dict[str, str], ...]:
    """Return a members' file's lines with the machine-readable instructions carried out.

    Parameters
    ----------
    instructions
        ``instructions.jsonl``, as it was written.
    members
        The members, as they were.

    Raises
    ------
    DataError
        If an instruction is for nobody, or for a record that is no longer what it was.
    """
    lines = {member: dict(line) for member, line in zip(members.ids, members.lines, strict=True)}
    for text in Path(instructions).read_text(encoding="utf-8").splitlines():
        instruction = json.loads(text)
        member = instruction["id"]
        if member not in lines:
            raise DataError(f"an instruction is for {member!r}, who is no member")
        for change in instruction["changes"]:
            line, column = lines[member], change["column"]
            if line.get(column) != change["before"]:
                raise DataError(f"{member!r} has changed column {column!r} since")
            line[column] = change["after"]
    return tuple(lines.values())
