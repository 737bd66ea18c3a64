"""A Dask cluster that goes, or never was one: one line each, and nothing lost."""

import socket
import threading

import pytest

from criticalmass import read_study, run
from criticalmass.errors import ParameterError, StudyError
from criticalmass.studies.running.engines import Dask
from criticalmass.studies.running.engines import dask as engine
from support.command_line import start_and_wait
from support.dask_clusters import cluster, kill
from support.study_files import write_study


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that places its trials in blocks, and its rows from this process."""
    folder = tmp_path_factory.mktemp("dask")
    changes = {"population.options.n": 400, "placement": {"most": 24}}
    path = write_study(folder / "study.toml", changes=changes)
    rows = run(read_study(path), folder / "out")
    return path, [row.without_time() for row in rows]


@pytest.mark.parametrize("rows_there", [0, 9])  # 9 are the first block
@pytest.mark.parametrize("first", [0, 1], ids=["all of it", "its workers"])
def test_a_cluster_that_goes_is_said_so_and_loses_nothing(
    whole, tmp_path, monkeypatch, rows_there, first
):
    """Of workers and scheduler, either may be missed first, whichever went first."""
    path, rows = whole
    monkeypatch.setattr(engine, "PATIENCE", 2)
    with cluster(tmp_path) as (address, processes):

        def watch(done, total, row):
            if done == rows_there:
                kill(processes[first:])

        gone = f"Dask scheduler at {address} (has no workers|has gone); the same"
        with pytest.raises(StudyError, match=gone):
            run(read_study(path), tmp_path / "out", engine=Dask(address), watch=watch)
    again = run(read_study(path), tmp_path / "out")
    assert [row.without_time() for row in again] == rows


def test_a_scheduler_that_goes_is_one_line_in_a_terminal(tmp_path):
    path = write_study(tmp_path / "study.toml", changes={"placement.points": 40})
    with cluster(tmp_path) as (address, processes):
        driver = start_and_wait(path, tmp_path / "out", "--dask", address, rows=1)
        kill(processes[:1])
        errors = driver.communicate("\n")[1].splitlines()
    assert driver.returncode == 2
    assert [line for line in errors if not line.startswith("trained ")] == errors[-1:]
    assert errors[-1].startswith(f"error: the Dask scheduler at {address} has gone; the same")


def test_a_server_that_is_not_dask(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "ANSWER", 1)
    before = threading.enumerate()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(StudyError, match="does not speak Dask's language"):
            run(read_study(whole[0]), tmp_path / "out", engine=Dask(address))
    assert not (tmp_path / "out").exists()
    with pytest.raises(StudyError, match="unknown address scheme 'foo'"):
        run(read_study(whole[0]), tmp_path / "out", engine=Dask("foo://127.0.0.1:1"))
    assert set(threading.enumerate()) <= set(before)  # no client is left that still tries


def test_a_missing_scheduler_is_one_line(whole, tmp_path, monkeypatch):
    path, _ = whole
    monkeypatch.setattr(engine, "ANSWER", 1)
    with pytest.raises(StudyError, match=r"answers at 'tcp://127\.0\.0\.1:9': (Timed|what is)"):
        run(read_study(path), tmp_path / "out", engine=Dask("tcp://127.0.0.1:9"))
    assert not (tmp_path / "out").exists()  # it left no study without rows
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match="no Dask scheduler answers"):
        run(read_study(path), tmp_path / "empty", engine=Dask("tcp://127.0.0.1:9"))
    assert not list((tmp_path / "empty").iterdir())
    for wrong in ("nonsense", "tcp://127.0.0.1", ""):
        with pytest.raises(ParameterError, match=r"is like tcp://10\.0\.0\.1:8786, not"):
            Dask(wrong)
