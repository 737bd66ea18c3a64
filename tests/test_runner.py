"""A study gives the same rows in one process, in two, and after any process was killed."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import psutil
import pytest

from criticalmass import (
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    Store,
    Study,
    read_study,
    run,
)
from criticalmass.answers.finding import findings
from criticalmass.errors import ParameterError, StoreError, StudyError, StudyWarning
from criticalmass.studies import Bench
from criticalmass.studies.facts import facts_of
from criticalmass.words.finding import answer
from support.command_line import start, start_and_wait, wait_for_rows, workers
from support.studies import rows_of, undisturbed
from support.workers_that_die import deadly_study

BIGGER = {"population.options.n": 900, "population.test": 200, "placement.points": 8}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Run a study in this process, uninterrupted: its file and its rows."""
    folder = tmp_path_factory.mktemp("whole")
    return undisturbed(folder, BIGGER)


def test_one_row_a_trial(whole):
    path, rows = whole
    assert len(rows) == 17
    assert len({row.key for row in rows}) == 17
    assert {row.key for row in rows} == {trial.key for trial in read_study(path).trials()}
    assert not any(row.error for row in rows)


def test_two_processes_give_the_same_rows(whole, tmp_path):
    path, rows = whole
    run(read_study(path), tmp_path, jobs=2)
    assert rows_of(tmp_path) == rows


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_driver_and_resumed(jobs, whole, tmp_path):
    path, rows = whole
    process = start(path, tmp_path, "--jobs", jobs)
    wait_for_rows(tmp_path, 4, process)
    orphans = workers(process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    kept = rows_of(tmp_path)
    assert 4 <= len(kept) <= len(rows)
    assert psutil.wait_procs(orphans)[1] == []  # workers die with their driver
    trained = []
    run(read_study(path), tmp_path, jobs=int(jobs), watch=lambda d, t, row: trained.append(row))
    assert len(trained) - 1 == len(rows) - len(kept)  # the first call tells what is there
    assert rows_of(tmp_path) == rows


def test_killed_worker_costs_nothing(whole, tmp_path):
    path, rows = whole
    process = start_and_wait(path, tmp_path, "--jobs", "2", rows=3)
    os.kill(workers(process)[0].pid, signal.SIGKILL)
    _, errors = process.communicate("\n")
    assert process.returncode == 0, errors
    assert rows_of(tmp_path) == rows


def test_interrupted_and_resumed(whole, tmp_path):
    path, rows = whole
    process = start_and_wait(path, tmp_path, "--jobs", "2", rows=3)
    children = workers(process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.strip().endswith("the same command goes on from here")
    assert "Traceback" not in errors
    assert psutil.wait_procs(children)[1] == []
    run(read_study(path), tmp_path)
    assert rows_of(tmp_path) == rows


def test_a_second_run_trains_nothing(whole, tmp_path):
    path, _ = whole
    study = read_study(path)
    run(study, tmp_path)
    calls = []
    rows = run(study, tmp_path, watch=lambda *call: calls.append(call))
    assert calls == [(17, 17, None)]
    assert len(rows) == 17


def test_a_larger_grid_trains_only_what_is_new(study_toml, tmp_path):
    run(read_study(study_toml()), tmp_path / "out")
    more = read_study(study_toml({"placement.repetitions": 3}, name="more.toml"))
    calls = []
    run(more, tmp_path / "out", watch=lambda *call: calls.append(call))
    assert calls[0] == (9, 13, None)
    assert len(rows_of(tmp_path / "out")) == 13


def test_another_study_is_refused_before_anything_is_trained(study_toml, tmp_path):
    run(read_study(study_toml()), tmp_path / "out")
    before = (tmp_path / "out" / "trials.sqlite").read_bytes()
    other = read_study(study_toml({"seed": 6}, name="other.toml"))
    with pytest.raises(StoreError, match="seed is 5 there, 6 here"):
        run(other, tmp_path / "out")
    assert (tmp_path / "out" / "trials.sqlite").read_bytes() == before


def test_failed_trials_are_tried_again(study_toml, tmp_path, monkeypatch):
    study = read_study(study_toml())
    edit = Bench._edit

    def sometimes(self, trial, *rest):
        if trial.repetition == 1:
            raise OSError("disk full")
        return edit(self, trial, *rest)

    monkeypatch.setattr(Bench, "_edit", sometimes)
    rows = run(study, tmp_path / "out")
    assert sum(row.error == "OSError: disk full" for row in rows) == 4
    monkeypatch.undo()
    rows = run(study, tmp_path / "out")
    assert not any(row.error for row in rows)
    assert len(rows) == 9


@dataclass(frozen=True)
class Picky:
    """A learner that fails from a size of collective on, or where a label becomes frequent."""

    members: int = 10**9
    frequent: int = 10**9

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        if len(edit.members) >= self.members:
            raise MemoryError("no memory for so many")
        if len(edit.members) and edit.labels.sum(axis=0).max() >= self.frequent:
            raise ValueError("too many of one label")
        return LinearText().fit(prepared, edit, seed)


def picky_study(texts, learner):
    train, test = texts.split(test=40, seed=0)
    strategies = {
        "mark": FeatureLabel(InsertToken("~"), "Writer"),
        "mark only": FeatureOnly(InsertToken("~"), "Writer"),
    }
    return Study(train, test, learner, strategies, Grid((0.3, 0.4), repetitions=2))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (0, "all 10 trials failed; the first: MemoryError: no memory for so many"),
        (1, "all 8 trials of collectives failed; the first: MemoryError: no memory for so many"),
    ],
)
def test_a_study_whose_trials_all_fail_raises_and_keeps_the_rows(members, message, texts, tmp_path):
    with pytest.raises(StudyError, match=f"^{message}$"):
        run(picky_study(texts, Picky(members)), tmp_path)
    with Store.open(tmp_path) as store:
        assert len(store.rows()) == 10
        assert store.finished()


