"""The command line, run as users run it: to its end, or in a process that can be killed."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from support.studies import rows_of


def criticalmass(*arguments, cwd):
    """Run a command to its end, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "criticalmass.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
    )


def start(path, out, *options, stdout=subprocess.PIPE):
    """Begin to run a study by the command line, in a process of its own."""
    command = [sys.executable, "-m", "criticalmass.cli", "run", str(path), "--out", str(out)]
    return subprocess.Popen([*command, *options], stdout=stdout, stderr=subprocess.PIPE, text=True)


def wait_for_rows(out, count, process):
    """Wait until the store has so many rows; fail if the process ends before."""
    while True:
        ended = process.poll() is not None
        if (Path(out) / "trials.sqlite").exists() and len(rows_of(out)) >= count:
            return
        assert not ended, process.communicate()
        time.sleep(0.01)


def workers(process):
    """Return the processes that train for a driver."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
