"""Run mutants against their own tests: `python -m support.mutants --sample 120 --seed 0`.

A mutant is the library with one operator, number, condition or default changed. Each runs in a copy
of the checkout, against the doctests of its module and the tests that `own_tests.toml` names. It is
noticed if one of them fails, or computes for far longer than they do without the change.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from queue import SimpleQueue

from support.mutants.changes import Change, changed, changes

ROOT = Path(__file__).parents[3]
PACKAGE = Path("src/criticalmass")
OWN_TESTS = Path(__file__).with_name("own_tests.toml")
MOST = 600
"""So many seconds a processor may compute for one mutant: a module's own tests take a tenth."""

LIMITED = """
import resource, sys, pytest
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1]) + 60))
sys.exit(pytest.main(sys.argv[2:]))
"""

HANGS = "the limit of time"

NO_TESTS = 5
"""pytest's exit status where it finds no test."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module, and the tests that are to notice it."""

    module: str
    change: Change
    tests: tuple[str, ...]

    @property
    def room(self) -> str:
        """The room that its module is in."""
        return self.module.partition("/")[0]

    def __str__(self) -> str:
        at = f"{self.module}:{self.change.line}:{self.change.column}"
        return f"{at}  {self.change.before}  →  {self.change.after}  in  {self.change.text}"


def main() -> None:
    """Draw mutants, run them, and print how many were noticed and which were not."""
    asked = argparse.ArgumentParser(prog="python -m support.mutants", description=__doc__)
    asked.add_argument("only", nargs="*", help="rooms, modules or module:line; all by default")
    asked.add_argument("--sample", type=int, default=120, help="how many, as many of each room")
    asked.add_argument("--seed", type=int, default=0, help="which are drawn")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    options = asked.parse_args()
    drawn = draw(mutants(), options.sample, options.seed)
    chosen = [
        mutant
        for mutant in drawn
        if not options.only or any(str(mutant).startswith(name) for name in options.only)
    ]
    with copies(options.jobs) as free, ThreadPoolExecutor(options.jobs) as pool:

        def run(mutant: Mutant) -> str:
            with borrowed(free) as copy:
                noticed_by = fate(copy, mutant)
            print(mutant, f"noticed by {noticed_by}" if noticed_by else "NOT NOTICED", flush=True)
            return noticed_by

        results = dict(zip(chosen, pool.map(run, chosen), strict=True))
        with borrowed(free) as copy:
            check_without_change(copy, set(results.values()))
    print_table(results)


def mutants() -> list[Mutant]:
    """Return every mutant of the modules that `own_tests.toml` names."""
    return [
        Mutant(module, change, tests_of(module))
        for module in own_tests()
        for change in changes((ROOT / PACKAGE / module).read_text(encoding="utf-8"))
    ]


def own_tests() -> dict[str, list[str]]:
    """Return the test files of each module."""
    rooms = tomllib.loads(OWN_TESTS.read_text(encoding="utf-8"))
    return {
        f"{room}/{file}.py": tests for room, files in rooms.items() for file, tests in files.items()
    }


def tests_of(module: str) -> tuple[str, ...]:
    """Return what pytest is to run for a module: its doctests, and its own tests."""
    return (str(PACKAGE / module), *(f"tests/test_{name}.py" for name in own_tests()[module]))


def draw(found: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return so many mutants, drawn at random: one of each room in turn.

    A larger sample holds the smaller one of the same seed.
    """
    rooms: dict[str, list[Mutant]] = {}
    for mutant in found:
        rooms.setdefault(mutant.room, []).append(mutant)
    for room, inside in rooms.items():
        random.Random(f"{seed} {room}").shuffle(inside)
    in_turn = zip_longest(*rooms.values())
    return [mutant for turn in in_turn for mutant in turn if mutant is not None][:count]


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """Make copies of the checkout, compiled, and remove them at the end."""
    free: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for number in range(count):
            copy = Path(folder, str(number))
            hidden = shutil.ignore_patterns(".*", "results", "build", "dist", "__pycache__")
            shutil.copytree(ROOT, copy, ignore=hidden, symlinks=True)
            compileall.compile_dir(copy / PACKAGE, quiet=1)
            free.put(copy)
        yield free


@contextmanager
def borrowed(free: SimpleQueue[Path]) -> Iterator[Path]:
    """Lend a copy that nobody else uses."""
    copy = free.get()
    try:
        yield copy
    finally:
        free.put(copy)


@contextmanager
def mutated(copy: Path, mutant: Mutant) -> Iterator[None]:
    """Put a mutant into a copy, and take it out again."""
    path = copy / PACKAGE / mutant.module
    original = path.read_text(encoding="utf-8")
    # compiled code is believed for as long as the source has its size and its second
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()
    path.write_text(changed(original, mutant.change), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(original, encoding="utf-8")


def fate(copy: Path, mutant: Mutant) -> str:
    """Return which test noticed a mutant; empty if none did."""
    with mutated(copy, mutant):
        return first_failure(copy, *mutant.tests)


def first_failure(copy: Path, *tests: str) -> str:
    """Return the first test that fails in a copy; empty if none does."""
    path = os.pathsep.join([str(copy / "src"), str(copy / "tests")])
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    options = ["-x", "-q", "-rfE", "--tb=no", "-m", "not slow", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(MOST), *options, *tests],
        cwd=copy,
        env={**os.environ, **alone, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if run.returncode in (0, NO_TESTS):
        return ""
    if run.returncode == -signal.SIGXCPU:
        return HANGS
    told = [line for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return told[0].partition(" ")[2].partition(" - ")[0] if told else run.stdout.strip()[-200:]


def check_without_change(copy: Path, tests: set[str]) -> None:
    """Leave if a test that noticed something fails without any change."""
    alone = sorted(test for test in tests if "::" in test)
    if alone and (failed := first_failure(copy, *alone)):
        sys.exit(f"{failed} fails without any change, so it notices nothing; see `make test`")


def print_table(results: dict[Mutant, str]) -> None:
    """Print how many mutants of each room were noticed, and those that were not."""
    drawn = Counter(mutant.room for mutant in results)
    seen = Counter(mutant.room for mutant, noticed in results.items() if noticed)
    print(f"\n{'room':<12}{'mutants':>8}{'noticed':>8}")
    for room, count in [*drawn.items(), ("together", drawn.total())]:
        found = seen.total() if room == "together" else seen[room]
        print(f"{room:<12}{count:>8}{found:>8}{found / count:>8.0%}")
    print("\nnot noticed:" if seen.total() < drawn.total() else "\nall noticed")
    for mutant, noticed in results.items():
        if not noticed:
            print(f"  {mutant}")


if __name__ == "__main__":
    main()
