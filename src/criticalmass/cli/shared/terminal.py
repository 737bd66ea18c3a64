"""What reaches a terminal: every line, question and table goes through here and is harmless.

Names, labels, cells and paths are other people's texts. Whatever they hold, a line stays one line,
and nothing in it moves the cursor, changes colours, or is read as Rich's markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from criticalmass.errors import CriticalMassError, harmless, shortened

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def say(*lines: object, err: bool = False) -> None:
    """Print lines, each harmless; a blank one without any."""
    for line in lines or ("",):
        typer.echo(harmless(line), err=err)


def warn(about: object) -> None:
    """Print what speaks against something, as one short line."""
    typer.echo(f"warning: {shortened(harmless(about))}", err=True)


def refuse(error: CriticalMassError) -> None:
    """Print what is wrong, as the command line does before it ends with exit code 2."""
    first, *more = error.lines or ("",)
    say(f"error: {first}", *more, err=True)


def ask(question: str, default: str | None = None) -> str:
    """Return an answer; Enter takes the default, which stands in brackets."""
    if default is None:
        return str(typer.prompt(harmless(question)))
    told = f"{harmless(question)} [{harmless(default)}]"
    return str(typer.prompt(told, default=default, show_default=False))


def confirm(question: str, *, default: bool) -> bool:
    """Return whether the answer is yes."""
    return typer.confirm(harmless(question), default=default)


def add_row(table: Table, *cells: object) -> None:
    """Add a row to a table, each cell harmless."""
    table.add_row(*map(harmless, cells))


def show_table(table: RenderableType) -> None:
    """Print a table whose cells came by `add_row`."""
    from rich.console import Console

    Console(markup=False, emoji=False, highlight=False).print(table)
