"""The commands for a real collective: ``plan`` and ``instruct``."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.check import say_doubts
from criticalmass.cli.options import Allow
from criticalmass.cli.view import View
from criticalmass.errors import CriticalMassError

if TYPE_CHECKING:
    from criticalmass.members.instructions import Instructions
    from criticalmass.studies import Study

StudyPath = Annotated[Path, typer.Argument(help="The study file (TOML).")]
MembersPath = Annotated[
    Path,
    typer.Option(
        "--members",
        help="The members' file (CSV, Excel, …): id, name if you like, and their records.",
    ),
]
Results = Annotated[
    Path | None,
    typer.Option(help="The study's folder of results. By default results/ and its name."),
]
StrategyName = Annotated[
    str | None, typer.Option(help="Which of the study's strategies; by default the first.")
]
IdColumn = Annotated[str, typer.Option("--id", help="The column that tells members apart.")]


def plan(
    study: StudyPath,
    members: MembersPath,
    results: Results = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write. By default among the results.")
    ] = None,
    strategy: StrategyName = None,
    id_column: IdColumn = "id",
    jobs: Annotated[int, typer.Option(help="Number of processes.")] = 1,
    allow: Allow = None,
) -> None:
    """Say where your members stand: what they reach, how many more it takes, if joining pays.

    It runs what the study lacks, and trains one model with exactly your members' records.
    """
    from criticalmass.pages.handouts import file_names
    from criticalmass.pages.plan import make_plan
    from criticalmass.pages.report import write_report
    from criticalmass.studies import run

    folder = results or Path("results") / study.stem
    spec, told = _told(study, members, strategy, id_column, allow or ())
    first = told.strategy == next(iter(spec.strategies))
    name = "plan" if first else f"plan-{file_names([told.strategy])[0]}"
    target = out or folder / f"{name}.html"
    if target.is_dir():
        raise CriticalMassError(f"{str(target)!r} is a folder; --out names the page to write")
    try:
        with View(folder) as watch:
            run(spec, folder, jobs=jobs, watch=watch)
        typer.echo("training with your members' records …", err=True)
        made = make_plan(told, folder)
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    page = made.write(target)
    typer.echo(made.text())
    typer.echo(f"Page: {page}")
    typer.echo(f"Report of the study: {write_report(folder)}")


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
    from criticalmass.pages.handouts import summary_of, write_handouts
    from criticalmass.pages.plan import make_plan
    from criticalmass.studies.store.sqlite import FILE

    folder = results or Path("results") / study.stem
    _, told = _told(study, members, strategy, id_column, allow or ())
    named = [] if id_column == "id" else ["--id", id_column]
    command = shlex.join(
        ["criticalmass", "plan", str(study), "--members", str(members), *named,
         "--strategy", told.strategy]
    )  # fmt: skip
    standing = [f"`{command}` measures what exactly these members reach."]
    if (folder / FILE).is_file():
        made = make_plan(told, folder, train=False)
        standing = [made.answer(), *made.lines()[1:], f"Not measured here: {standing[0]}"]
    page = write_handouts(told, out, standing=standing)
    for line in [*summary_of(told), *standing]:
        typer.echo(line)
    typer.echo(f"Pages: {page}")


def _told(
    study: Path, members: Path, strategy: str | None, id_column: str, allow: Iterable[str]
) -> tuple[Study, Instructions]:
    """Read a study and its members; return what each of them is to change."""
    from criticalmass.members.file import Columns, read_members
    from criticalmass.members.instructions import instruct as tell
    from criticalmass.studies import read_study
    from criticalmass.studies.files.study_file import file_columns

    typer.echo(f"reading {study} and its records …", err=True)
    columns = Columns(**file_columns(study), id=id_column)
    spec = read_study(study, allow=allow)
    people = read_members(members, spec.population, columns)
    say_doubts(study, spec, people, members)
    return spec, tell(spec, people, strategy)
