"""What was fitted once is kept: in memory, and in the store of a study."""

import hashlib
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from criticalmass import Adaptive, Outcome, Store, run
from criticalmass.cli.shared.answers import print_answers
from criticalmass.fitting import fitted, kept
from criticalmass.fitting.kept import Fits, kept_on, key_of
from criticalmass.fitting.likelihood import MANY
from criticalmass.fitting.posterior import curve_posterior
from criticalmass.pages.report import write_report
from criticalmass.studies.store import sqlite
from support.rights import somebody_else
from support.studies import TABLES, table_study

FACTS = {"name": "demo", "identity": {"seed": 0}}
TRIALS = [Outcome(a, round(100 / (1 + 0.01 / a)), 100) for a in (0.002, 0.01, 0.05)]
OTHERS = [Outcome(0.0, 1, 100), *TRIALS]


class Counted:
    """Draws of a posterior that are made up, and how often they were asked for."""

    def __init__(self):
        self.times = 0

    def __call__(self, outcomes, seed=0):
        self.times += 1
        return np.full((3, 6), float(len(outcomes)))


@pytest.fixture
def counted():
    return Counted()


def test_in_one_process_nothing_is_fitted_twice(counted):
    fits = Fits(counted)
    one = fits.posterior(TRIALS)
    assert fits.posterior(TRIALS[::-1]) is one
    assert counted.times == 1
    assert len(fits.posterior(OTHERS)) == 3
    assert counted.times == 2
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 0


def test_only_so_many_are_kept_in_memory_those_used_last(counted):
    fits = Fits(counted, size=2)
    several = [[Outcome(0.1, k, 10)] for k in range(3)]
    for outcomes in (several[0], several[1], several[0], several[2]):
        fits.posterior(outcomes)
    assert counted.times == 3
    fits.posterior(several[0])
    assert counted.times == 3
    fits.posterior(several[1])
    assert counted.times == 4


def test_a_store_keeps_them_for_other_processes(tmp_path, counted):
    with Store.create(tmp_path, FACTS) as store, store.keeping_fits():
        one = Fits(counted).posterior(TRIALS)
    with Store.open(tmp_path) as store:
        with store.keeping_fits():
            assert np.array_equal(Fits(counted).posterior(TRIALS[::-1]), one)
        assert counted.times == 1
        Fits(counted).posterior(TRIALS)
        assert counted.times == 2  # the store is asked only where it is said so


def test_curves_in_memory_are_put_into_the_store(tmp_path, counted):
    fits = Fits(counted)
    fits.posterior(TRIALS)
    with Store.create(tmp_path, FACTS) as store, store.keeping_fits():
        fits.posterior(TRIALS)
        Fits(counted).posterior(TRIALS)
    assert counted.times == 1


MANY_TRIALS = [Outcome(0.1, k % 90, 100) for k in range(MANY + 1)]


@pytest.mark.parametrize(
    ("version", "outcomes", "others"),
    [("VERSION", TRIALS, MANY_TRIALS), ("VERSION_OF_MANY", MANY_TRIALS, TRIALS)],
)
def test_another_version_of_the_posterior_is_fitted_anew(
    tmp_path, counted, monkeypatch, version, outcomes, others
):
    with Store.create(tmp_path, FACTS) as store, store.keeping_fits():
        Fits(counted).posterior(outcomes)
        Fits(counted).posterior(others)
        monkeypatch.setattr(kept, version, 99)
        Fits(counted).posterior(outcomes)
        assert counted.times == 3
        Fits(counted).posterior(others)
    assert counted.times == 3


@pytest.mark.parametrize(
    "damage",
    [
        "substr(content, 1, 40)",
        "substr(content, 2)",
        "CAST(substr(content, 1, length(content) - 1) || x'00' AS BLOB)",
        "NULL",
        "'text'",
        "x''",
    ],
)
def test_a_damaged_one_is_fitted_anew_and_mended(tmp_path, counted, damage):
    with Store.create(tmp_path, FACTS) as store, store.keeping_fits():
        one = Fits(counted).posterior(TRIALS)
    with sqlite3.connect(tmp_path / "trials.sqlite") as connection:
        connection.execute(f"UPDATE fits SET content = {damage}")
    with Store.open(tmp_path) as store, store.keeping_fits():
        assert np.array_equal(Fits(counted).posterior(TRIALS), one)
        assert counted.times == 2
        Fits(counted).posterior(TRIALS)
        assert counted.times == 2


def test_a_store_keeps_only_so_many_those_put_last(tmp_path, counted, monkeypatch):
    monkeypatch.setattr(sqlite, "KEPT", 3)
    several = [[Outcome(0.1, k, 10)] for k in range(5)]
    with Store.create(tmp_path, FACTS) as store, store.keeping_fits():
        for outcomes in several:
            Fits(counted).posterior(outcomes)
    with sqlite3.connect(tmp_path / "trials.sqlite") as connection:
        left = {key for (key,) in connection.execute("SELECT key FROM fits")}
    assert left == {key_of(outcomes) for outcomes in several[2:]}


