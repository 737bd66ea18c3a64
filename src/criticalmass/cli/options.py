"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PACKAGE",
        help="Let the study file name estimators of this package, whose code is then run; may be "
        "given several times. Without it: scikit-learn's only.",
    ),
]
