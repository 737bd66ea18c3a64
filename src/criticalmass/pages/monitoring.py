"""What probes say, as a page."""

from __future__ import annotations

from pathlib import Path

from criticalmass.answers.monitoring import Monitoring
from criticalmass.pages.figures.monitoring import monitoring_svgs
from criticalmass.pages.page import page, write_whole


def write_monitoring(answer: Monitoring, path: str | Path, name: str) -> Path:
    """Write the page of some probes and return its path.

    Parameters
    ----------
    answer
        What probes say.
    path
        The page.
    name
        What the probes are called, such as the name of their file.

    Raises
    ------
    CriticalMassError
        If it cannot be written; what was there before is then still there.
    """
    figures = monitoring_svgs(answer)
    return write_whole(
        Path(path), page("monitoring.html", answer=answer, name=name, figures=figures)
    )
