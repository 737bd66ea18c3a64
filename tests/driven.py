"""Studies that are run by the command line, so that they can be killed, and their rows."""

import subprocess
import sys

from conftest import STUDY
from criticalmass import Store, read_study, run


def rows_of(folder):
    """The rows of a study, without the seconds they took."""
    with Store.open(folder) as store:
        return [row.without_time() for row in store.rows()]


def undisturbed(folder, changes):
    """Run the small study with some changes in this process: its file and its rows."""
    text = STUDY
    for old, new in changes:
        text = text.replace(old, new)
    path = folder / "study.toml"
    path.write_text(text)
    run(read_study(path), folder / "out")
    return path, rows_of(folder / "out")


def start(path, out, *options, stdout=subprocess.PIPE):
    """Begin to run a study by the command line, in a process of its own."""
    command = [sys.executable, "-m", "criticalmass.cli", "run", str(path), "--out", str(out)]
    return subprocess.Popen([*command, *options], stdout=stdout, stderr=subprocess.PIPE, text=True)