def test_a_strategy_whose_trials_all_fail_is_warned_of(texts, tmp_path):
    study = picky_study(texts, Picky(frequent=20))
    expected = (
        r"strategy 'mark': all 4 trials of collectives failed; the first: ValueError: too many"
    )
    with pytest.warns(StudyWarning, match=expected):
        rows = run(study, tmp_path)
    assert sum(bool(row.error) for row in rows) == 4
    answers = {found.strategy: answer(found) for found in findings(facts_of(study), rows)}
    assert answers["mark"].startswith("Nothing is known: every trial of a collective failed")
    assert "failed" not in answers["mark only"]


def test_a_trial_that_kills_every_worker_becomes_a_failure_row(tmp_path):
    study = deadly_study()
    rows = run(study, tmp_path, jobs=2)
    failed = [row for row in rows if row.error]
    assert [row.asked for row in failed] == [0.4]  # and none of those that ran beside it
    assert failed[0].error == "its worker was lost 3 times (killed, or out of memory)"
    assert len(rows) == 6


def test_jobs_must_be_positive(study_toml, tmp_path):
    with pytest.raises(ParameterError, match="jobs must be at least 1"):
        run(read_study(study_toml()), tmp_path / "out", jobs=0)
    for wrong in ("2", 1.5, True):
        with pytest.raises(ParameterError, match="jobs must be an integer"):
            run(read_study(study_toml()), tmp_path / "out", jobs=wrong)


def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from criticalmass import *\nfrom criticalmass.datasets import synthetic_resumes\n"
        "train, test = synthetic_resumes(140).split(test=40, seed=0)\n"
        "mark = {'mark': FeatureLabel(InsertToken('~'), 'Writer')}\n"
        "run(Study(train, test, LinearText(), mark, Grid((0.1, 0.2))), 'out', jobs=2)\n"
    )
    result = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True)
    assert (
        'a script that runs a study with jobs needs `if __name__ == "__main__":`' in result.stderr
    )
