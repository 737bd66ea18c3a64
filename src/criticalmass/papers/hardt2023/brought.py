"""The command line of ``scripts/paper-on-a-gpu``: its `pack` and `import`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from criticalmass.errors import CriticalMassError
from criticalmass.papers.hardt2023.importing import bring
from criticalmass.papers.hardt2023.packing import FIGURES, pack, setups_in

FOLDER = Path("results/on-a-gpu")


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(
        "paper-on-a-gpu", description="Figures 2 and 3 on a GPU elsewhere (docs/gpu.md)."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="pack | run | import")
    packs = commands.add_parser("pack", help="make the folder that travels")
    packs.add_argument("--out", type=Path, default=FOLDER, help=f"the folder; by default {FOLDER}")
    commands.add_parser("run", help="train: in the folder, on the machine with the GPU")
    brings = commands.add_parser("import", help="store what was trained")
    brings.add_argument("file", type=Path, help="what `run` wrote: trials.jsonl")
    brings.add_argument("--packed", type=Path, default=FOLDER, help="the folder that was packed")
    brings.add_argument("--out", type=Path, default=Path("results"), help="folder of results")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "pack":
            print("reading the résumés and planning trials; this takes minutes …", file=sys.stderr)
            size = pack(asked.out, setups_in(Path("results")))
            print(f"{asked.out}: {size / 1e6:.1f} MB. It holds people's CVs as token numbers: "
                  "copy it to the GPU, and nowhere else. There: python run")  # fmt: skip
        else:
            found = bring(asked.file, asked.packed, setups_in(asked.out))
            for folder, new in found.items():
                print(f"{folder}: {new} new trials")
            for figure in FIGURES:
                print(
                    f"criticalmass reproduce hardt2023/{figure} --learner transformer --size gpu "
                    f"--out {asked.out}"
                )
    except CriticalMassError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0
