"""The command line. Errors that users can cause end in one line and exit code 2."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from criticalmass.cli import check, members, new, theory, view
from criticalmass.cli.options import Allow
from criticalmass.cli.view import View
from criticalmass.errors import CriticalMassError, StudyWarning, require_choice

if TYPE_CHECKING:
    from criticalmass.studies.running.engines import Engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="How many of us does it take? Algorithmic collective action, from a study file to a "
    "report.",
)

app.command()(theory.bound)
app.command()(theory.exact)
app.command()(view.watch)
app.command()(new.new)
app.command()(check.check)
app.command()(members.plan)
app.command()(members.instruct)

BUILT_IN = Path(__file__).parents[1] / "studies" / "built_in" / "freelancers.toml"


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version if asked for it."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"criticalmass {version_of('criticalmass')}")
        raise typer.Exit


@app.command()
def run(
    study: Annotated[
        Path | None, typer.Argument(help="The study file (TOML). Without it: the built-in study.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of results. By default results/ and its name.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes.")] = 1,
    dask: Annotated[
        str | None, typer.Option(help="Run on this Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    slurm: Annotated[
        str | None,
        typer.Option(
            help="Run in Slurm jobs: settings of submitit, such as "
            "timeout_min=60,slurm_partition=gpu; pack=50 is trials a job, folder=DIR is shared."
        ),
    ] = None,
    allow: Allow = None,
) -> None:
    """Run a study: train what is missing, print the answer, write the report.

    Stop it at any time; the same command goes on where it stopped.
    """
    from criticalmass.pages.report import write_report
    from criticalmass.studies import read_study
    from criticalmass.studies import run as run_study

    path = study or BUILT_IN
    folder = out or Path("results") / path.stem
    typer.echo(f"reading {path} and its records …", err=True)
    try:
        spec = read_study(path, allow=allow or ())
        check.say_doubts(path, spec)
        for name, doubts in spec.doubts.items():
            for doubt in doubts:
                typer.echo(f"{name}: {doubt}", err=True)
        if any(spec.doubts.values()):
            typer.echo("criticalmass.signals.rare_tokens proposes other tokens", err=True)
        engine = _cluster(dask, slurm, folder)
        with View(folder) as watch:
            run_study(spec, folder, jobs=jobs, engine=engine, watch=watch)
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    _print_answers(folder)
    typer.echo(f"Report: {write_report(folder)}")


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A study's folder of results.")]) -> None:
    """Write report.html anew from the trials in a folder."""
    from criticalmass.pages.report import write_report

    typer.echo(f"Report: {write_report(folder)}")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A study's folder of results.")],
    file: Annotated[Path, typer.Argument(help="What to write: a .parquet or .csv file.")],
) -> None:
    """Write a study's trials as a table, one line a trial."""
    from criticalmass.studies import Store
    from criticalmass.studies.store.export import export as write

    with Store.open(folder) as store:
        rows = store.rows()
    typer.echo(f"{len(rows):,} trials: {write(rows, file)}")


@app.command()
def show(folder: Annotated[Path, typer.Argument(help="A study's folder of results.")]) -> None:
    """Print the trials in a folder and what they say."""
    from rich.console import Console
    from rich.table import Table

    from criticalmass.studies import Store
    from criticalmass.studies.identity.own_code import changed_code
    from criticalmass.words.wording import percent

    with Store.open(folder) as store:
        facts, rows, finished = store.facts(), store.rows(), store.finished()
    table = Table(title=facts["name"], title_justify="left", box=None, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for name in ("people", "share", "changed", *facts["measures"], "accuracy", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        common = [row.strategy, f"{row.members:,}", percent(row.alpha)]
        if row.error:
            table.add_row(*common, "–", "failed")
            continue
        rates = [
            f"{row.rate(measure):.3f}" if measure in {**row.successes, **row.shares} else "–"
            for measure in facts["measures"]
        ]
        table.add_row(
            *common, f"{row.changed:,}", *rates, f"{row.accuracy:.3f}", f"{row.seconds:.1f}"
        )
    Console(markup=False, emoji=False).print(table)
    for said in changed_code(facts):
        typer.echo(f"warning: {said}", err=True)
    typer.echo("" if finished else "\nThis study is not finished; the trials so far say:\n")
    _print_answers(folder)


@app.command()
def datasets() -> None:
    """List the data sets that a study file can name."""
    from criticalmass.datasets import DATASETS

    for name, load in DATASETS.items():
        typer.echo(f"{name:20s} {(load.__doc__ or '').strip().splitlines()[0]}")


@app.command()
def reproduce(
    figure: Annotated[str, typer.Argument(help="Which figure, such as hardt2023/figure1.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("results"),
    learner: Annotated[
        str, typer.Option(help="What the firm trains: linear-text or transformer.")
    ] = "linear-text",
    size: Annotated[
        str, typer.Option(help="small: for two cores. paper: the full thing.")
    ] = "small",
    jobs: Annotated[int, typer.Option(help="Number of processes.")] = 1,
) -> None:
    """Do an experiment of a paper anew: a picture, the trials, and what its claims are worth.

    Stop it at any time; the same command goes on where it stopped. Figures 1 and 7: nothing is
    trained, whatever the learner and the size.
    """
    from criticalmass.papers import FIGURES, Options

    require_choice("figure", figure, FIGURES)
    folder = out / figure.partition("/")[0]
    try:
        typer.echo(f"{figure}: running what {str(folder)!r} does not hold yet …", err=True)
        with View() as watch:
            paths = FIGURES[figure](folder, Options(learner, size, jobs, watch))
    except OSError as error:
        raise CriticalMassError(f"cannot write to {str(folder)!r}: {error}") from error
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    for path in paths:
        if path.suffix == ".md":
            typer.echo(path.read_text(encoding="utf-8"))
    for path in paths:
        typer.echo(path)


def _cluster(dask: str | None, slurm: str | None, folder: Path) -> Engine | None:
    """Return the engine that options ask for, if any."""
    from criticalmass.studies.running.engines import Dask, Slurm

    if dask is not None and slurm is not None:
        raise CriticalMassError("give either --dask or --slurm")
    if dask is not None:
        engine = Dask(dask)
        typer.echo(f"looking for the workers of {engine.address}", err=True)
        return engine
    return None if slurm is None else Slurm.from_text(slurm, folder / "slurm")


def _print_answers(folder: Path) -> None:
    from criticalmass.answers.finding import findings
    from criticalmass.studies import Store

    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
    for finding in findings(facts, rows):
        typer.echo(f"{finding.strategy} ({finding.measure})")
        typer.echo(f"  {finding.answer()}")
        if doubt := finding.doubt():
            typer.echo(f"  {doubt}")
    for reason, times in Counter(row.error for row in rows if row.error).items():
        typer.echo(f"{times} of {len(rows)} trials failed: {reason}")


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print what speaks against a study as one line; other warnings as Python does."""
    if issubclass(category, StudyWarning):
        typer.echo(f"warning: {message}", err=True)
    else:
        typer.echo(
            warnings.formatwarning(message, category, filename, lineno, line), err=True, nl=False
        )


def main() -> None:
    """Run the command line; user errors become one line and exit code 2, warnings one line."""
    warnings.showwarning = _show_warning
    try:
        app(standalone_mode=True)
    except CriticalMassError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
