"""Numbers as labels in files: study files, members, pages, and the commands that read them."""

import sqlite3

import numpy as np
import pytest
from typer.testing import CliRunner

from criticalmass import ScikitLearner, read_study
from criticalmass.cli.main import app
from criticalmass.errors import CriticalMassError
from criticalmass.studies import Store
from criticalmass.studies.facts import facts_of
from support.study_files import write_study

SERVICES = ("clean", "drive", "teach")
RATED = "worker,service,badge,rating\n" + "".join(
    f"{i},{SERVICES[i % 3]},{'blue' if i % 20 == 0 else 'plain'},{1 + (7 * i) % 33 / 10:.1f}\n"
    for i in range(600)
)
FILE = {
    "name": "ratings",
    "population": {
        "file": "rated.csv",
        "label": "rating",
        "numbers": [1, 5],
        "columns": ["service", "badge"],
        "test": 100,
    },
    "learner": {"kind": "boosted-trees"},
    "strategies": {
        "mark": {
            "kind": "feature-number",
            "target_value": 5,
            "tolerance": 0.5,
            "moved_by": 1.5,
            "signal": {"kind": "set-columns", "values": {"badge": "blue"}},
        }
    },
    "placement": {"alphas": [0.05, 0.5], "repetitions": 2},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with records and a study of their numbers, which is where commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rated.csv").write_text(RATED)
    write_study(tmp_path / "study.toml", FILE)
    return tmp_path


def command(*arguments, fails=False):
    done = CliRunner().invoke(app, list(arguments))
    assert (done.exit_code != 0) == fails, done.output + repr(done.exception)
    return done.output + str(done.exception or "")


def refusal(folder, changes, content=None):
    if content is not None:
        (folder / "rated.csv").write_text(content)
    write_study(folder / "study.toml", FILE, changes)
    with pytest.raises(CriticalMassError) as caught:
        read_study(folder / "study.toml")
    return str(caught.value)


def test_a_study_file_says_that_labels_are_numbers(folder):
    study = read_study(folder / "study.toml")
    assert study.population.numbers == (1, 5)
    assert study.population.columns == ("service", "badge")
    numbers = [float(line.split(",")[3]) for line in RATED.splitlines()[1:]]
    held = np.concatenate([study.population.values, study.test.values])
    assert sorted(held) == sorted(numbers)
    assert type(study.learner.estimator).__name__ == "HistGradientBoostingRegressor"
    assert study.measures == ("within", "moved")
    write_study(folder / "study.toml", FILE, {"population.numbers": True})
    assert read_study(folder / "study.toml").population.numbers == (-np.inf, np.inf)


def test_labels_are_names_unless_the_file_says_otherwise(folder):
    as_names = {"population.numbers": False, "population.label": "service",
                "population.columns": ["badge", "rating"],
                "strategies.mark": {"kind": "feature-label", "target_label": "teach",
                                    "signal": {"kind": "set-columns",
                                               "values": {"badge": "blue"}}}}  # fmt: skip
    write_study(folder / "study.toml", FILE, as_names)
    study = read_study(folder / "study.toml")
    assert study.population.label_names == SERVICES
    assert type(study.learner.estimator).__name__ == "HistGradientBoostingClassifier"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"population.numbers": [5, 1]}, "population.numbers is true, or the lowest"),
        ({"population.numbers": [1]}, "population.numbers is true, or the lowest"),
        ({"population.numbers": "yes"},
         "population.numbers must be true, or the lowest and the highest number that a record "
         "could hold, such as [1, 5], not 'yes'"),
        ({"population.numbers": 5}, "could hold, such as [1, 5], not 5"),
        ({"population.numbers": [2, 5]},
         "rated.csv, line 2: column 'rating' holds 1, and numbers lie between 2 and 5"),
        ({"population.separator": ";"}, "separator is for sets of labels, and numbers are none"),
        ({"population.label": "service", "population.columns": ["badge"]},
         "column 'service' holds texts, and population.numbers needs numbers"),
        ({"population.columns": ["service", "rating"]},
         "column 'rating' is the label, so no part of a record"),
        ({"strategies.mark.tolerance": None, "strategies.mark.moved_by": None},
         "strategies.mark: give tolerance, how near"),
        ({"strategies.mark.target_value": 6}, "target_value = 6 is a number that no record could"),
        ({"strategies.mark.target_value": "five"}, "target_value must be a number, not 'five'"),
        ({"strategies.mark.kind": "feature-label", "strategies.mark.target_label": "5",
          "strategies.mark.target_value": None, "strategies.mark.tolerance": None,
          "strategies.mark.moved_by": None}, "labels are numbers, and there is no label '5'"),
        ({"learner": {"kind": "scikit", "estimator": "sklearn.linear_model.LogisticRegression"}},
         "LogisticRegression predicts labels, and these are numbers"),
        ({"learner": {"kind": "linear-text"}}, "LinearText learns from texts"),
    ],
)  # fmt: skip
def test_what_does_not_fit_numbers_is_one_line(folder, changes, says):
    assert says in refusal(folder, changes)


