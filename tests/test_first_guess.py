"""First guesses: their arithmetic, how far trained models are from it, and where trials begin."""

import json
import math
import sqlite3
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.pipeline import make_pipeline

from criticalmass import (
    Adaptive,
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    Population,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    Store,
    Study,
    run,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import ParameterError, StoreError
from criticalmass.learners import learner_of
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.learners.regressions.mark_alone import MarkedRegression
from criticalmass.learners.scikit.guessing import penalty_of, regression_of
from criticalmass.messages import speaking
from criticalmass.pages.report import render
from criticalmass.signals import RedactWords
from criticalmass.studies import Bench, first_guesses
from criticalmass.studies.facts import facts_of
from criticalmass.studies.placement import Search
from criticalmass.words.first_guess import before_trials, beside_trials, legend
from support.command_line import called
from support.findings import facts_of_texts, rows_of_success
from support.messages import Accented
from support.studies import rows_of
from support.study_files import write_study

MARK = FeatureLabel(InsertToken("~", every=6), "Writer")


def texts(size=600, strategies=None, **changes):
    """A study of made-up profiles."""
    train, test = synthetic_resumes(size + 300).split(test=300, seed=0)
    study = Study(train, test, LinearText(), strategies or {"mark": MARK}, measures=("included",))
    return replace(study, **changes)


def table(learner, size=3000, value="new", label="yes"):
    """A study of a table in which hardly anybody has one of the jobs, or nobody."""
    rng = np.random.default_rng(0)
    n = size + 1000
    jobs = rng.choice(["cook", "nurse", "clerk", "rare"], n, p=[0.4, 0.3, 0.298, 0.002])
    town = rng.choice(["a", "b", "c", "d"], n)
    odds = -1.0 + 1.2 * (jobs == "cook") - 0.8 * (town == "a") + 0.5 * (town == "b")
    hired = np.where(rng.random(n) < expit(odds), "yes", "no")
    columns = {"job": jobs.astype(object), "town": town.astype(object)}
    people = Population.from_table(columns | {"hired": hired.astype(object)}, label="hired")
    if value == "new":
        value = "rare"
        taken = people.features["job"].astype(object)
        keep = np.flatnonzero((taken != "rare") | (np.arange(n) >= n - 1))
        people = people.take(keep)
    train, test = people.split(test=800, seed=0)
    strategies = {"set": FeatureLabel(SetColumns({"job": value}), label)}
    return Study(train, test, learner, strategies, measures=("included",))


def regression(rng, *, size=400, members=50, carriers=0, penalty=1.0, v=1.0):
    """A regression on one column of noise and one of the mark, at its optimum."""
    x = np.column_stack([rng.normal(size=size), np.zeros(size)])
    x[rng.choice(size, carriers, replace=False), 1] = v
    y = rng.random(size) < expit(1.5 * x[:, 0] - 1)
    model = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000).fit(x, y)
    rows = np.sort(rng.choice(size, members, replace=False))
    marked = x[rows].copy()
    marked[:, 1] = v
    judged = np.column_stack([rng.normal(size=500), np.full(500, v)])
    return MarkedRegression(
        x, y, model.coef_[0], float(model.intercept_[0]), penalty, marked, rows,
        np.ones(members, dtype=bool), 1.0, judged,
    )  # fmt: skip


