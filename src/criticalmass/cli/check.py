"""The command ``check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.options import Allow, IdColumn, StudyPath
from criticalmass.cli.shared.terminal import say
from criticalmass.errors import harmless, shortened


def check(
    study: StudyPath,
    members: Annotated[
        Path | None, typer.Option(help="The members' file, if you want it checked, too.")
    ] = None,
    id_column: IdColumn = "id",
    allow: Allow = None,
) -> None:
    """Say how your files are read, and what may be wrong with the records and the members.

    Exit code 2 if the study cannot be run as it is.
    """
    from criticalmass.doubts import check as check_files

    checked = check_files(study, members, id_column=id_column, allow=allow or ())
    if checked.records:
        say(checked.records)
    width = max((len(column.name) for column in checked.columns), default=0)
    for column in checked.columns:
        say(f"  {column.name:{width}}  {column.kind}")
    if checked.members:
        say(checked.members)
    for noun, doubts in (("problem", checked.problems), ("doubt", checked.doubts)):
        plural = "" if len(doubts) == 1 else "s"
        say(f"{len(doubts)} {noun}{plural}{':' if doubts else ''}")
        for doubt in doubts:
            say(shortened(harmless(f"  {doubt}")))
    if checked.problems:
        raise typer.Exit(2)