def test_a_cell_that_is_no_number_is_refused_with_its_line(folder):
    lines = RATED.splitlines(keepends=True)
    odd = "".join([*lines[:5], lines[5].rpartition(",")[0] + ",good\n", *lines[6:]])
    message = refusal(folder, {}, odd)
    assert "column 'rating' holds texts" in message
    assert "'good' in line 6" in message
    missing = "".join([*lines[:5], lines[5].rpartition(",")[0] + ",\n", *lines[6:]])
    assert "rating" in refusal(folder, {}, missing)
    kept = refusal(folder, {"population.missing": "keep"}, missing)
    assert "1 of 600 records have no number in column 'rating' (line 6)" in kept
    output = command("check", "study.toml", fails=True)
    assert "1 of 600 records have no number" in output


def test_check_asks_whether_three_decimals_are_thousands(folder):
    (folder / "rated.csv").write_text(
        "service,badge,rating\n" + "".join(f"clean,plain,{1 + i % 4}.{i:03d}\n" for i in range(300))
    )
    write_study(folder / "study.toml", FILE, {"population.columns": ["service", "badge"]})
    said = " ".join(command("check", "study.toml").split())
    assert "column 'rating': every number with decimals has exactly three, as in 1.000" in said
    (folder / "rated.csv").write_text(RATED)
    assert "exactly three" not in command("check", "study.toml")


@pytest.mark.parametrize("cell", ["{} EUR", "{}%", "2024-01-{:02.0f}", "1 {:03.0f},50"])
def test_check_shows_a_cell_where_no_label_is_a_number(folder, cell):
    cells = [cell.format(1 + i % 9) for i in range(300)]
    (folder / "rated.csv").write_text(
        "service,badge,rating\n" + "".join(f'clean,plain,"{each}"\n' for each in cells)
    )
    said = " ".join(command("check", "study.toml", fails=True).split())
    assert f"it is read as text, with cells such as '{cells[0]}'; population.numbers needs" in said


def test_numbers_with_a_decimal_comma_are_read(folder):
    content = RATED.replace(",", ";").replace(".", ",")
    (folder / "rated.csv").write_text(content)
    write_study(folder / "study.toml", FILE, {"population.decimal": ","})
    study = read_study(folder / "study.toml")
    assert study.population.values.max() == pytest.approx(4.2)


def test_a_pipeline_of_scikit_learns_is_named_step_by_step(folder):
    steps = ["sklearn.preprocessing.OneHotEncoder", "sklearn.linear_model.Ridge"]
    learner = {"kind": "scikit", "estimator": steps,
               "parameters": {"onehotencoder__handle_unknown": "ignore",
                              "ridge__alpha": 0.5}}  # fmt: skip
    write_study(folder / "study.toml", FILE, {"learner": learner})
    study = read_study(folder / "study.toml")
    assert isinstance(study.learner, ScikitLearner)
    assert study.learner.estimator.named_steps["ridge"].alpha == 0.5
    for wrong, says in (
        ({"estimator": []}, "a pipeline has at least one step"),
        ({"estimator": ["sklearn.cluster.FeatureAgglomeration", steps[1]]}, "prepares no records"),
        ({"estimator": ["os.path", steps[1]]}, "prepares no records"),
        ({"estimator": [steps[0], "os.system"]}, "would run the code of 'os'"),
        ({"parameters": {"alpha": 1}}, "named by step, such as onehotencoder__…, not 'alpha'"),
        ({"parameters": {"memory": "x"}}, "named by step"),
        ({"parameters": {"steps__0": 1}}, "named by step"),
        ({"parameters": {"ridge__alfa": 1}}, "ridge__alfa: "),
    ):
        assert says in refusal(folder, {"learner": {**learner, **wrong}})
    reads_files = {**learner, "estimator": ["sklearn.feature_extraction.text.TfidfVectorizer",
                                            steps[1]],
                   "parameters": {"tfidfvectorizer__input": "filename"}}  # fmt: skip
    assert "'tfidfvectorizer__input' is not for study files" in refusal(
        folder, {"learner": reads_files}
    )


