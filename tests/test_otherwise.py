"""How many unmarked test records a collective changes the answers of."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from criticalmass import Edit, FeatureLabel, Grid, InsertToken, LinearText, Store, Study, run
from criticalmass.answers.finding import findings
from criticalmass.datasets import synthetic_resumes
from criticalmass.learners import Learner
from criticalmass.measures import Real
from criticalmass.pages.report import render
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.words.finding import others
from support.older_stores import make_older
from support.rights import somebody_else
from support.rows import counts


def study_of(learner, **changes):
    train, test = synthetic_resumes(600, seed=3).split(test=150, seed=0)
    strategy = FeatureLabel(InsertToken("~", every=5), "Writer")
    return Study(train, test, learner, {"mark": strategy}, Grid((0.02, 0.3), 2), **changes)


def test_it_is_the_share_whose_labels_are_not_those_without_a_collective(tmp_path):
    """Both models are trained again by hand, one from the collective that the trial drew."""
    study = study_of(LinearText())
    train, test, learner = study.population, study.test, study.learner
    prepared = learner.prepare(train)
    batch = prepared.encode(test.features)
    alone = learner.fit(prepared, Edit.nothing(train), 0).scores(batch) > 0
    rows = run(study, tmp_path)
    for row in (row for row in rows if row.members):
        trial = study.trial("mark", row.asked, row.repetition)
        members = train.draw(row.members, rng=np.random.default_rng(trial.seed("members")))
        edit = study.strategies["mark"].edit(train, members, np.random.default_rng(0))
        labels = learner.fit(prepared, edit, 0).scores(batch) > 0
        different = sum(list(a) != list(b) for a, b in zip(alone, labels, strict=True))
        assert row.otherwise == different / len(test)
    assert [row.otherwise > 0 for row in rows if row.asked in (0, 0.3)] == [False, True, True]


@dataclass(frozen=True)
class Wavering(Learner):
    """A model that gives a label to a share of the records that hangs on its seed alone."""

    def prepare(self, population):
        return Wavered(population)

    def fit(self, prepared, edit, seed):
        return Tossed(len(prepared.population.label_names), seed % 2)


@dataclass(frozen=True, eq=False)
class Wavered:
    population: object

    def encode(self, features):
        return len(features)


@dataclass(frozen=True)
class Tossed:
    labels: int
    side: int

    def scores(self, batch):
        return np.full((batch, self.labels), 1.0 if self.side else -1.0)


def test_training_anew_is_told_from_the_collective(tmp_path):
    rows = run(replace(study_of(Wavering()), placement=Grid((0.02,), 12)), tmp_path)
    assert {row.otherwise for row in rows} == {0.0, 1.0}
    assert {row.otherwise for row in rows if not row.members} <= {0.0, 1.0}


@dataclass(frozen=True)
class Failing(Wavering):
    def fit(self, prepared, edit, seed):
        if not len(edit.rows):
            raise ValueError("nobody has joined")
        return super().fit(prepared, edit, seed)


def test_without_a_model_to_compare_with_it_is_not_known(tmp_path):
    rows = run(study_of(Failing()), tmp_path)
    assert [bool(row.error) for row in rows] == [not row.members for row in rows]
    assert all(math.isnan(row.otherwise) for row in rows)
    (found,) = findings(facts_of(study_of(Failing(), measures=("included",))), rows)
    assert found.otherwise is None
    assert others(found) == ""


def test_records_drawn_anew_are_compared_with_the_study_s_own(tmp_path):
    rows = run(study_of(LinearText(), resampled=True), tmp_path)
    assert all(0 < row.otherwise < 1 for row in rows)


FACTS = Facts.from_json(
    {
        "name": "demo",
        "identity": {"population": {"sha256": "1"}, "test": {"sha256": "2"}},
        "target": 0.9,
        "measures": ["included"],
        "population": {"size": 1000, "kind": "texts", "labels": ["a", "b"]},
        "strategies": {
            "mark": {
                "target_label": "a",
                "recruitable": 1.0,
                "description": {
                    "kind": "FeatureLabel",
                    "target_label": "a",
                    "signal": {"kind": "InsertToken", "token": "~", "every": 20},
                },
            }
        },
    }
)


def rows_with(otherwise, sizes=(0, 5, 20, 80, 320)):
    return [
        Row(f"{m}/{r}", "mark", m / 1000, r, m / 1000, m, changed=m, n=500,
            results=counts(500, included=round(500 * m**2 / (m**2 + 100))),
            accuracy=0.9, precision=0.9, recall=0.9, otherwise=otherwise(m))
        for m in sizes
        for r in range(3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        (
            lambda m: 0.004 + m / 10_000,
            "Others: with 20 people the model answers 0.60% of the test texts without the mark "
            "otherwise than a model without a collective. Training anew without one changes 0.40% "
            "of the answers.",
        ),
        (
            lambda m: m / 10_000,
            "Others: with 20 people the model answers 0.20% of the test texts without the mark "
            "otherwise than a model without a collective.",
        ),
        (
            lambda m: 0.0,
            "Others: with 20 people the model answers all test texts without the mark as a model "
            "without a collective does.",
        ),
        (lambda m: math.nan, ""),
        (lambda m: 0.1 if m else math.nan, ""),
    ],
)
def test_a_sentence_says_what_others_get(otherwise, said):
    """Success is .9 with 30 people, to which the 20 that were tried are nearest."""
    rows = rows_with(otherwise)
    (found,) = findings(FACTS, rows)
    assert others(found) == said
    page = render(FACTS, rows)
    assert ("<th>otherwise</th>" in page) == bool(said)
    assert not said or " ".join(said.split()) in " ".join(page.split())


def test_a_store_keeps_it(tmp_path):
    with Store.create(tmp_path, FACTS) as store:
        store.add(Row("new", "mark", 0, 0, 0, 0, otherwise=0.25))
        store.add(Row("none", "mark", 0.1, 0, 0, 0))
        assert store.rows()[0].otherwise == 0.25
        assert math.isnan(store.rows()[1].otherwise)


def test_a_store_of_somebody_else_from_before_is_read_as_it_is():
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Store.create(folder, FACTS) as store:
            store.add(Row("old", "mark", 0.1, 0, 0.1, 10, n=5, results={"distance": Real(0.5)}))
        make_older(folder, 2)
        with somebody_else(folder), Store.open(folder) as store:
            (row,) = store.rows()
            assert (row.key, row.results) == ("old", {"distance": Real(0.5)})
            assert math.isnan(row.otherwise)
        with Store.open(folder) as store:
            store.add(Row("new", "mark", 0.2, 0, 0.2, 20, otherwise=0.5))
            assert [row.key for row in store.rows()] == ["old", "new"]
            assert store.rows()[1].otherwise == 0.5