@pytest.mark.parametrize("penalty", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("v", [0.3, 1.0])
def test_without_carriers_the_guess_is_the_formula_of_the_penalty(penalty, v):
    """n* = λ w* / v² / E σ(−(f + w*)), with w* the logit that the mark lacks."""
    found = regression(np.random.default_rng(0), penalty=penalty, v=v)
    f = found.marked[:, 0] * found.weights[0] + found.intercept
    lacks = -np.sort(f)[math.ceil(0.1 * len(f)) - 1 + (0.1 * len(f) == int(0.1 * len(f)))]
    base = found.members[:, 0] * found.weights[0] + found.intercept
    expected = penalty * lacks / v**2 / np.mean(expit(-(base + lacks)))
    guess = found.guess(0.9)
    assert guess.share == 0
    assert guess.heads == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("carriers", [0, 20])
def test_with_as_many_people_as_guessed_the_mark_wins_all_else_the_same(seed, carriers):
    """The oracle minimises the loss along the mark, with all other weights where they were."""
    found = regression(np.random.default_rng(seed), carriers=carriers)
    guess = found.guess(0.9)
    e = found.direction()
    assert np.allclose(e, [0, 1])

    def success(n):
        old = found.inputs[found.rows]

        def loss(delta):
            def total(x, y):
                odds = x @ (found.weights + delta * e) + found.intercept
                return np.logaddexp(0, odds) - y * odds

            new = total(found.members, 1.0).mean() - total(old, found.labels[found.rows]).mean()
            weights = found.weights + delta * e
            everyone = total(found.inputs, found.labels).sum()
            return everyone + n * new + found.penalty / 2 * weights @ weights

        delta = minimize_scalar(loss, bounds=(-50, 50), method="bounded", options={"xatol": 1e-9}).x
        odds = found.marked @ (found.weights + delta * e) + found.intercept
        return (odds > 0).mean()

    exact = guess.heads + guess.share * guess.size
    assert success(exact * 1.02) >= 0.9 > success(exact * 0.98)
    assert (guess.share > 0) == (carriers > 0)


def trained(study, people, draws=4):
    """The mean success of models that were trained with so many people."""
    (name,) = study.strategies
    size = len(study.population)
    study = replace(study, placement=Grid((people / size,), repetitions=draws))
    rows = Bench(study).run_many([t for t in study.trials() if t.alpha > 0])
    return float(np.mean([row.rate(study.measures_of(name)[0]) for row in rows]))


STUDIES = {
    "words": lambda: texts(1500),
    "a pipeline": lambda: texts(
        600, learner=ScikitLearner(make_pipeline(TfidfVectorizer(token_pattern=r"\S+"),
                                                 LogisticRegression(C=3)))),
    "a fixed penalty": lambda: table(ScikitLearner(LogisticRegression())),
    "a mean penalty": lambda: table(RiskMinimizer(l2=1e-3), value="rare"),
    "its first label": lambda: table(RiskMinimizer(l2=1e-3), value="rare", label="no"),
    "as C": lambda: table(ScikitLearner(LogisticRegression(C=1 / 3)), value="rare"),
}  # fmt: skip


@pytest.mark.parametrize("case", STUDIES)
def test_trained_models_need_about_as_many_people_as_guessed(case):
    study = STUDIES[case]()
    (guess,) = first_guesses(study).values()
    assert trained(study, math.ceil(2 * guess.people)) >= 0.9
    assert trained(study, max(math.floor(guess.people / 2), 1)) < 0.9


def test_a_penalty_beside_the_mean_loss_makes_it_a_share():
    fixed, mean, by_c = (
        [first_guesses(table(learner, size, "rare"))["set"] for size in (1500, 6000)]
        for learner in (
            ScikitLearner(LogisticRegression()),
            RiskMinimizer(l2=1e-3),
            ScikitLearner(LogisticRegression(C=1 / 1.5)),  # l2 = .001 of 1,500
        )
    )
    assert 0.8 < fixed[1].heads / fixed[0].heads < 1.3
    assert mean[0].heads == 0 < mean[0].share
    assert 0.7 < mean[1].share / mean[0].share < 1.4
    # one codes jobs against the most frequent, the other gives each a column of its own
    assert 0.6 < mean[0].people / by_c[0].people < 1.6
    stochastic = SGDClassifier(loss="log_loss", alpha=1e-3, random_state=0)
    assert first_guesses(table(ScikitLearner(stochastic), 1500, "rare"))["set"].heads == 0


def test_records_that_carry_the_mark_add_a_share():
    some = first_guesses(table(ScikitLearner(LogisticRegression()), value="nurse"))["set"]
    none = first_guesses(table(ScikitLearner(LogisticRegression())))["set"]
    assert none.share < 1e-3 < 0.05 < some.share


@pytest.mark.parametrize(
    "study",
    [
        texts(learner=LinearText(epochs=3)),
        texts(strategies={"words": FeatureLabel(RedactWords(("client", "years")), "Writer")}),
        texts(measures=("top1",)),
        table(ScikitLearner(RandomForestClassifier())),
        table(ScikitLearner(SGDClassifier())),  # hinge loss
        table(ScikitLearner(LogisticRegression(class_weight="balanced"))),
        replace(table(ScikitLearner(LogisticRegression())),
                strategies={"erase": Erase(DropColumn("town"))}, measures=("erased",)),
    ],
    ids=["epochs", "no mark", "top1", "forest", "hinge", "weights", "erase"],
)  # fmt: skip
def test_where_the_arithmetic_says_nothing_there_is_no_guess(study):
    assert first_guesses(study) == {}


def test_three_labels_and_numbers_get_no_guess():
    people = Population.from_texts(["a b c", "b c d", "c d e"] * 20, ["x", "y", "z"] * 20)
    train, test = people.split(test=20, seed=0)
    mark = {"mark": FeatureLabel(InsertToken("~", every=2), "x")}
    assert first_guesses(Study(train, test, LinearText(), mark)) == {}
    assert regression_of(Ridge()) is None


def test_who_needs_nobody_is_told_so():
    study = texts()
    label = study.population.label_names[int(study.population.held.mean(axis=0).argmax())]
    mark = replace(MARK, target_label=label)
    found = first_guesses(replace(study, strategies={"mark": mark}, target=0.001))["mark"]
    assert (found.people, found.reached) == (0, True)


def test_penalties_are_those_of_the_summed_loss():
    assert penalty_of(LogisticRegression(C=0.1), 500) == pytest.approx(10)
    assert penalty_of(SGDClassifier(loss="log_loss", alpha=1e-3), 500) == pytest.approx(0.5)


@pytest.mark.parametrize("heads", [-1.0, math.nan])
def test_a_guess_of_fewer_than_nobody_is_refused(heads):
    with pytest.raises(ParameterError, match="a first guess is h from 0 on"):
        FirstGuess(heads, 0.0, 100)


def test_a_guess_says_what_it_expects_of_another_size():
    guess = FirstGuess(30.0, 0.01, 1000)
    assert (guess.people, guess.of(10_000).people) == (40, 130)
    never = FirstGuess(math.inf, 0.0, 1000)
    assert (never.people, never.reached) == (None, False)
    assert FirstGuess.from_json(json.loads(json.dumps(never.to_json()))) == never
    too_many = FirstGuess(2000.0, 0.0, 1000)
    assert (too_many.people, too_many.reached) == (None, False)
    assert (too_many.of(2000).people, too_many.of(2000).reached) == (2000, True)


def shares(guess, **fields):
    search = Search(10_000, 10_000, "included", 0.9, guess=guess)
    return [share for share, _ in Adaptive(**fields).next_block(search, [])]


def test_the_first_block_lies_around_the_guess():
    block = shares(0.004)
    assert (block[0], block[-1]) == (0.0005, 0.012)
    assert block == sorted(block)
    assert shares(None) == shares(0.0)
    assert shares(None)[0] == 0.0001
    assert shares(0.9)[-1] == 1.0


def test_the_ends_that_were_asked_for_hold_beside_a_guess():
    block = shares(0.004, low=0.002, high=0.01)
    assert (block[0], block[-1]) == (0.002, 0.01)
    assert shares(0.5, low=0.002, high=0.01) == shares(None, low=0.002, high=0.01)


def test_a_study_begins_around_its_guess_and_goes_on_from_the_store(tmp_path):
    study, told = texts(placement=Adaptive(most=16)), []
    run(study, tmp_path / "whole", guessed=told.append)
    guess = first_guesses(study)["mark"]
    assert told == [{"mark": guess}]
    whole = rows_of(tmp_path / "whole")
    first = study.next_trials("mark", [], guess)
    assert {trial.key for trial in first} <= {row.key for row in whole}
    assert {trial.key for trial in study.trials()} - {row.key for row in whole}

    with Store.create(tmp_path / "half", facts_of(study)) as store:  # stopped after five trials
        store.keep_guesses({"mark": guess})
        keys = {trial.key for trial in first[:5]}
        for row in whole:
            if row.key in keys:
                store.add(row)
    run(study, tmp_path / "half")
    assert rows_of(tmp_path / "half") == whole


def test_a_store_that_was_begun_without_a_guess_goes_on_without(tmp_path):
    study = texts(placement=Adaptive(most=16))
    Store.create(tmp_path, facts_of(study)).close()
    told = []
    run(study, tmp_path, guessed=told.append)
    assert told == []
    assert {trial.key for trial in study.trials()} <= {row.key for row in rows_of(tmp_path)}


@pytest.mark.parametrize("kept", ['{"mark": {"heads": -1, "share": 0, "size": 9}}', "[1]", "{"])
def test_a_damaged_guess_is_one_line(kept, tmp_path):
    study = texts(placement=Grid((0.02, 0.1), repetitions=1))
    run(study, tmp_path)
    with sqlite3.connect(tmp_path / "trials.sqlite") as connection:
        connection.execute("REPLACE INTO meta VALUES ('first guesses', ?)", [kept])
    connection.close()
    with Store.open(tmp_path) as store, pytest.raises(StoreError, match="damaged, or not what"):
        store.guesses()


def test_a_learner_of_your_own_may_guess_or_not():
    @dataclass(frozen=True)
    class Mine:
        def prepare(self, population): ...
        def fit(self, prepared, edit, seed): ...

    @dataclass(frozen=True)
    class Knowing(Mine):
        def first_guesses(self, population, asked):
            return [FirstGuess(7.0, 0.0, len(population))] * len(asked)

    assert learner_of(Mine()).first_guesses(None, [None]) == [None]
    assert first_guesses(texts(learner=Knowing()))["mark"].people == 7


def test_people_who_hold_the_label_already_weigh_less():
    strategies = {"mark": MARK, "only": FeatureOnly(MARK.signal, "Writer", recruit="target")}
    found = first_guesses(texts(strategies=strategies))
    assert found["only"].people > 2 * found["mark"].people


WORDS = [
    (FirstGuess(32.4, 0.0, 16_500), "about 33 people (0.20%)", "was 33 people (0.20%)"),
    (FirstGuess(0.0, 0.0, 100), "nobody needs to join", "nobody needs to join"),
    (FirstGuess(math.inf, 0.0, 100), "perhaps more than there are", "perhaps more than there are"),
    (FirstGuess(120.0, 0.0, 100), "perhaps more than there are", "perhaps more than there are"),
]


@pytest.mark.parametrize(("guess", "before", "beside"), WORDS)
def test_a_guess_is_said_before_trials_and_beside_them(guess, before, beside):
    assert before in before_trials("mark", guess)
    assert beside in beside_trials(guess)


def test_the_report_shows_the_guess_beside_the_answer():
    def rising(members):
        return 0.02 + 0.97 / (1 + (25 / max(members, 1e-9)) ** 2)

    rows, guess = rows_of_success(rising), FirstGuess(60.0, 0.0, 10_000)
    page = render(facts_of_texts(), rows, guesses={"mark": guess})
    assert beside_trials(guess) in page
    assert page.count(legend()) == 2  # the picture, wide and narrow
    plain = render(facts_of_texts(), rows)
    assert "first guess" not in plain
    with speaking(Accented()):
        assert "first guess" not in render(facts_of_texts(), rows, guesses={"mark": guess})
    far = render(facts_of_texts(), rows, guesses={"mark": FirstGuess(9999.0, 0.0, 10_000)})
    assert legend() not in far  # beyond the picture


def test_a_run_prints_its_first_guesses_before_the_trials(tmp_path):
    changes = {"strategies.mark.signal.every": 3, "population.options.n": 460}
    path = write_study(tmp_path / "study.toml", changes=changes)
    code, _, told = called("run", path, "--out", tmp_path / "out")
    assert code == 0
    assert told.index("a first guess, from one training: about") < told.index("trained 0 of")
    with Store.open(tmp_path / "out") as store:
        assert store.guesses()
    assert "A first guess, from one training" in (tmp_path / "out" / "report.html").read_text()