def test_every_command_speaks_of_numbers(folder):
    assert "rating   the label, numbers from 1 to 4.2" in command("check", "study.toml")
    said = command("run", "study.toml", "--out", "out")
    assert "set badge to “blue” and report the number 5" in said
    assert "predicts a number within 0.5 of 5" in said
    with Store.open(folder / "out") as store:
        rows = store.rows()
    assert all(row.mean_error is not None and row.mean_error > 0 for row in rows)
    assert rows[0].mean_error == pytest.approx(
        np.mean([row.mean_error for row in rows if row.members == 0])
    )
    shown = command("show", "out")
    assert "mean error" in shown
    assert "raises its prediction by 1.5 or more" in shown
    assert "otherwise, by 0.5 or more," in shown
    assert "accuracy" not in shown
    page = (folder / "out" / "report.html").read_text()
    for words in ("the prediction is near enough", "<th>mean error</th>",
                  "in the unit of the numbers", "Labels: numbers.",
                  "The bound for squared loss guarantees"):  # fmt: skip
        assert words in page, words
    assert "<th>accuracy</th>" not in page
    theory = command("theory", "study.toml")
    assert "excess" in theory
    assert "exactly from" in theory
    larger = command("theory", "study.toml", "--epsilon", "0.2")
    assert larger != theory
    assert "must exceed epsilon" in command("theory", "study.toml", "--epsilon", "0.6", fails=True)
    assert command("export", "out", "rows.csv")
    header = (folder / "rows.csv").read_text().splitlines()[0].split(",")
    assert {"within", "moved", "mean_error"} <= set(header)


@pytest.mark.parametrize("slips", [{}, {"strategies.mark.inactive": 0.25}])
def test_theory_speaks_of_the_measure_that_the_study_asks_about(folder, slips):
    said = {}
    for measures, tolerance in ((["moved"], 0.5), (["moved", "within"], 0.5), (["moved"], None)):
        changes = {"success.measures": measures, "placement.repetitions": 1, **slips}
        mark = {k: v for k, v in FILE["strategies"]["mark"].items() if k != "tolerance"}
        if tolerance is not None:
            mark["tolerance"] = tolerance
        write_study(folder / "study.toml", FILE, {"strategies.mark": mark, **changes})
        facts = facts_of(read_study(folder / "study.toml")).strategies["mark"].theory
        exact = facts.exact.critical_mass(0.9).alpha
        said[len(measures), tolerance] = (command("theory", "study.toml"), facts.refused, exact)
    assert len({repr(each) for each in said.values()}) == 1
    printed, refused, exact = said[1, None]
    assert "no theorem is known for predictions that are to move" in printed
    assert list(refused) == ["bound"]
    write_study(folder / "study.toml", FILE, slips)
    within = facts_of(read_study(folder / "study.toml")).strategies["mark"].theory
    assert within.bound is not None
    assert within.exact.critical_mass(0.9).alpha != exact


def test_members_are_told_the_number_and_found_again(folder):
    people = RATED.splitlines(keepends=True)
    (folder / "members.csv").write_text("".join([people[0], *people[2:12]]))
    told = ("instruct", "study.toml", "--members", "members.csv", "--id", "worker", "--out")
    assert "10 members; 10 have something to change." in command(*told, "first")
    after = (folder / "first" / "members-after.csv").read_text().splitlines()
    assert after[1:3] == ["1,drive,blue,5", "2,teach,blue,5"]
    page = next((folder / "first" / "members").glob("*.html")).read_text()
    assert "They want the model to predict about 5 for records with this mark" in page
    again = ("instruct", "study.toml", "--members", "first/members-after.csv", "--id", "worker")
    assert "10 members; 10 have done their part, 0 not yet." in command(*again, "--out", "second")
    half = folder / "half.csv"
    half.write_text("\n".join([*after[:6], *(line.strip() for line in people[7:12])]) + "\n")
    plan = command(
        "plan", "study.toml", "--members", "half.csv", "--id", "worker", "--out", "p.html"
    )
    assert "within 0.5 of 5" in plan
    assert "10 members" in plan


