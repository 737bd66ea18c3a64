"""The command line: one table of commands. A user's error ends in one line and exit code 2."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Annotated, TextIO

import typer

from criticalmass.cli import (
    cache,
    check,
    compare,
    datasets,
    export,
    instruct,
    new,
    plan,
    renamed,
    report,
    reproduce,
    run,
    show,
    theorem,
    theory,
    watch,
)
from criticalmass.errors import CriticalMassError, StudyWarning

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="How many of us does it take? Algorithmic collective action, from a study file to a "
    "report.",
)

THEORY = "Theory: nothing is trained"
COMMANDS: Mapping[str, tuple[Callable[..., None], ...]] = {
    "Your study": (
        new.new,
        check.check,
        run.run,
        watch.watch,
        show.show,
        report.report,
        compare.compare,
        export.export,
    ),
    "Your group": (plan.plan, instruct.instruct),
    THEORY: (theory.theory,),
    "Data sets and papers": (datasets.datasets, reproduce.reproduce, cache.cache),
}
"""The commands, as ``--help`` groups them."""

for _panel, _commands in COMMANDS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.add_typer(theorem.app, name="theorem", rich_help_panel=THEORY)
for _command in (renamed.bound, renamed.exact):
    app.command(hidden=True)(_command)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version if asked for it."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"criticalmass {version_of('criticalmass')}")
        raise typer.Exit


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
