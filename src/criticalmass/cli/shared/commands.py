"""Commands that are printed for people to run: with every option they need, quoted for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path


def about_members(
    command: str,
    study: Path,
    *,
    members: Path | None,
    id_column: str = "id",
    allow: Iterable[str] = (),
    **options: Path | str | None,
) -> str:
    """Return a command about a study and its members, as it works in the same folder.

    Parameters
    ----------
    command
        Its name, such as ``plan``.
    study, members, id_column, allow
        What this command was given.
    **options
        Further options that it was given; those without a value are left out.

    Examples
    --------
    >>> about_members("plan", Path("my study.toml"), members=Path("-m.csv"), strategy="-x")
    "criticalmass plan 'my study.toml' --members=-m.csv --strategy=-x"
    """
    words = ["criticalmass", command, _as_argument(study)]
    given = {"members": members, "id": None if id_column == "id" else id_column, **options}
    pairs = [(name, str(value)) for name, value in given.items() if value is not None]
    for name, value in [*pairs, *(("allow", package) for package in allow)]:
        words += [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]
    return shlex.join(words)


def about_results(command: str, folder: Path) -> str:
    """Return a command about a folder of results, as it works in the same folder.

    Examples
    --------
    >>> about_results("show", Path("results/my study"))
    "criticalmass show 'results/my study'"
    """
    return shlex.join(["criticalmass", command, _as_argument(folder)])


def _as_argument(path: Path) -> str:
    """Return a path that is not taken for an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)
