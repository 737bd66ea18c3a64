"""Whatever is killed, whenever: the rows are those of an undisturbed run, none lost or doubled.

``CRITICALMASS_KILLS`` says how often drivers and workers are killed, on a pool and on a Dask
cluster each; 100 by default. To see what was killed and what came of it::

    CRITICALMASS_KILLS=100 pytest tests/test_chaos.py -m slow -rP
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from criticalmass import Store
from criticalmass.studies.running.engines.engine import LOSSES
from support.command_line import start, workers
from support.dask_clusters import cluster
from support.studies import rows_of, undisturbed

KILLS = int(os.environ.get("CRITICALMASS_KILLS", "100"))
BIGGER = {"placement.points": 20, "placement.repetitions": 12}
TRIALS = 241


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study of 241 quick trials: its file and its rows."""
    folder = tmp_path_factory.mktemp("chaos")
    return undisturbed(folder, BIGGER)


def trained(out):
    """Return how many rows there are."""
    if not (Path(out) / "trials.sqlite").exists():
        return 0
    with Store.open(out) as store:
        return len(store)


class Chaos:
    """Kills drivers and workers of a study at random, and counts them.

    Parameters
    ----------
    options
        Of the command that runs the study.
    victims
        Returns the workers of a driver that can be killed.
    """

    def __init__(self, seed, options, victims):
        self.dice, self.options, self.victims = random.Random(seed), options, victims
        self.killed, self.wrong = Counter(), Counter()

    def round(self, path, out, rows, kills):
        """Run a study to its end, with so many kills at most; compare its rows."""
        before = self.killed.total()
        while True:
            driver = start(path, out, *self.options, stdout=subprocess.DEVNULL)
            self._disturb(driver, out, kills - (self.killed.total() - before))
            errors = driver.communicate()[1]
            if driver.returncode == 0:
                break
            assert driver.returncode == -signal.SIGKILL, errors
        found = {row.key: row for row in rows_of(out)}
        self.wrong["lost"] += sum(row.key not in found for row in rows)
        self.wrong["doubled"] += trained(out) - len(found)
        self.wrong["different"] += sum(found.get(row.key, row) != row for row in rows)

    def _disturb(self, driver, out, kills):
        """Kill workers of a driver and then, perhaps, the driver.

        No more workers than a trial may lose: all of them could be the same trial's.
        """
        for _ in range(min(self.dice.randint(0, LOSSES), kills)):
            if victim := self._wait(driver, out, lambda: self.victims(driver)):
                with suppress(psutil.NoSuchProcess):
                    self.dice.choice(victim).send_signal(signal.SIGKILL)
                    self.killed["workers"] += 1
                    kills -= 1
        if kills and self.dice.random() < 0.7 and self._wait(driver, out, lambda: True):
            os.kill(driver.pid, signal.SIGKILL)
            self.killed["drivers"] += 1

    def _wait(self, driver, out, victims):
        """Wait until some more rows are there, or, one time in four, for nothing but a victim."""
        early = self.dice.random() < 0.25
        goal = 0 if early else min(trained(out) + self.dice.randint(1, 60), TRIALS - 1)
        while driver.poll() is None:
            if trained(out) >= goal and (found := victims()):
                return found
            time.sleep(0.005)
        return None

    def __str__(self):
        """Say what was killed, and what came of it."""
        told = [f"{self.killed[name]} {name}" for name in ("drivers", "workers")]
        told += [f"{self.wrong[name]} rows {name}" for name in ("lost", "doubled", "different")]
        return "killed {} and {}: {}, {}, {}".format(*told)


def kill_so_often(chaos, path, rows, folder, kills):
    """Run rounds until so many processes were killed; no row may be wrong."""
    number = 0
    while (left := kills - chaos.killed.total()) > 0:
        chaos.round(path, folder / f"round-{number}", rows, min(left, 8))
        number += 1
        print(f"{number} studies, {chaos}", flush=True)
    assert chaos.killed.total() == kills
    assert not chaos.wrong.total(), chaos


def of_a_pool(driver):
    with suppress(psutil.NoSuchProcess):
        return workers(driver)
    return []


@pytest.mark.slow
def test_many_kills_on_a_pool(whole, tmp_path):
    kill_so_often(Chaos(1, ["--jobs", "2"], of_a_pool), *whole, tmp_path, KILLS)


@pytest.mark.slow
def test_many_kills_on_a_dask_cluster(whole, tmp_path):
    with cluster(tmp_path) as (address, keepers):

        def of_keepers(_):
            with suppress(psutil.NoSuchProcess):  # of one that ends just now
                return [worker for keeper in keepers for worker in workers(keeper)]
            return []

        kill_so_often(Chaos(2, ["--dask", address], of_keepers), *whole, tmp_path, KILLS)


def test_a_few_kills_on_a_pool(whole, tmp_path):
    kill_so_often(Chaos(3, ["--jobs", "2"], of_a_pool), *whole, tmp_path, 3)
