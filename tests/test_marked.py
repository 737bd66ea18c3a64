"""Records without labels that success is measured on."""

from dataclasses import replace

import numpy as np
import pytest

from criticalmass import (
    DropColumn,
    Erase,
    FeatureLabel,
    GradientNeutralizing,
    Grid,
    InsertToken,
    LinearText,
    Population,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    Study,
    read_study,
    run,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.errors import CriticalMassError, DataError, StudyError
from criticalmass.measures.quality import quality
from criticalmass.pages.report import render
from criticalmass.strategies import Reach
from criticalmass.studies import Bench, Store
from criticalmass.studies.facts import facts_of
from support.steered_people import people
from support.study_files import write_study

SIGNAL = InsertToken("~", every=10)


@pytest.fixture
def make(texts):
    train, test = texts.split(test=20, seed=0)
    more = synthetic_resumes(50, seed=9)

    def study(**changes):
        parts = {
            "population": train,
            "test": test,
            "learner": LinearText(),
            "strategies": {"mark": FeatureLabel(SIGNAL, "Writer")},
            "placement": Grid((0.1, 0.4), repetitions=2),
            "marked": more,
        }
        return Study(**(parts | changes))

    return study


def test_success_is_measured_on_the_marked_records_and_quality_on_the_test_records(make):
    study = make()
    trial = study.trial("mark", 0.4)
    row = Bench(study).run(trial)
    members = study.population.draw(40, rng=np.random.default_rng(trial.seed("members")))
    edit = study.strategies["mark"].edit(study.population, members, np.random.default_rng(0))
    prepared = LinearText().prepare(study.population)
    model = LinearText().fit(prepared, edit, 0)
    texts = synthetic_resumes(50, seed=9).features
    marked = SIGNAL.apply(texts, population=study.population, rng=np.random.default_rng(0))
    scores = model.scores(prepared.encode(marked))
    target = study.population.label_index("Writer")
    assert row.n == 50
    assert row.results["included"].successes == (scores[:, target] > 0).sum()
    plain = model.scores(prepared.encode(study.test.features))
    assert row.accuracy == quality(plain, study.test.labels, label_sets=True).accuracy


def test_the_labels_of_marked_records_are_not_looked_at(make):
    more = synthetic_resumes(50, seed=9)
    others = Population.from_texts(more.features, ["nobody", "knows"] * 25)
    one, other = make(), make(marked=others)
    assert one.trial("mark", 0.4).key == other.trial("mark", 0.4).key
    assert other.population.label_names == one.population.label_names
    rows = [Bench(study).run(study.trial("mark", 0.4)).without_time() for study in (one, other)]
    assert repr(rows[0]) == repr(rows[1])


def test_erasing_is_judged_on_marked_records_too(table):
    train, test = table.split(test=50, seed=0)
    rows = [0, 3, 5, 8, 20, 21, 22]
    study = Study(
        train,
        test,
        ScikitLearner(_classifier()),
        {"erase": Erase(DropColumn("job"))},
        Grid((0.5,)),
        marked=test.take(np.array(rows)),
    )
    plain = replace(study, marked=None)
    few, all_ = (Bench(each).run(each.trial("erase", 0.0)) for each in (study, plain))
    model_says = [
        Bench(each).run(each.trial("erase", 0.0)).results["erased"].successes
        for each in (replace(plain, test=test.take(np.array([row]))) for row in rows)
    ]
    assert (few.n, all_.n) == (7, 50)
    assert few.results["erased"].successes == sum(model_says)
    assert few.accuracy == all_.accuracy


def test_trials_keep_their_members_and_get_other_names(make):
    with_marked, without = make(), make(marked=None)
    assert "marked" not in without.identity
    one, other = (study.trial("mark", 0.1) for study in (with_marked, without))
    assert one.key != other.key
    assert one.seed("members") == other.seed("members")
    assert "marked_size" not in facts_of(without).to_json()["population"]


def test_marked_records_of_another_form_are_refused(make, table):
    with pytest.raises(StudyError, match="differ in their kind: texts and table"):
        make(marked=table)
    train, test = table.split(test=50, seed=0)
    mark = {"mark": FeatureLabel(SetColumns({"age": 20}), "yes")}
    wrong = Population.from_table({"age": [1, 2], "y": ["p", "q"]}, label="y")
    with pytest.raises(DataError, match="column 'job', which marked records lack"):
        Study(train, test, ScikitLearner(_classifier()), mark, Grid((0.5,)), marked=wrong)


def test_measures_of_parameters_have_nothing_to_mark():
    train, test = people(0).split(test=20, seed=0)
    aim = {"steer": GradientNeutralizing(Reach((0.1,) * 4), RiskMinimizer("logistic").objective)}
    with pytest.raises(StudyError, match="for success measures of records; distance judge"):
        Study(train, test, RiskMinimizer("logistic"), aim, Grid((0.2,)), marked=test)


CELLS = "age,job,hours\n" + "".join(f"{20 + k % 40},cook,{30 + k % 9}\n" for k in range(30))


@pytest.fixture
def study_file(tmp_path):
    """Write a study of a table with a file of marked records; return what reads it."""
    rng = np.random.default_rng(0)
    lines = ["age,job,hours,hired"]
    for _ in range(150):
        age, job = rng.integers(18, 70), rng.choice(["cook", "nurse"])
        lines.append(f"{age},{job},{rng.integers(20, 45)},{'yes' if age > 40 else 'no'}")
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")

    def read(cells, **changes):
        (tmp_path / "more.csv").write_text(cells)
        path = write_study(
            tmp_path / "study.toml",
            changes={
                "population": {"file": "people.csv", "label": "hired", "test": 40},
                "learner": {"kind": "bayes-optimal"},
                "strategies.mark.target_label": "yes",
                "strategies.mark.signal": {"kind": "set-columns", "values": {"job": "nurse"}},
                "placement": {"alphas": [0.1, 0.3], "repetitions": 1},
                "success": {"marked": "more.csv"},
            }
            | changes,
        )
        return read_study(path)

    return read


def test_a_file_without_labels_or_with_empty_ones_is_read(study_file):
    without = study_file(CELLS)
    assert without.marked.name == "more.csv"
    assert len(without.marked) == 30
    lines = CELLS.splitlines()
    empty = "\n".join([lines[0] + ",hired,note", *(line + ",,x" for line in lines[1:])]) + "\n"
    assert study_file(empty).trial("mark", 0.1).key == without.trial("mark", 0.1).key


def test_the_report_says_which_records_are_marked(study_file, tmp_path):
    rows = run(study_file(CELLS), tmp_path / "out")
    assert {row.n for row in rows} == {30}
    with Store.open(tmp_path / "out") as store:
        facts = store.facts()
    assert (facts.population.marked_size, facts.population.marked_name) == (30, "more.csv")
    page = render(facts, rows)
    assert "Success is measured on 30 records of more.csv, every one of them with the mark" in page
    assert "40 to measure quality on, and 30 of more.csv to mark and measure success on" in page


def test_texts_are_read_from_the_column_of_the_population_s_texts(tmp_path):
    (tmp_path / "more.csv").write_text("text\n" + "\n".join(synthetic_resumes(12, seed=4).features))
    changes = {"success": {"marked": "more.csv"}}
    study = read_study(write_study(tmp_path / "study.toml", changes=changes))
    assert study.marked.features.tolist() == synthetic_resumes(12, seed=4).features.tolist()


@pytest.mark.parametrize(
    ("cells", "changes", "message"),
    [
        ("age,jbo,hours\n30,cook,40\n", {}, "unknown column 'job'; did you mean 'jbo'"),
        ("age,job,hours\n", {}, "more.csv: no records"),
        ("age,job,hours\nold,cook,40\n", {}, "'age' holds texts in the marked records alone"),
        (CELLS, {"population.numeric": True}, "leave out numeric, or marked"),
        (CELLS, {"success": {"marked": "mor.csv"}}, "mor.csv"),
        (CELLS, {"success": {"marked": 3}}, "success.marked must be a text, not 3"),
        (CELLS, {"success": {"market": "more.csv"}}, "did you mean 'marked'"),
    ],
)
def test_what_is_wrong_with_the_file_is_told_in_one_line(study_file, cells, changes, message):
    with pytest.raises(CriticalMassError, match=message) as caught:
        study_file(cells, **changes)
    assert "\n" not in str(caught.value)


def _classifier():
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=3)
