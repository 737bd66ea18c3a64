"""Which value stands for a column that is left out, and how many records have it already."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Erase,
    FiniteTable,
    Grid,
    Population,
    Study,
    read_study,
    run,
)
from criticalmass.answers.finding import Status, findings
from criticalmass.answers.tables import masses_wanted
from criticalmass.answers.theory import compare
from criticalmass.cli.main import app
from criticalmass.doubts import check
from criticalmass.strategies.images import cell_name, counted
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.words.finding import answer, doubt, in_short
from criticalmass.words.theory import weakest
from support.command_line import called
from support.study_files import write_study

ROOT = Path(__file__).parents[1]
STUDY = tomllib.loads("""
name = "Tenants"
[population]
file = "people.csv"
label = "label"
test = 200
[learner]
kind = "bayes-optimal"
[strategies.ignore]
kind = "erase"
signal = { kind = "drop-column", column = "district" }
[placement]
alphas = [0.1, 0.5]
repetitions = 2
""")


@pytest.fixture
def people(tmp_path):
    """Write 800 people in three districts, of which North is the most frequent."""
    rng = np.random.default_rng(3)
    district = rng.choice(["East", "North", "South"], 800, p=[0.3, 0.45, 0.25])
    chance = 0.7 - 0.5 * (district == "East")
    label = np.where(rng.random(800) < chance, "yes", "no")
    lines = ["district,label", *(f"{d},{y}" for d, y in zip(district, label, strict=True))]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    return tmp_path / "study.toml"


def test_a_study_names_the_value_and_counts_who_has_it(people, tmp_path):
    study = read_study(write_study(people, STUDY))
    assert study.strategies["ignore"].signal == DropColumn("district", "North")
    share = (study.test.features["district"] == "North").mean()
    facts = facts_of(study)
    assert Facts.from_json(facts.to_json()).strategies["ignore"].unchanged == pytest.approx(share)
    said = answer(findings(facts, run(study, tmp_path / "results"))[0])
    others = (0.9 - share) / (1 - share)
    assert "with district set to “North”" in said
    assert f"The signal leaves {100 * share:.2g}% of the records as they are." in said
    assert said.endswith(f"90% of all records means {100 * others:.2g}% of the others.")


def test_a_target_below_what_counts_from_the_start_says_so(people, tmp_path):
    study = read_study(write_study(people, STUDY, {"success": {"target": 0.3}}))
    said = answer(findings(facts_of(study), run(study, tmp_path / "results"))[0])
    assert said.endswith("are as much as is wanted (30%): ask for more.")


def test_check_says_which_value_was_taken_where_none_is_named(people):
    (doubt,) = check(write_study(people, STUDY)).doubts
    assert "the most frequent, 'North' (" in doubt.sentence
    assert 'write reference = "North"' in doubt.sentence
    named = {"strategies.ignore.signal.reference": "East"}
    assert check(write_study(people, STUDY, named)).doubts == ()
    wrong = {"strategies.ignore.signal.reference": "Est"}
    (problem,) = check(write_study(people, STUDY, wrong)).problems
    assert "'district': unknown reference 'Est'; did you mean 'East'?" in problem.sentence


def test_trials_with_another_reference_are_other_trials():
    table = {"district": ["a", "b", "b", "a", "b"] * 20, "label": ["y", "n", "n", "n", "y"] * 20}
    train, test = Population.from_table(table, label="label").split(test=20, seed=0)
    keys = []
    for reference in (None, "a", "b"):
        strategies = {"erase": Erase(DropColumn("district", reference))}
        study = Study(train, test, BayesOptimal(), strategies, Grid((0.1,)))
        keys.append(study.trials()[1].key)
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(("reference", "people"), [("South", 245), ("North", 566)])
def test_the_page_on_study_files_says_what_another_reference_takes(reference, people):
    table = FiniteTable.read(ROOT / "examples" / "tutorial" / "tenants.csv", label="decision")
    curve = Erase(DropColumn("district", reference)).exact(table, in_people=True)
    assert curve.critical_mass(0.9).people(table.size)[0] == people
    page = (ROOT / "docs" / "study-files.md").read_text(encoding="utf-8")
    assert f"{people} people for {reference}" in page or f"{people} for {reference}" in page


def write_measured(folder):
    """Write 600 people of whom no two earn the same, and a study of them."""
    rng = np.random.default_rng(5)
    income, district = rng.normal(3, 1, 600), rng.choice(["East", "North"], 600)
    label = np.where(rng.random(600) < 0.3 + 0.4 * (district == "East"), "yes", "no")
    each = zip(income, district, label, strict=True)
    lines = ["income,district,label", *(f"{i:.6f},{d},{y}" for i, d, y in each)]
    (folder / "people.csv").write_text("\n".join(lines) + "\n")
    learner = {"kind": "scikit", "estimator": "sklearn.tree.DecisionTreeClassifier"}
    change = {"strategies.ignore.signal.reference": "North", "learner": learner}
    return write_study(folder / "measured.toml", STUDY, change)


def test_trials_in_which_nobody_changes_anything_say_so_first(tmp_path):
    study = read_study(write_measured(tmp_path))
    found = findings(facts_of(study), run(study, tmp_path / "results"))[0]
    assert found.acting == 0
    assert found.status is Status.NOTHING_CHANGED
    said = answer(found)
    assert said.startswith("These trials say nothing of how many people it takes")
    assert "0 of the 480 who joined in all trials" in said
    assert "put numbers into steps" in said
    assert doubt(found) == ""
    assert in_short(found) == ("–", "nobody had anything to change")
    comparison = compare(found)
    assert comparison is not None
    assert weakest(comparison).endswith("The trials do not tell enough to judge it.")
    assert masses_wanted([found]) == []


def test_check_doubts_a_strategy_by_which_nobody_changes_anything(tmp_path):
    (doubt,) = check(write_measured(tmp_path)).doubts
    assert "hardly any member would have anything to change (0 of 400 drawn" in doubt.sentence
    assert "put numbers into steps" in doubt.sentence


def test_the_table_of_show_moves_together_before_a_name_is_folded(people, tmp_path):
    run(read_study(write_study(people, STUDY)), tmp_path / "results")
    arguments = ["show", str(tmp_path / "results")]
    wide, narrow = (
        CliRunner().invoke(app, arguments, env={"COLUMNS": width}).output for width in ("90", "66")
    )
    assert "strategy  people " in wide
    assert "strategy people " in narrow
    assert "\nignore " in narrow


def test_nobody_needed_says_so_where_no_member_had_anything_to_change(tmp_path):
    tables = tomllib.loads(write_measured(tmp_path).read_text())
    path = write_study(tmp_path / "low.toml", tables, {"success.target": 0.3})
    study = read_study(path)
    found = findings(facts_of(study), run(study, tmp_path / "results"))[0]
    assert found.status is Status.NOBODY_NEEDED
    assert answer(found).startswith("Nobody needs to join")
    assert "hardly anybody had anything to change: 0 of the 480 who joined" in answer(found)


def test_theory_warns_where_most_records_have_nobody_to_compare_with(tmp_path):
    path = write_measured(tmp_path)
    _, out, _ = called("theory", path)
    out = " ".join(out.split())
    assert "Careful: with 600 of 600 records (100%) no other kind of record agrees" in out


def test_a_kind_of_record_that_few_people_have_is_not_described():
    few = Population.from_table(
        {"job": np.array(["cook"] * 5 + ["spy"] * 4, dtype=object),
         "hired": np.array(["yes"] * 5 + ["no"] * 4, dtype=object)}, label="hired")  # fmt: skip
    name = cell_name(counted(few))
    assert {name(0), name(1)} == {
        "job = cook (labels: yes 5)",
        "a kind of record that fewer than 5 people have (labels: no 4)",
    }
