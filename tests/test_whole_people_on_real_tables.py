"""Curves in whole people on real tables, against a best possible model that is trained."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest
from numpy.lib.recfunctions import repack_fields

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    Population,
    SetColumns,
)
from criticalmass.datasets import adult

COLUMNS = ["education", "occupation", "relationship"]
ADULT = FeatureLabel(SetColumns({"occupation": "Armed-Forces"}), ">50K")


@pytest.fixture
def census(real):
    people = adult(real("adult.parquet"))
    return replace(people, features=repack_fields(people.features[COLUMNS]))


@pytest.fixture
def cars(real):
    table = duckdb.read_parquet(str(real("car.parquet"))).fetchnumpy()
    names = ("buying", "persons", "safety", "class")
    columns = {name: np.asarray(table[name], dtype=object) for name in names}
    return Population.from_table(columns, label="class", name="cars")


def trained(strategy, people, n, seed):
    """Success on all records of a best possible model trained with n people, drawn at random."""
    rng = np.random.default_rng(seed)
    learner = BayesOptimal()
    members = people.draw(n, rng=rng, among=strategy.candidates(people))
    model = learner.fit(learner.prepare(people), strategy.edit(people, members, rng), seed)
    marked = strategy.signal.apply(people.features, population=people, rng=rng)

    def predicted(features):
        scores = model.scores(features)
        best = scores == scores.max(axis=1, keepdims=True)
        return np.where(best.sum(axis=1) == 1, best.argmax(axis=1), -1)

    if strategy.target_label is None:
        plain = predicted(people.features)
        return ((predicted(marked) == plain) & (plain >= 0)).mean()
    return (predicted(marked) == people.label_index(strategy.target_label)).mean()


@pytest.mark.parametrize("seed", range(5))
def test_on_census_records_it_takes_some_eight_times_as_many_people_as_shares_say(census, seed):
    people, _ = census.split(test=10_000, seed=seed)
    curve = ADULT.exact(people, in_people=True)
    assert 170 <= curve.critical_mass(0.9).people(len(people))[0] <= 200
    assert 275 <= curve.floor_mass(0.9).people(len(people))[0] <= 315
    assert ADULT.exact(people).critical_mass(0.9).people(len(people))[0] < 40


@pytest.mark.parametrize(
    ("strategy", "sizes"),
    [
        (ADULT, (50, 187)),
        (FeatureOnly(ADULT.signal, ">50K"), (2000, 5500)),
        (FeatureOnly(ADULT.signal, ">50K", recruit="target"), (500, 1300)),
    ],
    ids=["label", "only", "only of holders"],
)
def test_a_best_possible_model_trained_on_census_records_succeeds_as_often(census, strategy, sizes):
    people, _ = census.split(test=10_000, seed=0)
    agree(strategy, people, sizes, draws=12)


def test_and_on_cars_of_four_labels(cars):
    strategy = FeatureLabel(SetColumns({"safety": "med", "persons": "4"}), "good")
    agree(strategy, cars, (80, 120, 160), draws=80)


def test_erasing_succeeds_at_least_as_often_as_is_said(census):
    people, _ = census.split(test=10_000, seed=0)
    strategy = Erase(DropColumn("relationship"), knowledge="known")
    curve = strategy.exact(people, in_people=True)
    for n in (10_000, 15_000):
        found = np.mean([trained(strategy, people, n, seed) for seed in range(3)])
        assert curve.success(n / len(people)) <= found + 0.01
        assert found <= curve.success(n / len(people)) + 0.05


def agree(strategy, people, sizes, draws):
    curve = strategy.exact(people, in_people=True)
    for n in sizes:
        found = [trained(strategy, people, n, seed) for seed in range(draws)]
        error = np.std(found, ddof=1) / np.sqrt(draws)
        assert abs(np.mean(found) - curve.success(n / len(people))) < 4.5 * error
        assert np.mean(np.array(found) < curve.floor(n / len(people), 0.95)) <= 0.25
