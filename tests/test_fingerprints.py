"""The names of records and trials, pinned: rows that were computed earlier go on counting."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from criticalmass import (
    Erase,
    FeatureLabel,
    FiniteTable,
    Grid,
    Population,
    ScikitLearner,
    SetColumns,
    Study,
)
from criticalmass.datasets import digits, synthetic_resumes
from criticalmass.signals import Coarsen, MoveToSubgroup

POPULATIONS = {
    "texts": "830145b13e1eda77044a497ceb14d5f08dcb54a8fc844f304ed42494713185cb",
    "sets": "5465333150cb397eccdb8c13491e30b094667ef3b0ed9f49ea60d0eaac606467",
    "table": "328ae11407612829c59821c588977b807765f60a616cb97d5916d22ffd6cbde4",
    "pandas": "328ae11407612829c59821c588977b807765f60a616cb97d5916d22ffd6cbde4",
    "polars": "328ae11407612829c59821c588977b807765f60a616cb97d5916d22ffd6cbde4",
    "floats": "b3a659eb1e1a49cd3a1cdfa622cdac665d3f54fe98b967366cf80fb295445335",
    "bytes": "08765556c0a35b3991b3547ad22d6bdffcdfe0331233c69089a8d79d8cc85816",
    "small": "0ea3cfd97e53ec0afdbcf824a268dc8944b1b819b35fe2043bd9d5a99efa01cf",
    "synthetic": "0e79b2898335d3d789d975ebd38b5850aa3466d046a7ce3a45f5f8ead140408e",
    "digits": "c9bdd31112d5ae247e1e16071cf3ffc428aa2743741fd95ff5bd40c72428210d",
    "cells": "328ae11407612829c59821c588977b807765f60a616cb97d5916d22ffd6cbde4",
}

TRIALS = {
    ("a", 0.0): "08c16a54610f0aea11926f90e5a6747c2334951071ecc82080961ee28ef655e2",
    ("a", 0.2): "a6728156b016431aa770f80900f00a5b4a2a1c0ba084090ce670f2f250eaa34c",
    ("b", 0.0): "6b51598977745afc7495034d71a1aad2995eb8a137065b6f4daf466be0233515",
    ("b", 0.2): "27bf5bc7e66781b98f16da2455dc570fe44e3c3a6e3d8a1a508e1e85cfd26196",
    # Since 30 November 2026 the most frequent text of a group stands for it, no longer the lowest.
    ("c", 0.0): "22bb1030ebcd8762307e540f6a62a2f19cf507596bf46dcea4066226eeac851a",
    ("c", 0.2): "e316402ee51eeb4e92f6a60d285ca78eb4871e9e858d7a4c6a32e06f27253246",
}


def columns():
    rows = np.arange(30)
    return {
        "age": rows + 20,
        "hours": np.linspace(0, 8, 30),
        "member": rows % 4 == 0,
        "job": np.array(["cook", "nurse", "café"], dtype=object)[rows % 3],
        "hired": np.array(["yes", "no"], dtype=object)[rows % 2],
    }


def table():
    return Population.from_table(columns(), label="hired")


def polars():
    frame = pl.DataFrame({name: values.tolist() for name, values in columns().items()})
    return Population.from_table(frame, label="hired")


def floats():
    return Population.from_arrays(np.arange(24.0).reshape(6, 2, 2), [0, 1, 2, 0, 1, 2])


def whole():
    array = np.arange(24, dtype=np.uint8).reshape(6, 2, 2)
    return Population.from_arrays(array, ["a", "b"] * 3)


MAKERS = {
    "texts": lambda: Population.from_texts(["a b", "cafe\u0301", " c  d "], ["x", "y", "x"]),
    "sets": lambda: Population.from_texts(["a", "b", "c"], [{"x", "y"}, set(), {"é"}]),
    "table": table,
    "pandas": lambda: Population.from_table(pd.DataFrame(columns()), label="hired"),
    "polars": polars,
    "floats": floats,
    "bytes": whole,
    "small": lambda: Population.from_arrays(
        np.arange(6, dtype=np.float32).reshape(6, 1), [True, False] * 3
    ),
    "synthetic": lambda: synthetic_resumes(100),
    "digits": digits,
    "cells": lambda: FiniteTable.of(table()).cells,
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_a_tidy_population_has_the_fingerprint_it_always_had(name):
    assert MAKERS[name]().fingerprint == POPULATIONS[name]


def test_trials_have_the_keys_they_always_had():
    train, test = table().split(test=10, seed=0)
    strategies = {
        "a": FeatureLabel(SetColumns({"job": "cook", "age": 33}), "yes"),
        "b": FeatureLabel(MoveToSubgroup({"member": True}), "yes"),
        "c": Erase(Coarsen("job", groups={"cook": "x"})),
    }
    grid = Grid((0.2,), repetitions=1)
    study = Study(train, test, ScikitLearner(LogisticRegression()), strategies, grid, scheme=1)
    assert {(trial.strategy, trial.alpha): trial.key for trial in study.trials()} == TRIALS
    assert all(trial.draws == trial.key for trial in study.trials())
