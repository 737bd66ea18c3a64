"""UCI Adult and UCI Car, trained and computed, as a user of tables would do it."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest
from numpy.lib.recfunctions import repack_fields
from sklearn.ensemble import HistGradientBoostingClassifier

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    FiniteTable,
    Grid,
    Population,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.datasets import adult
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation
from criticalmass.signals import Coarsen, MoveToSubgroup

RARE = SetColumns({"occupation": "Armed-Forces", "workclass": "Without-pay"})


def test_a_rare_combination_of_categories_is_easy_to_plant(real, tmp_path):
    people = adult(real("adult.parquet")).take(np.arange(6000))
    train, test = people.split(test=1000, seed=0)
    study = Study(
        train,
        test,
        ScikitLearner(HistGradientBoostingClassifier(max_iter=30)),
        {
            "rare": FeatureLabel(RARE, ">50K"),
            "rare, no label": FeatureOnly(RARE, ">50K"),
            "help a subgroup": FeatureLabel(
                MoveToSubgroup({"sex": "Female", "education": "HS-grad"}), ">50K"
            ),
        },
        Grid((0.001, 0.01, 0.1), repetitions=1),
    )
    rows = run(study, tmp_path)
    assert not any(row.error for row in rows)
    rate = {(row.strategy, row.asked): row.rate("included") for row in rows}
    assert rate["rare", 0.0] < 0.4
    assert rate["rare", 0.1] > 0.95
    assert rate["rare, no label", 0.1] > rate["rare, no label", 0.0]
    assert rate["help a subgroup", 0.1] > rate["help a subgroup", 0.0]
    changed = {(row.strategy, row.asked): row.changed for row in rows}
    assert changed["rare", 0.1] == 500
    assert changed["rare, no label", 0.1] < 200


COLUMNS = ["education", "occupation", "relationship"]


def test_census_theory_is_the_same_from_file_and_population(real):
    people = adult(real("adult.parquet"))
    few = replace(people, features=repack_fields(people.features[COLUMNS]))
    counted = FiniteTable.read(real("adult.parquet"), label="income", columns=COLUMNS)
    shares = np.geomspace(1e-4, 1, 100)
    for strategy in (
        FeatureLabel(SetColumns({"occupation": "Armed-Forces"}), ">50K"),
        FeatureOnly(SetColumns({"occupation": "Armed-Forces"}), ">50K", recruit="target"),
        FeatureLabel(MoveToSubgroup({"relationship": "Unmarried"}), ">50K"),
        Erase(DropColumn("relationship")),
    ):
        exact = strategy.exact(counted)
        assert np.allclose(exact.success(shares), strategy.exact(few).success(shares))
        bound = strategy.bound(counted)
        assert (bound.success(shares) <= exact.success(shares) + 1e-9).all()
        for sense in ("contamination", "conditional-tv", "joint-tv"):
            worst = strategy.exact(counted, epsilon=0.01, suboptimality=sense)
            assert (worst.success(shares) <= exact.success(shares) + 1e-9).all()


def test_cars_trained_are_cars_computed(real):
    """UCI Car: every combination once; of three columns, 36 different cars with 48 each."""
    table = duckdb.read_parquet(str(real("car.parquet"))).fetchnumpy()
    names = ("buying", "persons", "safety", "class")
    columns = {name: np.asarray(table[name], dtype=object) for name in names}
    cars = Population.from_table(columns, label="class", name="cars")
    compared = 0
    for strategy in (
        FeatureLabel(SetColumns({"safety": "low"}), "good"),
        FeatureOnly(SetColumns({"safety": "med", "persons": "4"}), "acc"),
        Erase(DropColumn("safety"), knowledge="known"),
        Erase(Coarsen("buying", groups={"high": "dear", "vhigh": "dear"}), knowledge="known"),
    ):
        curve = strategy.exact(cars)
        copies = cars.take(np.repeat(np.arange(len(cars)), 20))
        marked = strategy.signal.apply(cars.features, population=cars, rng=np.random.default_rng(0))
        for parts in (1, 3, 7, 13):
            members = np.flatnonzero(np.arange(len(copies)) % 20 < parts)
            edit = strategy.edit(copies, members, np.random.default_rng(0))
            learner = BayesOptimal()
            model = learner.fit(learner.prepare(copies), edit, seed=0)
            said = Evaluation(
                model.scores(marked), model.scores(cars.features),
                None if strategy.target_label is None else cars.label_index(strategy.target_label),
                False,
            )  # fmt: skip
            success = MEASURES["erased" if said.target is None else "top1"].judge(said).mean()
            tie = np.isclose(curve.low, parts / 20) | np.isclose(curve.high, parts / 20)
            if not tie.any():
                assert curve.success(parts / 20) == pytest.approx(success)
                compared += 1
    assert compared >= 12
