"""Arguments and options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyPath = Annotated[Path, typer.Argument(help="The study file (TOML).")]
Folder = Annotated[Path, typer.Argument(help="A study's folder of results.")]
Jobs = Annotated[int, typer.Option(help="Number of processes.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PACKAGE",
        help="Let the study file name estimators of this package, whose code is then run; may be "
        "given several times. Without it: scikit-learn's only. No learner, signal or measure "
        "of your own: those go into a study in Python.",
    ),
]

# of a real collective: check, plan, instruct
MembersPath = Annotated[
    Path,
    typer.Option(
        "--members",
        help="The members' file (CSV, Excel, …): id, name if you like, and their records.",
    ),
]
IdColumn = Annotated[str, typer.Option("--id", help="The column that tells members apart.")]
Results = Annotated[
    Path | None,
    typer.Option(help="The study's folder of results. By default results/ and its name."),
]
StrategyName = Annotated[
    str | None, typer.Option(help="Which of the study's strategies; by default the first.")
]

# of what is computed without training: theory, theorem
Epsilon = Annotated[
    float,
    typer.Option(
        help="ε: how far the firm may be from the best possible model; of numbers, in their unit."
    ),
]
Suboptimality = Annotated[
    str, typer.Option(help="What ε means: contamination, conditional-tv, joint-tv or published.")
]
Targets = Annotated[
    list[float] | None,
    typer.Option("--target", help="The success you want, such as 0.9; may be given several times."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
