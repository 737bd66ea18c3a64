"""Bars of trials and of what goes on inside one, in a terminal; lines elsewhere."""

import io
import itertools
import subprocess
import sys
import time

import pytest
from rich.console import Console

from criticalmass import Store, read_study, run
from criticalmass.cli.shared import view
from criticalmass.cli.shared.view import Estimates, View, summary
from criticalmass.progress import steps
from criticalmass.studies import Bench
from criticalmass.studies.facts import facts_of
from support.command_line import criticalmass


def test_inside_a_trial(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    progress = View()

    def bars():
        return [(task.description, task.completed) for task in progress._bar.tasks]

    with progress as watch:
        watch(0, 2, None)
        seen = [bars() for _ in steps("fine-tuning", range(3))]
        watch(1, 2, None)
        left = bars()
    assert seen == [[("training", 0), ("fine-tuning", done)] for done in range(3)]
    assert left == [("training", 1)]
    assert list(steps("nobody listens", "ab")) == ["a", "b"]


def test_a_few_lines_are_printed_where_there_is_no_terminal(monkeypatch, capsys):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    with View() as watch:
        watch(0, 20, None)
        for _ in steps("fine-tuning", range(3)):
            pass
        watch(20, 20, None)
    assert capsys.readouterr().err == "trained 0 of 20\ntrained 20 of 20\n"


def test_a_long_step_elsewhere_says_how_far_it_is(monkeypatch, capsys):
    """With a clock that goes 40 seconds further whenever it is looked at."""
    clock = itertools.count(0.0, 40.0)
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setattr(view.time, "monotonic", lambda: next(clock))
    with View():
        for _ in steps("reading 2,000 texts", range(8)):
            pass
    assert capsys.readouterr().err.splitlines() == [
        "reading 2,000 texts: 25%, about 4 minutes left",
        "reading 2,000 texts: 50%, about 3 minutes left",
        "reading 2,000 texts: 75%, about a minute left",
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_says_its_guess_and_how_far_it_is_and_nothing_else(jobs, study_toml):
    """Nor do its processes complain as they end, of what is still in use."""
    done = criticalmass("run", "study.toml", "--jobs", jobs, cwd=study_toml().parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "reading study.toml and its records …",
        "mark: a first guess, from one training: very many people, perhaps more than there are. "
        "Trials will tell.",
        *(f"trained {number} of 9" for number in range(10)),
    ]


def test_watching_from_a_second_terminal(study_toml, tmp_path):
    """A driver runs; another process watches it until it ends, and says what it found."""
    command = [sys.executable, "-m", "criticalmass.cli"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    study = read_study(study_toml())
    with Store.create(tmp_path / "out", facts_of(study)) as store, store.writing():
        store.expect(9)
        watcher = subprocess.Popen([*command, "watch", str(tmp_path / "out")], **quiet)
        assert watcher.stderr.readline() == "trained 0 of 9\n"
        bench = Bench(study)
        for trial in study.trials():
            store.add(bench.run(trial))
        assert watcher.stderr.readline().startswith("trained ")
        store.finish()
    out, errors = watcher.communicate()
    assert watcher.returncode == 0, errors
    assert "people for 0.9" in out
    assert "mark" in out
    again = subprocess.run([*command, "watch", str(tmp_path / "out")], **quiet, check=True)
    assert again.stderr == "this study is finished: 9 trials\n"
    assert again.stdout == out
    for wanted, there in (
        (9, "9 trials are there, and more may follow"),
        (12, "9 of 12 trials are there"),
    ):
        with Store.open(tmp_path / "out") as store, store.writing():
            store.expect(wanted)
        stopped = subprocess.run([*command, "watch", str(tmp_path / "out")], **quiet, check=True)
        assert f"{there}\nit was stopped:" in stopped.stderr


def test_a_study_that_has_not_begun_is_waited_for(study_toml, tmp_path):
    study = read_study(study_toml())
    with Store.create(tmp_path / "out", facts_of(study)) as store:
        watcher = subprocess.Popen(
            [sys.executable, "-m", "criticalmass.cli", "watch", str(tmp_path / "out")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert watcher.stderr.readline() == "this study has not begun; waiting for it\n"
        with store.writing():
            store.expect(9)
            assert watcher.stderr.readline() == "trained 0 of 9\n"
    _, errors = watcher.communicate()
    assert watcher.returncode == 0, errors
    assert "0 of 9 trials are there" in errors


def test_what_a_terminal_shows_of_the_trials_so_far(study_toml, tmp_path):
    study = read_study(study_toml())
    run(study, tmp_path / "out")
    estimates = Estimates(tmp_path / "out")
    estimates.start()
    while not (table := estimates.__rich__()):
        time.sleep(0.05)
    estimates.end()
    assert estimates.__rich__() == ""
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(table)
    said = console.export_text()
    assert "mark" in said
    assert "people for 0.9" in said
    assert " 9 " in said


def test_what_was_not_reached_may_still_be(study_toml, tmp_path):
    """The first trials are of small collectives."""
    study = read_study(study_toml())
    rows = sorted(run(study, tmp_path), key=lambda row: row.alpha)[:4]

    def said(finished):
        console = Console(width=100, record=True, file=io.StringIO())
        console.print(summary(facts_of(study), rows, finished=finished))
        return console.export_text()

    assert "more than " in said(finished=True)
    assert "not so far" in said(finished=False)
    assert "never" not in said(finished=False)


def test_show_says_that_a_study_was_stopped(study_toml, tmp_path):
    rows = run(read_study(study_toml()), tmp_path / "whole")
    command = [sys.executable, "-m", "criticalmass.cli", "show"]
    quiet = {"capture_output": True, "text": True, "check": True}
    whole = subprocess.run([*command, str(tmp_path / "whole")], **quiet).stdout
    study = read_study(study_toml())
    with Store.create(tmp_path / "cut", facts_of(study)) as store:
        store.expect(len(rows) + 1)
        for row in rows:
            store.add(row)
    cut = subprocess.run([*command, str(tmp_path / "cut")], **quiet).stdout
    said = "This study is not finished; the trials so far say:"
    assert said in cut
    assert said not in whole


def test_export_from_the_command_line(study_toml, tmp_path):
    run(read_study(study_toml()), tmp_path / "out")
    command = [sys.executable, "-m", "criticalmass.cli", "export", str(tmp_path / "out")]
    quiet = {"capture_output": True, "text": True, "check": False}
    done = subprocess.run([*command, str(tmp_path / "rows.parquet")], **quiet)
    assert done.stdout.startswith("9 trials: "), done.stderr
    wrong = subprocess.run([*command, str(tmp_path / "rows.parq")], **quiet)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("error: unknown file ending '.parq'; did you mean '.parquet'?")


def test_engines_from_the_command_line(study_toml, tmp_path):
    command = [sys.executable, "-m", "criticalmass.cli", "run", str(study_toml())]
    command += ["--out", str(tmp_path / "out")]
    quiet = {"capture_output": True, "text": True, "check": False}
    both = subprocess.run([*command, "--dask", "tcp://a:1", "--slurm", "pack=3"], **quiet)
    assert (both.returncode, both.stderr.splitlines()[-1]) == (
        2, "error: give either --dask or --slurm",
    )  # fmt: skip
    local = f"cluster=local,timeout_min=5,pack=5,folder={tmp_path / 'jobs'}"
    done = subprocess.run([*command, "--slurm", local], **quiet)
    assert done.returncode == 0, done.stderr
    assert "trained 9 of 9" in done.stderr
