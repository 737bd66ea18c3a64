"""What Ctrl-C does to a command that goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from criticalmass.cli.shared.terminal import say


@contextmanager
def resumable() -> Iterator[None]:
    """Turn Ctrl-C into one line and exit code 130: every finished trial is kept."""
    try:
        yield
    except KeyboardInterrupt:
        say("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