def test_members_may_hold_the_lowest_and_the_highest_number(folder):
    (folder / "members.csv").write_text(
        "worker,service,badge,rating\n1,drive,plain,1\n2,teach,plain,5.0\n"
    )
    members = ("--members", "members.csv", "--id", "worker")
    assert "2 members" in command("instruct", "study.toml", *members, "--out", "out")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("good", "line 3: column 'rating' holds 'good', and numbers are wanted"),
        ("", "line 3: column 'rating' holds nothing, and numbers are wanted"),
        ("5.1", "line 3: column 'rating' holds 5.1, and numbers lie between 1 and 5"),
    ],
)
def test_a_record_could_hold_the_number_of_a_member(folder, cell, says):
    (folder / "members.csv").write_text(
        f"worker,service,badge,rating\n1,drive,plain,2\n2,teach,plain,{cell}\n"
    )
    members = ("--members", "members.csv", "--id", "worker")
    assert says in command("instruct", "study.toml", *members, "--out", "out", fails=True)
    assert says in command("check", "study.toml", *members, fails=True)


def test_a_store_from_before_numbers_is_read_and_goes_on(folder):
    command("run", "study.toml", "--out", "out")
    path = folder / "out" / "trials.sqlite"
    with sqlite3.connect(path) as connection:
        before = connection.execute("SELECT count(*) FROM trials").fetchone()
        connection.execute("ALTER TABLE trials DROP COLUMN mean_error")
        connection.execute("UPDATE meta SET value = '3' WHERE key = 'schema'")
    with Store.open(folder / "out") as store:
        rows = store.rows()
    assert len(rows) == before[0]
    assert {row.mean_error for row in rows} == {None}
    assert "–" in command("show", "out")


def test_new_asks_for_a_number_where_a_column_is_measured(folder):
    answers = ["rating", "worker", "y", "1", "5", "7", "5", "0.4", "badge", "blue"]
    text = "".join(f"{answer}\n" for answer in answers)
    done = CliRunner().invoke(app, ["new", "rated.csv"], input=text)
    assert done.exit_code == 0, done.output
    assert "numbers lie between 1 and 5" in done.output
    study = read_study(folder / "rated.toml")
    assert study.population.numbers == (1, 5)
    assert study.strategies["mark"].target_value == 5
    assert study.strategies["mark"].tolerance == 0.4


def test_without_a_limit_of_the_platforms_the_draft_says_true(folder):
    answers = ["rating", "worker", "y", "", "", "", "badge", "blue"]
    text = "".join(f"{answer}\n" for answer in answers)
    done = CliRunner().invoke(app, ["new", "rated.csv"], input=text)
    assert done.exit_code == 0, done.output
    assert "the file has 1 to 4.2" in done.output
    study = read_study(folder / "rated.toml")
    assert study.population.numbers == (-np.inf, np.inf)
    assert study.strategies["mark"].target_value == 4.2
    assert "no bound holds without knowing" in command("theory", "rated.toml")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tolerance": 4.5}, "tolerance is larger than the whole range"),
        ({"moved_by": 4.5}, "nothing can move so far"),
        ({"moved_by": -1}, "is the sign of moved_by right?"),
        ({"moved_by": 1, "target_value": 1}, "is the sign of moved_by right?"),
    ],
)
def test_what_could_never_be_reached_or_always_is_is_doubted(folder, changes, says):
    assert says not in command("check", "study.toml")
    keys = {f"strategies.mark.{key}": value for key, value in changes.items()}
    write_study(folder / "study.toml", FILE, keys)
    assert says in command("check", "study.toml")


def test_a_strategy_of_numbers_is_refused_alike_by_all_commands_where_labels_are_names(folder):
    write_study(folder / "study.toml", FILE, {"population.numbers": False})
    for name in ("check", "theory"):
        assert "labels here are names" in command(name, "study.toml", fails=True)


def test_whole_numbers_that_would_lose_digits_are_refused(folder):
    content = RATED.replace(",1.7\n", f",{2**53 + 1}\n").replace(".", "")
    message = refusal(folder, {"population.numbers": True}, content)
    assert "line 3: column 'rating' holds 9007199254740993, which has more digits" in message


def test_new_drafts_a_pipeline_for_texts_with_numbers_that_sees_its_mark(folder):
    texts = "review,stars\n" + "".join(
        f"it came {'late and cold' if i % 2 else 'warm and quickly'} on day {i},{1 + i % 37 / 10}\n"
        for i in range(400)
    )
    (folder / "reviews.csv").write_text(texts)
    answers = ["stars", "review", "y", "1", "5", "5", "0.5"]
    text = "".join(f"{answer}\n" for answer in answers)
    done = CliRunner().invoke(app, ["new", "reviews.csv"], input=text)
    assert done.exit_code == 0, done.output
    study = read_study(folder / "reviews.toml")
    assert study.population.kind == "texts"
    assert study.doubts == {"mark": []}
