"""A Dask cluster that goes, or never was one: one line each, and nothing lost."""

import socket
import threading

import pytest

from criticalmass import read_study, run
from criticalmass.errors import ParameterError, StudyError
from criticalmass.studies.running.engines import Dask
from criticalmass.studies.running.engines import dask as engine
from support.command_line import start
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
@pytest.mark.parametrize(("first", "gone"), [(0, "has gone"), (1, "has no workers|has gone")])
def test_a_cluster_that_goes_is_said_so_and_loses_nothing(
    whole, tmp_path, monkeypatch, rows_there, first, gone
):
    path, rows = whole
    monkeypatch.setattr(engine, "PATIENCE", 2)
    with cluster(tmp_path) as (address, processes):

        def watch(done, total, row):
            if done == rows_there:
                kill(processes[first:])

        with pytest.raises(StudyError, match=f"Dask scheduler at {address} ({gone}); the same"):
            run(read_study(path), tmp_path / "out", engine=Dask(address), watch=watch)
    again = run(read_study(path), tmp_path / "out")
    assert [row.without_time() for row in again] == rows


def test_a_scheduler_that_goes_is_one_line_in_a_terminal(tmp_path):
    changes = {"population.options.n": 3000, "placement.points": 40}
    path = write_study(tmp_path / "study.toml", changes=changes)
    with cluster(tmp_path) as (address, processes):
        driver = start(path, tmp_path / "out", "--dask", address)
        for line in driver.stderr:
            if line.startswith("trained ") and not line.startswith("trained 0 "):
                break
        kill(processes[:1])
        errors = driver.communicate()[1].splitlines()
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


def test_no_scheduler(whole, tmp_path, monkeypatch):
    path, _ = whole
    monkeypatch.setattr(engine, "ANSWER", 1)
    with pytest.raises(StudyError, match=r"answers at 'tcp://127\.0\.0\.1:9': Timed out"):
        run(read_study(path), tmp_path / "out", engine=Dask("tcp://127.0.0.1:9"))
    assert not (tmp_path / "out").exists()  # it left no study without rows
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match="no Dask scheduler answers"):
        run(read_study(path), tmp_path / "empty", engine=Dask("tcp://127.0.0.1:9"))
    assert not list((tmp_path / "empty").iterdir())
    for wrong in ("nonsense", "tcp://127.0.0.1", ""):
        with pytest.raises(ParameterError, match=r"is like tcp://10\.0\.0\.1:8786, not"):
            Dask(wrong)
