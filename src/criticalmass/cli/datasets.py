"""The command ``datasets``."""

from __future__ import annotations

import typer


def datasets() -> None:
    """List the data sets that a study file can name."""
    from criticalmass.datasets import DATASETS

    for name, load in DATASETS.items():
        typer.echo(f"{name:20s} {(load.__doc__ or '').strip().splitlines()[0]}")
