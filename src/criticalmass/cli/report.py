"""The command ``report``."""

from __future__ import annotations

import typer

from criticalmass.cli.shared.options import Folder


def report(folder: Folder) -> None:
    """Write report.html anew from the trials in a folder."""
    from criticalmass.pages.report import write_report

    typer.echo(f"Report: {write_report(folder)}")
