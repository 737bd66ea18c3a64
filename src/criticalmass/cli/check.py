"""The command ``check``, and what other commands say of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.options import Allow

if TYPE_CHECKING:
    from criticalmass.members.file import Members
    from criticalmass.studies import Study


def check(
    study: Annotated[Path, typer.Argument(help="The study file (TOML).")],
    members: Annotated[
        Path | None, typer.Option(help="The members' file, to be looked at, too.")
    ] = None,
    id_column: Annotated[
        str, typer.Option("--id", help="The column that tells members apart.")
    ] = "id",
    allow: Allow = None,
) -> None:
    """Say how a study's records are read, and what may be wrong with them and the members'.

    Exit code 2 if the study cannot be run as it is.
    """
    from criticalmass.doubts import check as look

    found = look(study, members, id_column=id_column, allow=allow or ())
    if found.records:
        typer.echo(found.records)
    width = max((len(column.name) for column in found.columns), default=0)
    for column in found.columns:
        typer.echo(f"  {column.name:{width}}  {column.kind}")
    if found.members:
        typer.echo(found.members)
    for what, each in (("problem", found.problems), ("doubt", found.doubts)):
        many = "" if len(each) == 1 else "s"
        typer.echo(f"{len(each)} {what}{many}{':' if each else ''}")
        for doubt in each:
            typer.echo(f"  {doubt}")
    if found.problems:
        raise typer.Exit(2)


def say_doubts(
    study: Path,
    spec: Study,
    members: Members | None = None,
    file: Path | None = None,
) -> None:
    """Print how many doubts there are about a study's records and members, if any."""
    from criticalmass.doubts import doubts_of
    from criticalmass.doubts.people import unlike

    found = doubts_of(study, spec)
    if members is not None:
        found += unlike(members, spec.population)
    if found:
        command = ["criticalmass", "check", str(study)]
        command += [] if file is None else ["--members", str(file)]
        if members is not None and members.columns.id != "id":
            command += ["--id", members.columns.id]
        many = "1 doubt" if len(found) == 1 else f"{len(found)} doubts"
        typer.echo(f"{many} about the records: {shlex.join(command)}", err=True)
