"""The command ``plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.instructions import read_instructions
from criticalmass.cli.shared.options import (
    Allow,
    IdColumn,
    Jobs,
    MembersPath,
    Results,
    StrategyName,
    StudyPath,
)
from criticalmass.cli.shared.stopping import resumable
from criticalmass.cli.shared.terminal import say
from criticalmass.cli.shared.view import View
from criticalmass.errors import CriticalMassError


def plan(
    study: StudyPath,
    members: MembersPath,
    results: Results = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write. By default among the results.")
    ] = None,
    strategy: StrategyName = None,
    kept: Annotated[
        int, typer.Option(help="So many promises to act were kept, in earlier campaigns.")
    ] = 0,
    broken: Annotated[int, typer.Option(help="So many were broken.")] = 0,
    id_column: IdColumn = "id",
    jobs: Jobs = 1,
    allow: Allow = None,
) -> None:
    """Say where your members stand: what they reach, how many more it takes, if joining pays.

    It runs what the study lacks, and trains one model with exactly your members' records.
    """
    from criticalmass.incentives import FollowThrough
    from criticalmass.members.plan import plan as plan_of
    from criticalmass.pages.handouts import file_names
    from criticalmass.pages.plan import write_plan
    from criticalmass.pages.report import write_report
    from criticalmass.studies import run
    from criticalmass.words.plan import answer, lines

    follow = FollowThrough().after(kept=kept, broken=broken)
    folder = results or Path("results") / study.stem
    spec, instructions = read_instructions(study, members, strategy, id_column, allow or ())
    names = list(spec.strategies)
    place = names.index(instructions.strategy)
    name = f"plan-{file_names(names)[place]}" if place else "plan"
    page = out or folder / f"{name}.html"
    if page.is_dir():
        raise CriticalMassError(f"{str(page)!r} is a folder; --out names the page to write")
    with resumable():
        with View(folder) as watch:
            run(spec, folder, jobs=jobs, watch=watch)
        say("training with your members' records …", err=True)
        made = plan_of(instructions, folder, follow=follow)
    written = write_plan(made, page)
    say(answer(made), "", *lines(made))
    say(f"Page: {written}")
    say(f"Report of the study: {write_report(folder)}")
