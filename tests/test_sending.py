"""Classes of a notebook and of the prompt go to worker processes with their code."""

import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass

import pytest

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run
from criticalmass.errors import StudyError
from criticalmass.studies.identity.describe import describe
from criticalmass.studies.running.engines import Dask
from criticalmass.studies.running.engines.sending import pickled
from support.dask_clusters import cluster

CELL = '''
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from criticalmass import FeatureLabel, LinearText


class How(Enum):
    LOUD = "loud"
    CALM = "calm"


def written(text, how):
    return text.upper() if how is How.LOUD else text


@dataclass(frozen=True)
class Mark:
    """A base class of a cell."""

    words: int = 3

    @cached_property
    def end(self):
        return " ~" * self.words


@dataclass(frozen=True)
class Shout(Mark):
    how: How = How.LOUD

    def apply(self, features, *, population, rng):
        return np.array([written(text, self.how) + self.end for text in features], dtype=object)


@dataclass(frozen=True)
class Careful:
    """A learner of a cell that has another inside."""

    inner: LinearText = LinearText()

    def prepare(self, population):
        return self.inner.prepare(population)

    def fit(self, prepared, edit, seed):
        return self.inner.fit(prepared, edit, seed)


class Outer:
    @dataclass(frozen=True)
    class Quietly(FeatureLabel):
        """A strategy of a cell, inside another class."""
'''
STUDY = """
from criticalmass import Grid, Study, run
from criticalmass.datasets import synthetic_resumes

def study():
    train, test = synthetic_resumes(140).split(test=40, seed=0)
    strategies = {
        "shout": FeatureLabel(Shout(), "Writer"),
        "calm": Outer.Quietly(Shout(how=How.CALM), "Writer"),
    }
    return Study(train, test, Careful(), strategies, Grid((0.1, 0.2), repetitions=1))

def rows(folder, **where):
    return [row.without_time() for row in run(study(), folder, **where)]
"""


def in_a_cell(source):
    """Execute a cell as a notebook does: there is no module to import from."""
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<ipython-input-1>", "exec"), namespace)
    return namespace


def test_classes_of_a_cell_give_the_same_rows_in_two_processes_as_in_one(tmp_path):
    cell = in_a_cell(CELL + STUDY)
    here = cell["rows"](tmp_path / "one")
    assert not any(row.error for row in here)
    assert cell["rows"](tmp_path / "two", jobs=2) == here


def test_classes_of_a_cell_reach_the_workers_of_dask(tmp_path):
    cell = in_a_cell(CELL + STUDY)
    with cluster(tmp_path) as (address, _):
        there = cell["rows"](tmp_path / "dask", engine=Dask(address))
    assert there == cell["rows"](tmp_path / "one")


def test_what_is_typed_at_the_prompt_runs_with_two_processes(tmp_path):
    program = CELL + STUDY + 'assert rows("two", jobs=2) == rows("one")\nprint("the same")\n'
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "the same\n", done.stderr


def test_a_cell_that_is_run_again_names_the_same_trials_although_its_bytes_differ():
    first, again = (in_a_cell(CELL + STUDY)["study"]() for _ in range(2))
    assert type(first.learner) is not type(again.learner)
    assert first.identity == again.identity
    assert [t.key for t in first.trials()] == [t.key for t in again.trials()]
    back = pickle.loads(pickled(first))
    assert describe(back.learner) == describe(first.learner)
    assert [t.key for t in back.trials()] == [t.key for t in first.trials()]


@dataclass(frozen=True)
class Locked:
    """A learner that makes a lock, which no process can send to another."""

    def __post_init__(self):
        object.__setattr__(self, "lock", threading.Lock())

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        with self.lock:
            return LinearText().fit(prepared, edit, seed)


def test_things_that_cannot_be_sent_are_named_in_one_line(texts, tmp_path):
    train, test = texts.split(test=20, seed=0)
    mark = FeatureLabel(InsertToken("~"), "Writer")
    study = Study(train, test, Locked(), {"mark": mark}, Grid((0.1, 0.2), repetitions=1))
    with pytest.raises(StudyError) as refused:
        run(study, tmp_path / "out", jobs=2)
    assert str(refused.value) == (
        "the learner cannot be sent to worker processes (TypeError: cannot pickle '_thread.lock' "
        "object); move what it uses into a module that it imports, or run the study without jobs "
        "and engine"
    )
    assert not (tmp_path / "out").exists()
    assert len(run(study, tmp_path / "out")) == 3


def test_a_strategy_that_cannot_be_sent_is_called_by_its_name(texts):
    train, test = texts.split(test=20, seed=0)
    plain = FeatureLabel(InsertToken("~"), "Writer")
    locked = FeatureLabel(InsertToken("+"), "Writer")
    object.__setattr__(locked, "lock", threading.Lock())
    study = Study(train, test, LinearText(), {"plain": plain, "locked": locked}, Grid((0.1,)))
    with pytest.raises(StudyError, match=r"^strategy 'locked' cannot be sent to worker processes"):
        pickled(study)
