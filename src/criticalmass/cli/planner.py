"""The command ``planner``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.terminal import say
from criticalmass.errors import CriticalMassError


def planner(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A study's folder of results; without one the page has theory alone."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("planner.html"),
) -> None:
    """Write a page that says how many it takes, whose numbers can be moved without a terminal."""
    from criticalmass.pages.planner import write_planner

    if out.is_dir():
        raise CriticalMassError(f"{str(out)!r} is a folder; --out names the page to write")
    say(f"Page: {write_planner(out, folder)}")
