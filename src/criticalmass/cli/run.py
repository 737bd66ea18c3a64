"""The command ``run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.shared.answers import print_answers, print_guesses
from criticalmass.cli.shared.commands import about_results
from criticalmass.cli.shared.doubts import print_number_of_doubts
from criticalmass.cli.shared.options import Allow, Jobs
from criticalmass.cli.shared.stopping import resumable
from criticalmass.cli.shared.terminal import say
from criticalmass.cli.shared.view import View
from criticalmass.errors import CriticalMassError

if TYPE_CHECKING:
    from criticalmass.studies.running.engines import Engine

BUILT_IN = Path(__file__).parents[1] / "studies" / "built_in" / "freelancers.toml"
"""The study that runs where none is named."""


def run(
    study: Annotated[
        Path | None, typer.Argument(help="The study file (TOML). Without it: the built-in study.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of results. By default results/ and its name.")
    ] = None,
    jobs: Jobs = 1,
    dask: Annotated[
        str | None, typer.Option(help="Run on this Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    slurm: Annotated[
        str | None,
        typer.Option(
            help="Run in Slurm jobs: settings of submitit, such as "
            "timeout_min=60,slurm_partition=gpu; pack=50 is how many trials a job runs, folder=DIR "
            "a folder that all machines see."
        ),
    ] = None,
    allow: Allow = None,
) -> None:
    """Run a study: train what is missing, print one answer per strategy, write the report.

    You can stop it at any time; the same command goes on where it stopped.
    """
    from criticalmass.pages.report import write_report
    from criticalmass.studies import read_study
    from criticalmass.studies import run as run_study
    from criticalmass.studies.files.study_file import sections_of

    path = study or BUILT_IN
    folder = out or Path("results") / path.stem
    say(f"reading {path} and its records …", err=True)
    with resumable():
        spec = read_study(path, allow=allow or ())
        if sections_of(path).population.missing == "drop":
            say(*spec.population.notes, err=True)
        print_number_of_doubts(path, spec)
        for name, doubts in spec.doubts.items():
            for doubt in doubts:
                say(f"{name}: {doubt}", err=True)
        if any(spec.doubts.values()):
            say("criticalmass.signals.rare_tokens proposes other tokens", err=True)
        engine = _engine(dask, slurm, folder)
        with View(folder) as watch:
            run_study(spec, folder, jobs=jobs, engine=engine, watch=watch, guessed=print_guesses)
    print_answers(folder, headlines=True)
    say(f"How sure that is, by every measure: {about_results('show', folder)}")
    say(f"Report: {write_report(folder)}")


def _engine(dask: str | None, slurm: str | None, folder: Path) -> Engine | None:
    """Return the engine that the options ask for; None for this machine's processes."""
    from criticalmass.studies.running.engines import Dask, Slurm

    if dask is not None and slurm is not None:
        raise CriticalMassError("give either --dask or --slurm")
    if dask is not None:
        engine = Dask(dask)
        say(f"looking for the workers of {engine.address}", err=True)
        return engine
    return None if slurm is None else Slurm.from_text(slurm, folder / "slurm")
