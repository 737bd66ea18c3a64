"""The command ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from criticalmass.cli.shared.options import Folder
from criticalmass.cli.shared.terminal import say


def export(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="What to write: a .parquet or .csv file.")],
) -> None:
    """Write a study's trials as a table, one trial per row."""
    from criticalmass.studies import Store
    from criticalmass.studies.store.export import export as write

    with Store.open(folder) as store:
        rows = store.rows()
    say(f"{len(rows):,} trials: {write(rows, file)}")
