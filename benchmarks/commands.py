"""CPU seconds and memory of the commands that people wait for, of two source trees in turn.

python benchmarks/commands.py [--before TREE] --after TREE [--rounds 5] [--members 50000]

Without --before it measures one tree alone.
"""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from criticalmass import Store

STUDY = """
name = "credit"
[population]
file = "people.csv"
label = "credit"
test = 100
[learner]
kind = "bayes-optimal"
[strategies.plant]
kind = "feature-label"
target_label = "good"
signal = { kind = "set-columns", values = { job = "nurse", town = "Ulm" } }
"""
COLUMNS = ["id", "age", "job", "town", "hours", "education", "credit"]


def people(folder: Path, members: int) -> None:
    """Write made-up people, twice as many as members, the members among them, and a study."""
    rng, count = np.random.default_rng(5), 2 * members
    age, hours, education = (rng.integers(*ends, count) for ends in ((18, 70), (5, 60), (1, 17)))
    jobs = rng.choice(["clerk", "nurse", "driver", "teacher", "welder", "cook"], count)
    towns = rng.choice(["Ulm", "Kiel", "Jena", "Trier"], count)
    good = rng.random(count) < 1 / (1 + np.exp(3 - age / 10 - education / 8))
    labels = np.where(good, "good", "bad")
    names = [f"p{number:06d}" for number in range(count)]
    lines = list(zip(names, age, jobs, towns, hours, education, labels, strict=True))
    chosen = [lines[row] for row in rng.permutation(count)[:members]]
    for name, some in (("people.csv", lines), ("members.csv", chosen)):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *some])
    (folder / "study.toml").write_text(STUDY)


def ran(tree: Path, words: list[str], folder: Path) -> tuple[float, float, str]:
    """Run Python with a source tree: CPU seconds, megabytes at the most, and what it printed."""
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {**os.environ, **one, "PYTHONPATH": str(tree / "src")}
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=environment, stdout=out
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
        out.seek(0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read()


def used_by(commands: dict[str, list[str]], trees: dict[str, Path], folder: Path, rounds: int):
    """Measure commands, the trees in turn; return (seconds, megabytes) by command and tree."""
    used = {(command, side): [] for command in commands for side in trees}
    for number in range(rounds):
        for command, words in commands.items():
            for side in list(trees)[:: 1 if number % 2 else -1]:
                for old in ("new", "handouts"):
                    shutil.rmtree(folder / old, ignore_errors=True)
                shutil.copytree(folder / "without curves", folder / "new")
                python = ["-m", "criticalmass.cli", *words]
                used[command, side].append(ran(trees[side], python, folder)[:2])
    return used


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="leave it out to measure one tree alone")
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=int, default=50_000)
    given = parser.parse_args()
    trees = {"before": given.before.resolve()} if given.before else {}
    trees |= {"after": given.after.resolve()}
    commands = {
        "--help": ["--help"],
        "theorem": ["theorem", "feature-label", "--uniqueness", "1e-3"],
        "show": ["show", "table"],
        "report": ["report", "table"],
        "report, no curves kept": ["report", "new"],
        f"instruct, {given.members:,} members": [
            "instruct", "study.toml", "--members", "members.csv", "--out", "handouts",
        ],
    }  # fmt: skip

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people(folder, given.members)
        kept = trees["after"] / "tests" / "stores" / "2026-11-28" / "table"
        for copy in ("table", "without curves"):
            Store.open(shutil.copytree(kept, folder / copy)).close()  # in the newest form
        ran(trees["after"], ["-m", "criticalmass.cli", "report", "table"], folder)  # keeps curves

        used = used_by(commands, trees, folder, given.rounds)
        print("CPU seconds: median (least-most), megabytes at the most")
        print(f"{'':34}" + "".join(f"{side:>30}" for side in trees))
        for command in commands:
            cells = []
            for side in trees:
                seconds = [one for one, _ in used[command, side]]
                memory = statistics.median(megabytes for _, megabytes in used[command, side])
                ends = f"({min(seconds):.2f}-{max(seconds):.2f})"
                cells.append(f"{statistics.median(seconds):.2f} {ends} {memory:4.0f} MB")
            print(f"{command:34}" + "".join(f"{cell:>30}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
