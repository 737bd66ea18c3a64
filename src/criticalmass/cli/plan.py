"""The command ``plan``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.shared.instructions import read_instructions
from criticalmass.cli.shared.options import (
    Allow,
    AsJson,
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

if TYPE_CHECKING:
    from criticalmass.members.plan import Plan


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
    as_json: AsJson = False,
) -> None:
    """Say which number to act on, where your members stand, and if joining pays.

    It runs what the study lacks, and trains one model with exactly your members' records.
    """
    from criticalmass.incentives import FollowThrough
    from criticalmass.members.plan import plan as plan_of
    from criticalmass.pages.handouts import file_names
    from criticalmass.pages.plan import write_plan
    from criticalmass.pages.report import write_report
    from criticalmass.studies import run
    from criticalmass.words.plan import text

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
    report = write_report(folder)
    if as_json:
        say(json.dumps(_in_json(made) | {"page": str(written), "report": str(report)}))
        return
    say(*text(made).splitlines(), "")
    say(f"Page: {written}")
    say(f"Report of the study: {report}")


def _in_json(plan: Plan) -> dict[str, object]:
    """Return a plan's numbers in JSON's types, the one to act on first."""
    from criticalmass.cli.shared.json_types import mass_in_json
    from criticalmass.members.aim import aim_of
    from criticalmass.words.aim import act_on

    aim, finding, comparison = aim_of(plan), plan.finding, plan.comparison
    theory = comparison.theory if comparison else None
    names = ("people", "sure")
    whole = theory.people_masses if theory else ()
    return {
        "act_on": {
            "people": aim.people,
            "promises": aim.promises,
            "have": aim.have,
            "acted": aim.acted,
            "basis": aim.basis.name,
            "why": act_on(aim),
        },
        "strategy": finding.strategy,
        "population": plan.size,
        "members": plan.members,
        "target": finding.wanted,
        "standing": plan.standing.name,
        "probability": plan.probability,
        "measured": None if plan.measured is None else finding.scale.value(plan.measured),
        "trials": mass_in_json(finding.mass) if finding.mass else None,
        "exact": {name: mass_in_json(mass) for name, mass in zip(names, whole, strict=False)},
        "guaranteed": mass_in_json(comparison.promised)
        if comparison and comparison.promised
        else None,
    }
