"""Whatever is killed, whenever: the rows are those of an undisturbed run, none lost or doubled."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from criticalmass import Store
from support.command_line import start, workers
from support.dask_clusters import cluster
from support.studies import rows_of, undisturbed

BIGGER = {"placement.points": 20, "placement.repetitions": 12}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study of 241 quick trials: its file and its rows."""
    folder = tmp_path_factory.mktemp("chaos")
    return undisturbed(folder, BIGGER)


def trained(out):
    if not (Path(out) / "trials.sqlite").exists():
        return 0
    with Store.open(out) as store:
        return len(store)


def disturb(dice, path, out, options, victims):
    """Run a study to its end, killing workers and drivers at random; return how many died."""
    killed, total = 0, 241
    while True:
        driver = start(path, out, *options, stdout=subprocess.DEVNULL)
        goal = trained(out) + dice.randint(1, 60)
        kill_driver = dice.random() < 0.5
        while driver.poll() is None and trained(out) < min(goal, total):
            time.sleep(0.005)
        if driver.poll() is None and killed < 4:
            if kill_driver:
                os.kill(driver.pid, signal.SIGKILL)
                killed += 1
            elif found := victims(driver):
                with suppress(psutil.NoSuchProcess):
                    dice.choice(found).send_signal(signal.SIGKILL)
                    killed += 1
        errors = driver.communicate()[1]
        if driver.returncode == 0:
            return killed
        assert driver.returncode == -signal.SIGKILL, errors


def of_a_pool(driver):
    with suppress(psutil.NoSuchProcess):
        return workers(driver)
    return []


@pytest.mark.slow
def test_twenty_rounds_of_a_pool(whole, tmp_path):
    path, rows = whole
    killed = 0
    for seed in range(20):
        out = tmp_path / str(seed)
        killed += disturb(random.Random(seed), path, out, ["--jobs", "2"], of_a_pool)
        assert rows_of(out) == rows
    assert killed >= 20


@pytest.mark.slow
def test_twenty_rounds_of_a_dask_cluster(whole, tmp_path):
    path, rows = whole
    killed = 0
    with cluster(tmp_path) as (address, keepers):

        def workers(_):
            return [
                child
                for keeper in keepers
                for child in psutil.Process(keeper.pid).children(recursive=True)
                if "spawn_main" in " ".join(child.cmdline())
            ]

        for seed in range(20):
            out = tmp_path / f"round-{seed}"
            killed += disturb(random.Random(seed), path, out, ["--dask", address], workers)
            assert rows_of(out) == rows
    assert killed >= 20


def test_one_round_of_a_pool(whole, tmp_path):
    path, rows = whole
    disturb(random.Random(99), path, tmp_path / "out", ["--jobs", "2"], of_a_pool)
    assert rows_of(tmp_path / "out") == rows
