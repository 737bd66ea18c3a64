"""The command ``cache``."""

from __future__ import annotations

from typing import Annotated

import typer

from criticalmass.cli.shared.terminal import say

ALL = "all"


def cache(
    remove: Annotated[
        list[str] | None,
        typer.Option(help="Remove what is called so in the list, or all. May be repeated."),
    ] = None,
) -> None:
    """List what is kept on disk of texts that were read, or remove it.

    Learners that read texts with a pretrained model keep what they have computed of people's texts:
    vectors, tokens, hidden states. Removing it loses nothing but time: a study that needs it
    computes it again.
    """
    from criticalmass.errors import ParameterError, unknown
    from criticalmass.learners.cache import kept
    from criticalmass.learners.cache_folder import cache_folder

    found = kept()
    if remove:
        names = [one.name for one in found]
        for name in remove:
            if name not in (*names, ALL):
                raise ParameterError(unknown("name", name, (*names, ALL)))
        for one in found:
            if ALL in remove or one.name in remove:
                one.remove()
                say(f"removed {one.what} ({_megabytes(one.size)})")
        return
    if not found:
        say(f"nothing is kept in {str(cache_folder())!r}")
        return
    for one in found:
        when = f"{one.changed:%Y-%m-%d %H:%M}"
        say(f"{one.name}  {_megabytes(one.size):>10s}  {when}  {one.what}")
    total = _megabytes(sum(one.size for one in found))
    say(f"{total} in {str(cache_folder())!r}; `--remove NAME` or `--remove all` removes it")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
