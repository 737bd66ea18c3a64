"""The command ``monitor``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.shared.options import StrategyName
from criticalmass.cli.shared.terminal import say
from criticalmass.errors import CriticalMassError, StudyError, unknown

if TYPE_CHECKING:
    from criticalmass.answers.finding import Finding

TARGET = 0.9


def monitor(
    probes: Annotated[
        Path,
        typer.Argument(
            help="The probes (CSV, Excel, …), one per line: success, marked and pair, of which "
            "only success is needed."
        ),
    ],
    target: Annotated[
        float | None,
        typer.Option(help="The success you want. By default the study's, or 0.9 without one."),
    ] = None,
    margin: Annotated[
        float,
        typer.Option(help="By how much marked records must be ahead to be better than unmarked."),
    ] = 0.05,
    confidence: Annotated[float, typer.Option(help="How sure a verdict is to be.")] = 0.95,
    results: Annotated[
        Path | None,
        typer.Option(help="The study's folder of results, to say what it predicted."),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option(
            help="How many acted, among as many people as the study has, for what it predicted."
        ),
    ] = None,
    strategy: StrategyName = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The page to write. By default beside the probes, named after them."),
    ] = None,
) -> None:
    """Say whether it worked, from what people saw when they looked at the platform.

    Ask again after every probe if you like: what it says holds whenever you stop.
    """
    from criticalmass.answers.monitoring import monitor as monitored
    from criticalmass.answers.monitoring import predicted_by
    from criticalmass.members.probes import read_probes
    from criticalmass.pages.monitoring import write_monitoring
    from criticalmass.words.monitoring import lines

    if (results is None) != (people is None):
        raise CriticalMassError(
            "give both --results and --people: a study predicts for so many members among its "
            "own people"
        )
    page = out or probes.with_name(f"{probes.stem}-monitor.html")
    if page.is_dir():
        raise CriticalMassError(f"{str(page)!r} is a folder; --out names the page to write")
    seen = read_probes(probes)
    predicted = None
    if results is not None and people is not None:
        finding = _finding(results, strategy)
        target = finding.target if target is None else target
        predicted = predicted_by(finding, people)
    answer = monitored(
        seen.success,
        target=TARGET if target is None else target,
        marked=seen.marked,
        pair=seen.pair,
        margin=margin,
        confidence=confidence,
        predicted=predicted,
    )
    written = write_monitoring(answer, page, probes.name)
    say(*lines(answer))
    say(f"Page: {written}")


def _finding(folder: Path, strategy: str | None) -> Finding:
    """Return what a study's trials say of a strategy, the first by default."""
    from criticalmass.answers.finding import findings
    from criticalmass.studies import Store
    from criticalmass.studies.store.damage import answering

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
    names = list(facts.strategies)
    name = strategy or names[0]
    if name not in names:
        raise StudyError(f"{folder}: {unknown('strategy', name, names)}")
    with answering(folder, facts, rows):
        found = findings(facts, rows, headlines=True)
    return next(finding for finding in found if finding.strategy == name)
