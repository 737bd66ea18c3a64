"""The command line: one table of commands. A user's error ends in one line and exit code 2."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TextIO

import typer

from criticalmass.cli import (
    cache,
    certify,
    check,
    compare,
    datasets,
    export,
    instruct,
    monitor,
    new,
    plan,
    planner,
    renamed,
    report,
    reproduce,
    run,
    show,
    size,
    theorem,
    theory,
    watch,
)
from criticalmass.cli.shared.terminal import refuse, say, warn
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
        size.size,
        export.export,
    ),
    "Your group": (
        planner.planner,
        plan.plan,
        certify.certify,
        instruct.instruct,
        monitor.monitor,
    ),
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
        from criticalmass import __version__

        say(f"criticalmass {__version__}")
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
        warn(message)
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        say(*text.rstrip("\n").split("\n"), err=True)


_Mistyped: type[Exception] = typer.BadParameter.__mro__[2]
"""What Typer raises for words on the command line that it cannot use; it exports only some kinds
of it."""


def main() -> None:
    """Run the command line; user errors become one line and exit code 2, warnings one line."""
    warnings.showwarning = _show_warning
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except CriticalMassError as error:
        refuse(error)
        sys.exit(2)
    except typer.Abort:  # no answer to a question
        say("stopped: a question was not answered", err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # a name that is too long, a full disk, a folder that is not ours
        where = f"{error.filename!r} cannot be used: " if error.filename else ""
        refuse(CriticalMassError(f"{where}{error.strerror or error}"))
        sys.exit(2)
    except MemoryError as error:
        why = f" ({error})" if str(error) else ""
        refuse(CriticalMassError(f"this takes more memory than there is{why}"))
        sys.exit(2)
    except _Mistyped as error:
        sys.exit(_refuse_words(error))


def _refuse_words(error: Any) -> int:
    """Print what is wrong with the words of a command and return the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":  # nothing is wrong, and the help is printed
        return 2
    about = f" (`{error.ctx.command_path} --help` says more)" if error.ctx else ""
    refuse(CriticalMassError(" ".join(error.format_message().split()) + about))
    return int(error.exit_code)
