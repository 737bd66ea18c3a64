"""The command ``run``: train as many planned trials as fit into the time, thresholds first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .refusal import Refusal


def main(arguments: Sequence[str] | None = None, home: Path | None = None) -> int:
    """Run the command; return its exit code.

    Parameters
    ----------
    arguments
        Of the command line; by default the process's own.
    home
        The packed folder, unless the command line names another.
    """
    parser = argparse.ArgumentParser("run", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=home or Path(), help="what pack made"
    )
    parser.add_argument(
        "--output", type=Path, help="file of results; otherwise trials.jsonl in the folder"
    )
    parser.add_argument("--minutes", type=float, default=9.0, help="when to stop; 9 by default")
    parser.add_argument("--together", type=int, help="trials side by side")
    parser.add_argument("--most", type=int, default=10**6, help="most trials in all")
    parser.add_argument("--peak", type=float, help="the card's dense bf16 peak, TFLOP/s")
    parser.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    parser.add_argument("--compile", choices=("auto", "yes", "no"), default="auto")
    asked = parser.parse_args(arguments)
    try:
        for name, least in (("minutes", 0.0), ("together", 1), ("most", 1)):
            value = getattr(asked, name)
            if value is not None and not value >= least:
                raise Refusal(f"--{name} is at least {least:g}, not {value:g}")
        if missing := [name for name in ("numpy", "torch") if find_spec(name) is None]:
            raise Refusal(f"this needs {' and '.join(missing)}: pip install {' '.join(missing)}")
        from .session import Asked, run

        wanted = Asked(
            asked.folder,
            asked.output or asked.folder / "trials.jsonl",
            asked.minutes * 60,
            asked.together,
            asked.most,
            asked.peak,
            asked.device,
            asked.compile,
        )
        run(wanted)
    except Refusal as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "stopped; the same command goes on with the trials that are not done", file=sys.stderr
        )
        return 130
    return 0
