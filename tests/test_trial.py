from dataclasses import dataclass, replace

import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, Grid, InsertToken, LinearText, Study
from criticalmass.measures.quality import quality
from criticalmass.studies import Bench

SIGNAL = InsertToken("~", every=10)


@dataclass(frozen=True)
class Fragile:
    """A learner that fails for large collectives and warns for small ones."""

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        if len(edit.members) > 20:
            raise MemoryError("no memory for so many\nsecond line")
        if len(edit.members):
            np.log(np.zeros(1))  # numpy warns of a division by zero
        return LinearText().fit(prepared, edit, seed)


@pytest.fixture(scope="module")
def study(texts):
    train, test = texts.split(test=40, seed=0)
    return Study(
        train,
        test,
        LinearText(),
        {
            "mark": FeatureLabel(SIGNAL, "Writer"),
            "mark only": FeatureOnly(SIGNAL, "Writer"),
        },
        Grid((0.1, 0.4)),
    )


@pytest.fixture(scope="module")
def bench(study):
    return Bench(study)


def test_a_row_tells_what_was_done(study, bench):
    row = bench.run(study.trial("mark", 0.1))
    assert (row.members, row.changed, row.alpha, row.n) == (8, 8, 0.1, 40)
    assert set(row.results) == {"included", "top1"}
    assert row.error == ""
    assert row.seconds > 0
    only = bench.run(study.trial("mark only", 0.4))
    assert only.members == 32
    assert 0 < only.changed < 32


def test_successes_are_those_of_a_model_trained_by_hand(study, bench):
    trial = study.trial("mark", 0.4)
    row = bench.run(trial)
    strategy = study.strategies["mark"]
    members = study.population.draw(32, rng=np.random.default_rng(trial.seed("members")))
    edit = strategy.edit(study.population, members, np.random.default_rng(0))
    learner = LinearText()
    prepared = learner.prepare(study.population)
    model = learner.fit(prepared, edit, 0)
    marked = SIGNAL.apply(
        study.test.features, population=study.population, rng=np.random.default_rng(0)
    )
    target = study.population.label_index("Writer")
    scores = model.scores(prepared.encode(marked))
    assert row.results["included"].successes == (scores[:, target] > 0).sum()
    assert row.results["top1"].successes == (scores.argmax(axis=1) == target).sum()
    plain = model.scores(prepared.encode(study.test.features))
    assert row.accuracy == quality(plain, study.test.labels, label_sets=True).accuracy


def test_the_reference_has_no_members(study, bench):
    row = bench.run(study.trial("mark", 0.0))
    assert (row.members, row.changed, row.alpha) == (0, 0, 0.0)
    assert row.n == 40


def test_the_same_trial_gives_the_same_row(study, bench):
    trial = study.trial("mark", 0.1, 1)
    first = bench.run(trial)
    bench.run(study.trial("mark", 0.4))
    assert bench.run(trial).without_time() == first.without_time()
    assert Bench(study).run(trial).without_time() == first.without_time()


def test_repetitions_draw_other_members(study):
    seeds = {study.trial("mark", 0.1, again).seed("members") for again in range(5)}
    assert len(seeds) == 5


def test_failures_and_warnings_become_rows(study):
    fragile = Study(study.population, study.test, Fragile(), study.strategies, study.placement)
    bench = Bench(fragile)
    failed = bench.run(fragile.trial("mark", 0.4))
    assert failed.error == "MemoryError: no memory for so many"
    assert failed.members == 32
    assert failed.results == {}
    warned = bench.run(fragile.trial("mark", 0.1))
    assert warned.error == ""
    assert warned.warning == "divide by zero encountered in log"
    assert replace(warned, warning="", key="", seed=0).n == 40


@dataclass(frozen=True)
class Nameless:
    """A learner whose scores are not numbers."""

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        model = LinearText().fit(prepared, edit, seed)
        return replace(model, intercepts=model.intercepts * np.nan)


def test_scores_that_are_not_numbers_are_a_failure(study):
    nameless = Study(study.population, study.test, Nameless(), study.strategies, study.placement)
    row = Bench(nameless).run(nameless.trial("mark", 0.1))
    assert row.error == "DataError: the model's scores are not numbers"
