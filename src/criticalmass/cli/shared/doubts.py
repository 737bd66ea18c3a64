"""One line about doubts, for the commands that read records to use them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from criticalmass.cli.shared.commands import about_members
from criticalmass.cli.shared.terminal import say

if TYPE_CHECKING:
    from criticalmass.members.file import Members
    from criticalmass.studies import Study


def print_number_of_doubts(
    path: Path,
    study: Study,
    members: Members | None = None,
    members_path: Path | None = None,
    allow: Iterable[str] = (),
) -> None:
    """Print how many doubts there are about a study's records and members, if any."""
    from criticalmass.doubts import doubts_of
    from criticalmass.doubts.people import unlike

    doubts = doubts_of(path, study)
    if members is not None:
        doubts += unlike(members, study)
    if doubts:
        id_column = "id" if members is None else members.columns.id
        command = about_members(
            "check", path, members=members_path, id_column=id_column, allow=allow
        )
        many = "1 doubt" if len(doubts) == 1 else f"{len(doubts)} doubts"
        say(f"{many} about the records: {command}", err=True)
