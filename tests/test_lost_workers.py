"""Workers killed before they start, stopped, or without memory; drivers without a disk."""

import multiprocessing
import resource
import signal
import sys
from dataclasses import replace

import numpy as np
import psutil
import pytest

from criticalmass import Store, read_study, run
from criticalmass.errors import StudyError
from criticalmass.studies import Bench
from criticalmass.studies.running.engines import pool
from support.command_line import called, criticalmass, start_and_wait, workers
from support.hungry import TOO_MUCH, Hungry
from support.studies import WRITERS, rows_of, text_study, undisturbed


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study of 17 trials: its file and its rows."""
    folder = tmp_path_factory.mktemp("whole")
    return undisturbed(folder, {"placement.points": 8})


@pytest.fixture
def killed_as_they_start(tmp_path):
    """Let so many worker processes be killed before they run a line of Python."""
    folder, script = tmp_path / "killed", tmp_path / "python"

    def kill(times):
        folder.mkdir()
        script.write_text(
            "#!/bin/sh\n"
            f"for n in $(seq {times}); do\n"
            f'  case "$*" in *spawn_main*) mkdir "{folder}/$n" 2>/dev/null && kill -9 $$;; esac\n'
            "done\n"
            f'exec "{sys.executable}" "$@"\n'
        )
        script.chmod(0o755)
        multiprocessing.set_executable(str(script))
        return lambda: len(list(folder.iterdir()))

    yield kill
    multiprocessing.set_executable(sys.executable)


def test_workers_killed_before_they_have_started_cost_nothing(
    whole, tmp_path, killed_as_they_start
):
    path, rows = whole
    killed = killed_as_they_start(8)
    run(read_study(path), tmp_path / "out", jobs=2)
    assert killed() == 8
    assert rows_of(tmp_path / "out") == rows


def test_a_pool_that_breaks_while_it_is_given_trials_is_started_anew(whole, tmp_path, monkeypatch):
    path, rows = whole
    submit, tries = pool.ProcessPoolExecutor.submit, iter((True, False, True))

    def closing(self, *args):
        if next(tries, False):
            raise OSError("handle is closed")  # as a connection that its other thread has closed
        return submit(self, *args)

    monkeypatch.setattr(pool.ProcessPoolExecutor, "submit", closing)
    run(read_study(path), tmp_path / "out", jobs=2)
    assert rows_of(tmp_path / "out") == rows


def test_a_system_without_processes_to_lend_is_told(whole, tmp_path, monkeypatch):
    def refuse(self, *args):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(pool.ProcessPoolExecutor, "submit", refuse)
    with pytest.raises(BlockingIOError):
        run(read_study(whole[0]), tmp_path / "out", jobs=2)


def test_workers_that_never_start_end_the_run_in_one_line(
    whole, tmp_path, monkeypatch, killed_as_they_start
):
    path, rows = whole
    monkeypatch.setattr(pool, "STARTS", 3)
    killed = killed_as_they_start(100)
    with pytest.raises(StudyError, match="ended before they had started, 3 times in a row; the sa"):
        run(read_study(path), tmp_path / "out", jobs=2)
    assert 3 <= killed() <= 6
    assert rows_of(tmp_path / "out") == []  # no trial is blamed
    multiprocessing.set_executable(sys.executable)
    run(read_study(path), tmp_path / "out", jobs=2)
    assert rows_of(tmp_path / "out") == rows


def hungry_study(folder, at):
    """Return a study that lacks memory as long as a file is there, and that file."""
    full = folder / at
    full.touch()
    learner = Hungry(str(folder / "making ready"), str(folder / "training"))
    return replace(text_study({"mark": WRITERS["mark"]}), learner=learner), full


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_trial_without_memory_is_tried_again_by_the_next_run(jobs, tmp_path):
    study, full = hungry_study(tmp_path, "training")
    rows = run(study, tmp_path / "out", jobs=jobs)
    failed = [row for row in rows if row.error]
    assert {row.asked for row in failed} == {0.2}
    assert all("Unable to allocate" in row.error for row in failed)
    full.unlink()
    run(study, tmp_path / "out", jobs=jobs)
    run(study, tmp_path / "undisturbed")
    assert rows_of(tmp_path / "out") == rows_of(tmp_path / "undisturbed")


def test_workers_without_memory_for_the_records_blame_it_on_no_row(tmp_path):
    study, full = hungry_study(tmp_path, "making ready")
    with pytest.raises(StudyError, match=r"all .* trials failed; the first: its worker was lost 3"):
        run(study, tmp_path / "out", jobs=2)
    with Store.open(tmp_path / "out") as store:
        assert all("Unable to allocate" in row.error for row in store.rows())
    full.unlink()
    run(study, tmp_path / "out", jobs=2)
    run(study, tmp_path / "undisturbed")
    assert rows_of(tmp_path / "out") == rows_of(tmp_path / "undisturbed")


def test_a_lack_of_memory_in_the_process_itself_is_one_line(whole, tmp_path, monkeypatch):
    path, rows = whole
    monkeypatch.setattr(Bench, "__init__", lambda *_: np.ones(TOO_MUCH, dtype=np.uint8))
    code, _, errors = called("run", path, "--out", tmp_path / "out")
    line = errors.splitlines()[-1]
    assert (code, errors.count("error")) == (2, 1)
    assert line.startswith("error: this takes more memory than there is (Unable to allocate 32.0 P")
    monkeypatch.undo()
    run(read_study(path), tmp_path / "out")
    assert rows_of(tmp_path / "out") == rows


def stopped(process):
    """Stop a worker of a driver, as `kill -STOP` does, and return it once it has stopped."""
    worker = workers(process)[0]
    worker.send_signal(signal.SIGSTOP)
    while worker.status() != psutil.STATUS_STOPPED:
        pass
    return worker


def test_a_stopped_worker_that_goes_on_costs_nothing(whole, tmp_path):
    path, rows = whole
    process = start_and_wait(path, tmp_path, "--jobs", "2", rows=3)
    stopped(process).send_signal(signal.SIGCONT)
    _, errors = process.communicate("\n")
    assert process.returncode == 0, errors
    assert rows_of(tmp_path) == rows


@pytest.mark.parametrize(("end", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_driver_whose_worker_is_stopped_can_be_ended_and_its_study_goes_on(
    end, code, whole, tmp_path
):
    path, rows = whole
    process = start_and_wait(path, tmp_path, "--jobs", "2", rows=3)
    worker = stopped(process)
    process.send_signal(end)
    assert process.wait() == code  # the stopped worker keeps its pipes open
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()
    run(read_study(path), tmp_path, jobs=2)  # the stopped worker holds nothing that this needs
    assert rows_of(tmp_path) == rows
    if worker.is_running():
        worker.send_signal(signal.SIGCONT)
        worker.wait()  # its driver has gone, and so does it


def test_a_full_disk_is_one_line_and_loses_nothing(whole, tmp_path):
    """The driver may write no file beyond a byte any more, as on a disk without room."""
    path, rows = whole
    process = start_and_wait(path, tmp_path, "--jobs", "2", rows=3)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, 1))
    _, errors = process.communicate("\n")
    assert process.returncode == 2, errors
    line = errors.splitlines()[-1]
    assert line.startswith(f"error: {tmp_path / 'trials.sqlite'} cannot be used: ")
    assert "Traceback" not in errors
    kept = rows_of(tmp_path)
    assert len(kept) == 3
    assert all(row in rows for row in kept)
    done = criticalmass("run", path, "--out", tmp_path, "--jobs", 2, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows_of(tmp_path) == rows
