"""The command ``reproduce``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.options import Jobs
from criticalmass.cli.shared.stopping import resumable
from criticalmass.cli.shared.terminal import say
from criticalmass.cli.shared.view import View
from criticalmass.errors import CriticalMassError, require_choice


def reproduce(
    figure: Annotated[
        str,
        typer.Argument(
            help="Which figure, such as hardt2023/figure1, or which paper: gauthier2025, "
            "battiloro2025."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("results"),
    learner: Annotated[
        str, typer.Option(help="What the firm trains: linear-text, embedded or transformer.")
    ] = "linear-text",
    size: Annotated[
        str,
        typer.Option(
            help="small: for two cores. paper: the full thing. gpu: what a transformer on a GPU "
            "gave, brought here (docs/gpu.md)."
        ),
    ] = "small",
    jobs: Jobs = 1,
) -> None:
    """Repeat an experiment of a paper: its picture, its trials, and which of its claims hold.

    You can stop it at any time; the same command goes on where it stopped. For hardt2023/figure1
    and figure7, and for gauthier2025, nothing is trained, whatever the learner.
    """
    from criticalmass.papers import FIGURES, Options

    require_choice("figure", figure, FIGURES)
    options = Options(learner, size, jobs)
    folder = out / figure.partition("/")[0]
    try:
        say(f"{figure}: running what {str(folder)!r} does not hold yet …", err=True)
        with resumable(), View() as watch:
            paths = FIGURES[figure](folder, replace(options, watch=watch))
    except OSError as error:
        raise CriticalMassError(f"cannot write to {str(folder)!r}: {error}") from error
    for path in paths:
        if path.suffix == ".md":
            say(*path.read_text(encoding="utf-8").split("\n"))
    for path in paths:
        say(path)
