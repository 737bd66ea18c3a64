"""A plan as a page."""

from __future__ import annotations

from pathlib import Path

from criticalmass.members.aim import aim_of
from criticalmass.members.plan import Plan
from criticalmass.messages import say
from criticalmass.pages.figures.joining import paying_svgs
from criticalmass.pages.figures.lines import lines_of
from criticalmass.pages.figures.success import success_figure, to_svg
from criticalmass.pages.page import page, write_whole


def write_plan(plan: Plan, path: str | Path) -> Path:
    """Write the plan's page and return its path.

    Raises
    ------
    CriticalMassError
        If it cannot be written; what was there before is then still there.
    """
    return write_whole(Path(path), render(plan))


def render(plan: Plan) -> str:
    """Return the plan's page."""
    figures = []
    for layout, width in (("wide", 7.4), ("narrow", 3.7)):
        figure = success_figure(
            lines_of([plan.finding], plan.comparison),
            population_size=plan.size,
            target=plan.finding.target,
            width=width,
            here=plan.beside,
            reached=plan.measured,
            scale=plan.finding.scale,
        )
        title = say("Success against the size of the collective, and where your members stand")
        figures.append((layout, to_svg(figure, title=title, prefix=f"p{layout}")))
    return page(
        "plan.html",
        facts=plan.finding.facts,
        plan=plan,
        aim=aim_of(plan),
        figures=figures,
        paying_figures=paying_svgs(plan.paying, "pay", plan.beside) if plan.paying else [],
    )
