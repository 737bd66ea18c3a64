"""Where trials run does not matter: one process, two, an executor, Dask, Slurm's local twin."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from criticalmass import Store, read_study, run
from criticalmass.errors import ParameterError, StoreError, StudyError
from criticalmass.studies.facts import facts_of
from criticalmass.studies.running.engines import Dask, Slurm, worker
from support.dask_clusters import TESTS, cluster
from support.studies import undisturbed
from support.workers_that_die import deadly_study


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study's file and its rows from this process."""
    folder = tmp_path_factory.mktemp("engines")
    return undisturbed(folder, {"population.options.n": 400, "placement.points": 6})


def rows_of(study, folder, **where):
    return [row.without_time() for row in run(study, folder, **where)]


def test_an_executor_of_threads(whole, tmp_path):
    path, rows = whole
    with ThreadPoolExecutor(2) as threads:
        assert rows_of(read_study(path), tmp_path, engine=threads) == rows


def test_slurm_on_this_machine(whole, tmp_path):
    path, rows = whole
    engine = Slurm(pack=5, parameters={"timeout_min": 5}, folder=tmp_path / "jobs", cluster="local")
    assert rows_of(read_study(path), tmp_path / "out", engine=engine) == rows
    assert not list((tmp_path / "jobs").glob("criticalmass-*"))  # the study's own files are gone


def local_jobs(folder):
    return Slurm(parameters={"timeout_min": 5}, folder=folder / "jobs", cluster="local")


def test_jobs_that_are_killed_cost_one_trial_of_many(tmp_path, monkeypatch):
    """The job of the trial that kills it is killed three times; the others go on in new jobs."""
    paths = (TESTS, os.environ.get("PYTHONPATH"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    engine = local_jobs(tmp_path)
    died = run(deadly_study(), tmp_path / "out", engine=engine)
    failed = [row for row in died if row.error]
    assert [row.asked for row in failed] == [0.4]
    assert "its worker was lost 3 times" in failed[0].error
    assert len(died) == 6
    assert not list((tmp_path / "jobs").glob("criticalmass-*"))


def test_jobs_that_cannot_read_the_study_say_why(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path != TESTS))
    with pytest.raises(StudyError, match=r"lost 3 times \(ModuleNotFoundError: No module named 's"):
        run(deadly_study(), tmp_path / "out", engine=local_jobs(tmp_path))


def test_a_real_dask_cluster_and_a_worker_that_dies(whole, tmp_path):
    path, rows = whole
    with cluster(tmp_path) as (address, _):
        assert rows_of(read_study(path), tmp_path / "out", engine=Dask(address)) == rows
        died = run(deadly_study(), tmp_path / "deadly", engine=Dask(address))
    failed = [row for row in died if row.error]
    assert [row.asked for row in failed] == [0.4]
    assert "its worker was lost 3 times" in failed[0].error
    assert len(died) == 6


def test_no_such_engine(whole, tmp_path):
    path, _ = whole
    with pytest.raises(ParameterError, match="either jobs or an engine"):
        run(read_study(path), tmp_path / "out", jobs=2, engine=Dask("tcp://127.0.0.1:9"))
    with pytest.raises(StudyError, match="Slurm cannot be used"):
        run(read_study(path), tmp_path / "out", engine=Slurm(parameters={"tiemout_min": 5}))
    with pytest.raises(ParameterError, match="key=value"):
        Slurm.from_text("timeout_min", tmp_path)
    with pytest.raises(ParameterError, match="at least one trial"):
        Slurm(pack=0)


class Silent:
    """Runs nothing, and says nothing of it."""

    @contextmanager
    def open(self, study):
        yield lambda trials: (row for row in ())


def test_an_engine_that_gives_no_rows_is_an_error(whole, tmp_path):
    with pytest.raises(StudyError, match=r"the engine gave no rows of [0-9]+ trials"):
        run(read_study(whole[0]), tmp_path / "out", engine=Silent())


def test_an_executor_that_was_shut_down(whole, tmp_path):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(StudyError, match=r"the executor takes no trials .* shutdown"):
        run(read_study(whole[0]), tmp_path / "out", engine=executor)
    with pytest.raises(ParameterError, match=r"run takes a Study; read_study makes one of a file"):
        run(whole[0], tmp_path / "out")


class Unreliable(Executor):
    """Loses the first calls, as a cluster may."""

    def __init__(self, losses):
        self.losses = losses

    def submit(self, fn, /, *args):
        future = Future()
        if self.losses:
            self.losses -= 1
            future.set_exception(ConnectionError("worker lost"))
        else:
            future.set_result(fn(*args))
        return future


def test_lost_calls_are_made_again_and_given_up_after_three(whole, tmp_path):
    path, rows = whole
    assert rows_of(read_study(path), tmp_path / "out", engine=Unreliable(7)) == rows
    with pytest.raises(StudyError, match=r"all 13 trials failed; the first: its worker was lost 3"):
        run(read_study(path), tmp_path / "never", engine=Unreliable(10**9))
    with Store.open(tmp_path / "never") as store:
        failed = store.rows()
    assert {row.error for row in failed} == {
        "its worker was lost 3 times (ConnectionError: worker lost)"
    }
    assert len(failed) == len(rows)


def test_a_second_driver_is_refused_until_the_first_has_gone(whole, tmp_path):
    path, rows = whole
    study = read_study(path)
    with (
        Store.create(tmp_path, facts_of(study)) as store,
        store.writing(),
        pytest.raises(StoreError, match="another process is running the study"),
    ):
        run(study, tmp_path)
    assert rows_of(study, tmp_path) == rows


def test_a_killed_driver_holds_nothing(tmp_path):
    code = (
        "import signal, sys; from criticalmass import Store\n"
        "with Store.create(sys.argv[1], {'name': 'x', 'identity': {}}) as s, s.writing():\n"
        "    print('held', flush=True); signal.pause()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    with Store.open(tmp_path) as store:
        assert store.busy()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert not store.busy()
        with store.writing():
            pass


def test_each_worker_claims_a_gpu_of_its_own(tmp_path):
    """With made-up GPUs: there is none here."""
    code = (
        "import os, sys\n"
        "from criticalmass.studies.running.engines.worker import claim_gpu, visible_gpus\n"
        "print(claim_gpu(visible_gpus()), os.environ['CUDA_VISIBLE_DEVICES'], flush=True)\n"
        "sys.stdin.read()"
    )
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "4,7", "TMPDIR": str(tmp_path)}

    def start():
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(
            [sys.executable, "-c", code], text=True, env=environment, **pipes
        )
        return process, process.stdout.readline().split()

    started = [start() for _ in range(3)]
    try:
        assert [said for _, said in started[:2]] == [["4", "4"], ["7", "7"]]
        assert started[2][1][0] in ("4", "7")  # more workers than GPUs share them
        started[0][0].kill()
        started[0][0].wait()
        started.append(start())
        assert started[3][1] == ["4", "4"]
    finally:
        for process, _ in started:
            process.kill()
            process.communicate()
    assert worker.claim_gpu(["0"]) is None
