"""The command ``datasets``."""

from __future__ import annotations

from criticalmass.cli.shared.terminal import say


def datasets() -> None:
    """List the data sets that a study file can name."""
    from criticalmass.datasets import DATASETS

    for name, load in DATASETS.items():
        say(f"{name:20s} {(load.__doc__ or '').strip().splitlines()[0]}")
