"""The command ``report``."""

from __future__ import annotations

from criticalmass.cli.shared.options import Folder
from criticalmass.cli.shared.terminal import say


def report(folder: Folder) -> None:
    """Write report.html anew from the trials in a folder."""
    from criticalmass.pages.report import write_report

    say(f"Report: {write_report(folder)}")
