"""The command ``instruct``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.commands import about_members
from criticalmass.cli.shared.instructions import read_instructions
from criticalmass.cli.shared.options import (
    Allow,
    IdColumn,
    MembersPath,
    Results,
    StrategyName,
    StudyPath,
)
from criticalmass.cli.shared.terminal import say


def instruct(
    study: StudyPath,
    members: MembersPath,
    out: Annotated[Path, typer.Option(help="A new folder for everything that is written.")],
    results: Results = None,
    strategy: StrategyName = None,
    id_column: IdColumn = "id",
    allow: Allow = None,
) -> None:
    """Write what each member is to change: a page and a text each, and files for machines."""
    from criticalmass.members.plan import plan as plan_of
    from criticalmass.pages.handouts import write_handouts
    from criticalmass.studies.files.study_file import handouts_of
    from criticalmass.studies.store.sqlite import FILE
    from criticalmass.words.instructions import summary_of, to_measure
    from criticalmass.words.plan import beside_instructions

    folder = results or Path("results") / study.stem
    _, instructions = read_instructions(study, members, strategy, id_column, allow or ())
    standing: list[str] = []
    command = about_members(
        "plan",
        study,
        members=members,
        id_column=id_column,
        allow=allow or (),
        results=results,
        strategy=instructions.strategy,
    )
    if (folder / FILE).is_file():
        made = plan_of(instructions, folder, train=False)
        standing = beside_instructions(made)
        command = command if made.reached is None else ""
    page = write_handouts(
        instructions, out, standing=standing, command=command, handouts=handouts_of(study)
    )
    for line in [*summary_of(instructions), *standing, *to_measure(command)]:
        say(line)
    say(f"Pages: {page}")
    say(f"{str(out)!r} holds your members' records: let only them and you read it", err=True)
