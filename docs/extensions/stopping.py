"""The end of a build that lacks something: one line that says what, and nothing else."""

from __future__ import annotations

from typing import NoReturn


def stop(message: str) -> NoReturn:
    """End the build with exit code 1 and a line.

    An error of Sphinx's would be reported as if Sphinx had failed: with a traceback, its versions,
    and the request to open an issue there.
    """
    raise SystemExit(f"The site is not built: {message}")