def test_a_folder_that_is_not_ours_is_read_and_takes_nothing(counted):
    with TemporaryDirectory() as name:  # not where pytest has its folders, which are its user's
        folder = Path(name)
        with Store.create(folder, FACTS) as store, store.keeping_fits():
            one = Fits(counted).posterior(TRIALS)
        with somebody_else(folder), Store.open(folder) as store, store.keeping_fits():
            assert np.array_equal(Fits(counted).posterior(TRIALS), one)
            assert counted.times == 1
            Fits(counted).posterior(OTHERS)
            Fits(counted).posterior(OTHERS)
            assert counted.times == 3


def test_a_store_that_has_none_yet_is_read_where_it_cannot_be_written(counted):
    with TemporaryDirectory() as name:
        folder = Path(name)
        Store.create(folder, FACTS).close()
        with somebody_else(folder), Store.open(folder) as store, store.keeping_fits():
            assert len(Fits(counted).posterior(TRIALS)) == 3


def test_two_that_have_one_store_open_both_put_into_it(tmp_path, counted):
    with Store.create(tmp_path, FACTS) as one, Store.open(tmp_path) as other:
        for outcomes in (TRIALS, OTHERS):
            for store in (one, other):
                with store.keeping_fits():
                    Fits(counted).posterior(outcomes)
        assert counted.times == 2
        with other.keeping_fits():
            Fits(counted).posterior([*TRIALS, *TRIALS])
        with one.keeping_fits():
            Fits(counted).posterior([*TRIALS, *TRIALS])
    assert counted.times == 3


ENDLESS = """
import sys
import numpy as np
from criticalmass import Outcome, Store
from criticalmass.fitting.kept import Fits
big = np.random.default_rng(0).normal(size=(10_000, 6))
with Store.open(sys.argv[1]) as store, store.keeping_fits():
    number = 0
    while True:
        Fits(lambda outcomes, seed: big).posterior([Outcome(0.1, number, 1_000_000)])
        print(number, flush=True)
        number += 1
"""


def test_a_process_that_is_killed_while_it_keeps_them_harms_nothing(tmp_path, counted):
    Store.create(tmp_path, FACTS).close()
    for after in (1, 2, 4):
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS, tmp_path], stdout=subprocess.PIPE, text=True
        ) as endless:
            for _ in range(after):
                assert endless.stdout.readline()
            endless.send_signal(signal.SIGKILL)
    with Store.open(tmp_path) as store, store.keeping_fits():
        connection = sqlite3.connect(tmp_path / "trials.sqlite")
        contents = [content for (content,) in connection.execute("SELECT content FROM fits")]
        connection.close()
        assert contents
        assert all(hashlib.sha256(c[32:]).digest() == c[:32] for c in contents)
        assert len(Fits(counted).posterior(TRIALS)) == 3


def test_the_shelf_is_of_this_thread_and_ends_with_its_block(counted):
    class Shelf(dict):
        put = dict.__setitem__

    shelf = Shelf()
    with kept_on(shelf):
        Fits(counted).posterior(TRIALS)
    Fits(counted).posterior(OTHERS)
    assert list(shelf) == [key_of(TRIALS)]


def refused(*_):
    raise AssertionError("it is fitted again")


def test_after_a_run_show_and_report_fit_nothing_in_another_process(tmp_path, monkeypatch, capsys):
    run(table_study({"set": TABLES["set"]}), tmp_path)
    print_answers(tmp_path)
    write_report(tmp_path)
    first = capsys.readouterr().out
    for answer in (print_answers, write_report):
        monkeypatch.setattr(fitted, "FITS", Fits(refused))  # a process that knows none
        answer(tmp_path)
    assert capsys.readouterr().out == first
    assert "set (included)" in first


def test_an_adaptive_study_that_goes_on_fits_no_block_again(tmp_path, monkeypatch, capsys):
    study = replace(table_study({"set": TABLES["set"]}), placement=Adaptive(low=0.02, most=16))
    counted = Counted()
    monkeypatch.setattr(
        fitted, "FITS", Fits(lambda o, seed: [counted(o), curve_posterior(o, seed)][1])
    )
    rows = run(study, tmp_path)
    placed = counted.times
    assert placed >= 1
    print_answers(tmp_path)
    assert counted.times <= placed + 1  # the second measure: the first was fitted to place trials
    monkeypatch.setattr(fitted, "FITS", Fits(refused))
    with Store.open(tmp_path) as store:
        store.expect(len(rows))  # as if it had been stopped
    assert repr(run(study, tmp_path)) == repr(rows)
    print_answers(tmp_path)


def test_a_study_that_went_to_its_end_places_nothing_again(tmp_path, monkeypatch):
    """Another version might fit a little differently, and place other trials."""
    study = replace(table_study({"set": TABLES["set"]}), placement=Adaptive(low=0.02, most=16))
    rows = run(study, tmp_path)
    monkeypatch.setattr(Adaptive, "next_block", refused)
    assert repr(run(study, tmp_path)) == repr(rows)
    with pytest.raises(AssertionError):
        run(replace(study, placement=Adaptive(low=0.02, most=24)), tmp_path)
