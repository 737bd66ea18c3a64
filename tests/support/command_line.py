"""The command line, run as users run it: to its end, or in a process that can be killed."""

import io
import subprocess
import sys
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import psutil
import pytest

from criticalmass.cli import main
from support.studies import rows_of
from support.waiting_driver import SCRIPT, WAITS


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


def start_and_wait(path, out, *options, rows):
    r"""Begin to run a study; return the process once it has so many rows and waits for word.

    ``process.communicate("\n")`` lets it go on.
    """
    command = [sys.executable, SCRIPT, str(rows), "run", str(path)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen([*command, "--out", str(out), *options], text=True, **pipes)
    said = []
    for line in process.stderr:
        if line == WAITS:
            return process
        said.append(line)
    raise AssertionError((process.wait(), said))


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


def called(*words):
    """Call the command line in this process; return its exit code, output and errors."""
    code, out, err = 0, io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["criticalmass", *map(str, words)])
        patch.setattr("warnings.showwarning", warnings.showwarning)  # put back at the end
        try:
            main()
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), err.getvalue()


def refused(*words):
    """Call the command line with something that it refuses; return its one line.

    It is short and steers no terminal, there is no traceback, and the exit code is 2.
    """
    code, out, err = called(*words)
    lines = [line for line in err.split("\n") if line and not line.startswith("reading ")]
    assert (code, len(lines)) == (2, 1), (out, err)
    assert lines[0].startswith("error: ")
    assert len(lines[0]) < 500
    assert lines[0].isprintable()
    return lines[0]
