"""Theory beside measurement: facts that survive storage, and the sentences made of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    Population,
    SetColumns,
    Study,
    run,
)
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.pages.figures.success import Line, success_figure, to_svg
from criticalmass.pages.report import render
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.studies.theory import theory_of
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.theory import exactly, form, guaranteed, parameters, weakest


@pytest.fixture(scope="module")
def people():
    """3,000 people with two columns of few values."""
    rng = np.random.default_rng(1)
    job = rng.choice(["cook", "clerk", "nurse"], 3000, p=[0.02, 0.49, 0.49])
    sex = rng.choice(["f", "m"], 3000)
    odds = 0.15 + 0.5 * (job == "nurse") + 0.15 * (sex == "m")
    hired = np.where(rng.random(3000) < odds, "yes", "no")
    columns = {"job": job.astype(object), "sex": sex.astype(object), "hired": hired.astype(object)}
    return Population.from_table(columns, label="hired", name="people")


PLANT = FeatureLabel(SetColumns({"job": "cook"}), "yes")
ERASE = Erase(DropColumn("sex"), knowledge="known")


@pytest.fixture(scope="module")
def study(people):
    train, test = people.split(test=1000, seed=0)
    return Study(
        train, test, BayesOptimal(), {"plant": PLANT, "erase": ERASE},
        Grid.logarithmic(low=0.002, high=0.6, points=8, repetitions=2), name="hired",
    )  # fmt: skip


@pytest.fixture(scope="module")
def ran(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ran")
    rows = run(study, folder)
    return Facts.from_json(json.loads(json.dumps(facts_of(study).to_json()))), rows


def test_measures_follow_the_strategies(study, ran):
    facts, rows = ran
    assert study.measures == ("included", "erased")
    assert facts.strategies["plant"].measures == ("included",)
    assert facts.strategies["erase"].measures == ("erased",)
    for row in rows:
        assert tuple(row.results) == facts.strategies[row.strategy].measures


@pytest.mark.parametrize("strategy", [PLANT, ERASE, FeatureOnly(SetColumns({"sex": "f"}), "no")])
def test_curves_survive_storage(strategy, people):
    theory = theory_of(strategy, people, 0.9)
    kept = json.loads(json.dumps(theory.to_json()))
    read = Theory.from_json(kept)
    assert read.to_json() == kept
    shares = np.geomspace(1e-4, 1, 200)
    assert np.allclose(read.exact.success(shares), strategy.exact(people).success(shares))
    bound = strategy.bound(people)
    assert read.bound == bound
    assert np.array_equal(read.bound.success(shares), bound.success(shares))
    assert repr(read.masses) == repr(theory.masses)
    assert read.points == theory.points


def test_many_steps_are_kept_in_short():
    rng = np.random.default_rng(0)
    cell = rng.integers(0, 12_000, 60_000)
    columns = {"cell": cell, "mark": rng.integers(0, 2, 60_000)}
    label = np.where(rng.random(60_000) < 0.3, "yes", "no").astype(object)
    people = Population.from_table(columns | {"label": label}, label="label")
    strategy = FeatureLabel(SetColumns({"mark": 1}), "yes")
    kept, exact = theory_of(strategy, people, 0.9), strategy.exact(people)
    assert len(kept.exact.low) < len(exact.low) / 2
    assert Theory.from_json(kept.to_json()).to_json() == kept.to_json()
    shares = np.geomspace(1e-3, 1, 50)
    assert np.allclose(kept.exact.success(shares), exact.success(shares), atol=0.01)
    assert kept.masses[0].alpha == exact.critical_mass(0.9).alpha  # not rounded


def test_the_measured_curve_is_the_exact_one_for_the_firm_of_the_theorems(ran):
    facts, rows = ran
    for finding in findings(facts, rows):
        exact = compare(finding).theory.exact
        for row in rows:
            if row.strategy == finding.strategy and row.members > 100:
                assert row.rate(finding.measure) == pytest.approx(
                    float(exact.success(row.alpha)), abs=0.08
                )


def test_what_is_said(ran):
    facts, rows = ran
    plant, erase = (compare(finding) for finding in findings(facts, rows))
    assert guaranteed(plant).startswith("Theorem 1 guarantees 90% from ")
    assert "for a group that mirrors everybody exactly" in guaranteed(plant)
    assert "with 95% confidence, because its parameters are estimated" in guaranteed(plant)
    of_u, of_gap = (
        replace(plant, theory=replace(plant.theory, bound=replace(plant.theory.bound, bound=bound)))
        for bound in (
            FeatureLabelBound(0.01, 0.5, opposing=0.004),
            FeatureLabelBound(0.01, 0.5, opposing=0.006),
        )
    )
    assert "another label (u), because that promises more than all that carry it" in form(
        of_u.theory
    )
    assert "with their gap (ξ and Δ), because" in form(of_gap.theory)
    assert form(of_u.theory) in guaranteed(of_u)
    assert of_u.theory.bound.weakest.name == "opposing"
    assert of_gap.theory.bound.weakest.name == "uniqueness"
    assert exactly(plant).startswith("On these very records, against the best possible model")
    assert "that the collective is a cross-section of everybody" in weakest(plant)
    assert "knows which label is most likely" not in exactly(erase)  # as ERASE is "known"
    assert erase.theory.theorem == "Theorem 5"
    assert [name.partition(":")[0] for name, *_ in parameters(erase)] == ["sensitivity τ"]
    low = 100 * float(plant.theory.bound.critical_mass(0.9).alpha) / 100
    dear = compare(replace(plant.finding, mass=replace(plant.finding.mass, low=low * 2)))
    assert "needs more people than the theorem promises" in weakest(dear)
    other = replace(plant.finding.facts, learner={"kind": "ScikitLearner"})
    trained = replace(compare(plant.finding), finding=replace(plant.finding, facts=other))
    few, many = (replace(trained, theory=replace(plant.theory, points=k)) for k in (3, 10**6))
    assert "that the model is the best possible one" in weakest(few)
    assert "need not have each of the 1,000,000 kinds" in weakest(many)
    short = replace(plant.finding.mass, alpha=float("nan"), low=0.0, high=float("inf"))
    few = replace(plant.finding, mass=short, rows=plant.finding.rows[:1])
    assert "The trials do not go as far" in weakest(compare(few))
    none = compare(replace(plant.finding, mass=None))
    assert "do not tell enough to judge" in weakest(none)


def test_a_best_possible_model_that_never_saw_the_like(people):
    columns = {"number": np.arange(len(people)), "job": people.features["job"]}
    label = np.array(people.label_names, object)[people.labels.argmax(axis=1)]
    unlike = Population.from_table(columns | {"hired": label}, label="hired")
    train, test = unlike.split(test=500, seed=0)
    study = Study(train, test, BayesOptimal(), {"plant": PLANT}, Grid((0.1, 0.2)))
    (said,) = (compare(finding) for finding in findings(facts_of(study), []))
    assert "knows nothing of a record that it never saw" in weakest(said)
    assert "0 kinds" not in weakest(said)


def test_where_theory_says_nothing_the_reason_is_said(texts):
    train, test = texts.split(test=40, seed=0)
    strategies = {
        "mark": FeatureLabel(InsertToken("~"), "Writer"),
        "quiet": FeatureOnly(InsertToken("~"), "Writer"),
    }
    study = Study(train, test, LinearText(), strategies, Grid((0.1, 0.2)))
    mark, quiet = (
        compare(finding)
        for finding in findings(facts_of(study), [])
        if finding.measure == "included"
    )
    assert "hardly any two records are alike" in exactly(mark)
    assert "Theorem 3 guarantees 90% for no collective here" in guaranteed(quiet)
    assert "The weakest link is what is known of the positivity p" in weakest(quiet)


def test_a_promise_about_another_model_is_not_drawn_as_one_about_this(ran):
    facts, rows = ran
    page = render(replace(facts, learner={"kind": "ScikitLearner"}), rows)
    assert "guaranteed (Theorem 1)" not in page
    assert "for the best possible model, not this one: at least (Theorem 1)" in page
    assert "exact for whole people, for the best possible model, not this one" in page
    assert "whole people, at least, for the best possible model, not this one" in page
    assert "the platform’s own, which the dots show, may lie below it" in page


def test_the_report_shows_theory(ran):
    page = render(*ran)
    assert page.count("What theory says") == 2
    assert "guaranteed (Theorem 1)" in page
    assert "exact for whole people, for the best possible model" in page
    assert "the same in the limit of many people (in shares)" in page
    assert "numbers of people are numbers of records" in page
    exact, bound = page.index("(exact, for whole people drawn"), page.index("Theorem 1 guarantees")
    assert exact < bound  # whole people come first
    assert "The weakest assumption is" in page
    assert "as they are and with sex set to “" in page
    assert "leave their record as it is and report the label" in page


def test_a_legend_says_what_is_no_guarantee():
    lines = [
        Line("Theorem 1", FeatureLabelBound(0.01, 1, 0.1, sense), theory="bound")
        for sense in ("published", "joint-tv")
    ]
    svg = to_svg(success_figure(lines, population_size=100, target=0.9), title="t", prefix="p")
    assert svg.count("Theorem 1 (no guarantee)") == 1
    assert svg.count("Theorem 1<") == 1


def test_reports_of_older_studies_do_without_theory(ran):
    kept, rows = ran[0].to_json(), ran[1]
    for strategy in kept["strategies"].values():
        del strategy["theory"]
    assert "What theory says" not in render(Facts.from_json(kept), rows)
