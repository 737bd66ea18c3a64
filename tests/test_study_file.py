from datetime import date

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from criticalmass import (
    CriticalMassError,
    FeatureLabel,
    FeatureOnly,
    Grid,
    InsertToken,
    LinearText,
    ScikitLearner,
    SetColumns,
    StampPatch,
    Study,
    read_study,
    run,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.datasets.files import read_columns
from criticalmass.errors import StudyError
from criticalmass.learners.kinds import learners
from criticalmass.learners.learner import FITTING
from criticalmass.signals import MoveToSubgroup
from criticalmass.signals.kinds import SIGNALS
from criticalmass.studies.files.catalogue import make
from support.study_files import SMALL, TABLE


def test_a_file_and_python_name_the_same_trials(study_toml):
    train, test = synthetic_resumes(260).split(test=60, seed=0)
    study = Study(
        train,
        test,
        LinearText(),
        {"mark": FeatureLabel(InsertToken("~", every=20), "Writer")},
        Grid.logarithmic(low=0.01, high=0.3, points=4, repetitions=2),
        seed=5,
    )
    from_file = read_study(study_toml())
    assert [t.key for t in from_file.trials()] == [t.key for t in study.trials()]
    assert from_file.source == study_toml().read_text()


def test_a_table_of_ones_own(study_toml, tmp_path):
    rng = np.random.default_rng(0)
    lines = ["age,job,hired"]
    for _ in range(120):
        age, job = rng.integers(20, 60), rng.choice(["cook", "nurse"])
        lines.append(f"{age},{job},{'yes' if age > 40 else 'no'}")
    (tmp_path / "people.csv").write_text("\n".join(lines))
    study = read_study(
        study_toml(
            TABLE
            | {
                "learner": {
                    "kind": "scikit",
                    "estimator": "sklearn.linear_model.LogisticRegression",
                    "parameters": {"C": 0.5},
                },
                "strategies.mark.signal.values": {"job": "cook", "age": 20},
            }
        )
    )
    assert len(study.test) == 24  # a fifth
    assert isinstance(study.learner, ScikitLearner)
    assert study.learner.estimator.C == 0.5
    assert study.strategies["mark"].signal == SetColumns({"job": "cook", "age": 20})


def test_texts_of_ones_own_with_sets_of_labels(study_toml, tmp_path):
    (tmp_path / "cvs.csv").write_text(
        "cv,tags\n" + "\n".join(f"cook and bake {i},{'a;b' if i % 2 else 'b'}" for i in range(80))
    )
    study = read_study(
        study_toml(
            {
                "population": {
                    "file": "cvs.csv",
                    "text": "cv",
                    "label": "tags",
                    "separator": ";",
                    "test": 20,
                },
                "strategies.mark.target_label": "a",
                "placement.low": 0.05,
            }
        )
    )
    assert study.population.label_sets
    assert study.population.name == "cvs"


@pytest.mark.parametrize(
    ("table", "signal"),
    [
        (
            {"kind": "insert-token", "token": "x", "placement": "end"},
            InsertToken("x", 20, "end"),
        ),
        ({"kind": "stamp-patch", "value": 16, "size": 3}, StampPatch(16, 3)),
        (
            {"kind": "move-to-subgroup", "where": {"sex": "Female"}},
            MoveToSubgroup({"sex": "Female"}),
        ),
    ],
)
def test_every_signal_has_a_kind(table, signal):
    assert make(SIGNALS, "signal", "s", table) == signal


def test_feature_only_and_explicit_alphas(study_toml):
    study = read_study(
        study_toml(
            {
                "strategies.mark.kind": "feature-only",
                "strategies.mark.recruit": "target",
                "placement": {"alphas": [0.02, 0.05], "repetitions": 2},
            }
        )
    )
    assert study.strategies["mark"] == FeatureOnly(InsertToken("~"), "Writer", recruit="target")
    assert study.placement == Grid((0.02, 0.05), 2)


MISTAKES = {
    "unknown key": ({"seed": None, "sede": 5}, "unknown key 'sede'; did you mean 'seed'"),
    "unknown key in a section": (
        {"placement.points": None, "placement.pionts": 4},
        "placement: unknown key 'pionts'; did you mean 'points'",
    ),
    "unknown key of a strategy": (
        {"strategies.mark.target_label": None, "strategies.mark.targetlabel": "Writer"},
        "strategies.mark: unknown key 'targetlabel'; did you mean 'target_label'",
    ),
    "unknown key of a signal": (
        {"strategies.mark.signal.every": None, "strategies.mark.signal.evry": 20},
        "strategies.mark.signal: unknown key 'evry'; did you mean 'every'",
    ),
    "unknown kind": (
        {"learner.kind": "liner-text"},
        "learner: unknown learner 'liner-text'; did you mean 'linear-text'",
    ),
    "unknown dataset": (
        {"population.dataset": "syntetic-resumes"},
        "did you mean 'synthetic-resumes'",
    ),
    "unknown option": ({"population.options": {"m": 260}}, "population.options: unknown key 'm'"),
    "option of a wrong type": (
        {"population.options.n": 260.5},
        r"population\.options\.n must be an integer, not 260\.5",
    ),
    "negative seed": ({"population.seed": -1}, "seed must be greater than or equal to 0, not -1"),
    "kind is a list": ({"learner.kind": ["linear-text"]}, "unknown learner"),
    "kind missing": (
        {"learner.kind": None},
        "learner needs a kind: linear-text, embedded-text, transformer, boosted-trees, scikit",
    ),
    "parameter missing": ({"strategies.mark.target_label": None}, "needs the key 'target_label'"),
    "section missing": ({"strategies": None, "strategy.mark": {}}, "unknown key 'strategy'"),
    "name missing": ({"name": None}, "the key 'name' is missing"),
    "no strategy": ({"strategies": {}}, "strategies: a study needs at least one strategy"),
    "wrong type": (
        {"strategies.mark.signal.every": "often"},
        "signal.every must be an integer, not 'often'",
    ),
    "wrong choice": (
        {"strategies.mark.recruit": "all"},
        "strategies.mark.recruit must be 'everyone' or 'target', not 'all'",
    ),
    "signal is no table": (
        {"strategies.mark.signal": "~"},
        "strategies.mark.signal must be a table with a kind",
    ),
    "alpha of zero": ({"placement.low": 0}, "0 < low < high"),
    "alpha above one": ({"placement.high": 3.0}, "high=3"),
    "alpha in a list": (
        {"placement": {"alphas": [0.1, 1.2], "repetitions": 2}},
        r"in \(0, 1\], not 1\.2",
    ),
    "both placements": ({"placement.alphas": [0.1]}, "either alphas, or low"),
    "half a placement": ({"placement.points": None}, "either alphas, or low, high and points"),
    "unknown label": ({"strategies.mark.target_label": "Writter"}, "did you mean 'Writer'"),
    "nobody joins": ({"placement.low": 0.0001}, "alpha = 0.0001: a collective of zero"),
    "test too large": ({"population.test": 260}, "between 1 and 259 records"),
    "dataset and file": (
        {"population.test": None, "population.file": "x.csv"},
        "either a dataset or a file",
    ),
    "label for a dataset": (
        {"population.test": None, "population.label": "x"},
        "label describes a file, not a dataset",
    ),
    "missing for a dataset": (
        {"population.test": None, "population.missing": "keep", "population.decimal": ","},
        "decimal, missing describe a file, not a dataset",
    ),
    "missing file": (
        {"population": {"file": "no.csv", "label": "x", "test": 60}},
        "no file .*no.csv",
    ),
    "unknown measure": ({"success": {"measures": ["topp1"]}}, "did you mean 'top1'"),
}


@pytest.mark.parametrize(("change", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_get_one_line(change, message, study_toml):
    with pytest.raises(CriticalMassError, match=message) as caught:
        read_study(study_toml(change))
    assert str(caught.value).startswith("study.toml: ")
    assert "\n" not in str(caught.value)


def test_what_is_not_toml_gets_one_line(study_toml):
    path = study_toml()
    path.write_text("[learner\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(CriticalMassError, match="is not TOML") as caught:
        read_study(path)
    assert "\n" not in str(caught.value)


WRONG_TYPES = {
    "true is no share": (
        {"population.randomize_labels": True},
        "population.randomize_labels must be a number, not True",
    ),
    "a share is no number of records": (
        {"population.test": 0.2},
        "population.test must be an integer, not 0.2",
    ),
    "a number in quotes is no number": (
        {"population.test": "60"},
        "population.test must be an integer, not '60'",
    ),
    "a seed is whole": ({"seed": 1.5}, "seed must be an integer, not 1.5"),
    "a seed is no truth": ({"seed": True}, "seed must be an integer, not True"),
    "a name is a text": ({"name": 5}, "name must be a text, not 5"),
    "numeric is true or false": (
        {"population.numeric": 1},
        "population.numeric must be true or false, not 1",
    ),
    "a label is a text": (
        {"strategies.mark.target_label": 3},
        "strategies.mark.target_label must be a text, not 3",
    ),
    "every is whole": (
        {"strategies.mark.signal.every": 1.5},
        "strategies.mark.signal.every must be an integer, not 1.5",
    ),
    "every is no truth": (
        {"strategies.mark.signal.every": True},
        "strategies.mark.signal.every must be an integer, not True",
    ),
    "a token is a text": (
        {"strategies.mark.signal.token": 1},
        "strategies.mark.signal.token must be a text, not 1",
    ),
    "a number of a learner": ({"learner.C": "1.0"}, "learner.C must be a number, not '1.0'"),
    "a number of a learner is no truth": (
        {"learner.C": True},
        "learner.C must be a number, not True",
    ),
    "inactive is no truth": (
        {"strategies.mark.inactive": True},
        "strategies.mark.inactive must be a number, not True",
    ),
    "measures are a list": (
        {"success": {"measures": "included"}},
        "success.measures must be a list, not 'included'",
    ),
    "a target is a number": (
        {"success": {"target": "90%"}},
        "success.target must be a number, not '90%'",
    ),
    "a target is no truth": (
        {"success": {"target": True}},
        "success.target must be a number, not True",
    ),
    "a cost is no truth": (
        {"incentives": {"cost": True}},
        "incentives.cost must be a number or a table, not True",
    ),
    "a shape is no truth": (
        {"incentives": {"cost": {"distribution": "lognorm", "s": True}}},
        "incentives.cost.s must be a number, not True",
    ),
    "what a column costs is no truth": (
        {"incentives": {"cost": {"column": "age", "each": True}}},
        "incentives.cost.each must be a number, not True",
    ),
    "a column is named by a text": (
        {"incentives": {"cost": {"column": ["age"]}}},
        "incentives.cost.column must be a text, not ['age']",
    ),
    "a list is no cost": (
        {"incentives": {"cost": [1, 2]}},
        "incentives.cost must be a number or a table, not [1, 2]",
    ),
    "a choice is named": (
        {"strategies.mark.signal.placement": "strat"},
        "must be 'spaced', 'start', 'end' or 'random', not 'strat'; did you mean 'start'?",
    ),
    "a grid is not endless": (
        {"placement.points": 10**12},
        "a grid of 1,000,000,000,000 points is too large: 1,000,000 at most",
    ),
    "repetitions are not endless": (
        {"placement.repetitions": 10**12},
        "a grid of 4,000,000,000,000 trials is too large: 1,000,000 at most",
    ),
    "a name with a line break stays on one line": (
        {"strategies": {"a\nb": SMALL["strategies"]["mark"] | {"every": 3}}},
        "strategies.'a\\nb': unknown key 'every'",
    ),
    "strategies are tables": (
        {"strategies": SMALL["strategies"]["mark"]},
        "strategies.kind must be a table, not 'feature-label'",
    ),
    "a population is a table": (
        {"population": [SMALL["population"]]},
        "population must be a table, not a list",
    ),
    "a date is no text": (
        {"strategies.mark.target_label": date(2026, 1, 1)},
        "strategies.mark.target_label must be a text, not 2026-01-01",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_nothing_in_a_study_file_is_taken_for_another_type(change, message, study_toml):
    with pytest.raises(CriticalMassError) as caught:
        read_study(study_toml(change))
    assert message in str(caught.value)


def test_whole_numbers_may_stand_where_numbers_are_wanted(study_toml):
    one = read_study(study_toml({"learner.C": 2}))
    two = read_study(study_toml({"learner.C": 2.0}))
    assert [t.key for t in one.trials()] == [t.key for t in two.trials()]


def test_all_problems_of_a_study_file_are_told_at_once(study_toml):
    path = study_toml(
        {
            "seed": None,
            "sede": 5,
            "population.test": 0.2,
            "population.randomize_labels": True,
            "learner.c": 1,
            "learner.epochs": "3",
            "strategies.mark.target_label": None,
            "strategies.mark.targetlabel": "Writer",
            "strategies.mark.signal.every": 1.5,
            "placement.points": None,
            "placement.pionts": 4,
        }
    )
    with pytest.raises(StudyError) as caught:
        read_study(path)
    first, *lines = str(caught.value).splitlines()
    assert first == "study.toml has 8 problems:"
    assert sorted(line.partition(" Valid")[0].strip() for line in lines) == [
        "learner.epochs must be an integer, not '3'",
        "learner: unknown key 'c'; did you mean 'C'?",
        "placement: unknown key 'pionts'; did you mean 'points'?",
        "population.randomize_labels must be a number, not True",
        "population.test must be an integer, not 0.2",
        "strategies.mark.signal.every must be an integer, not 1.5",
        "strategies.mark: unknown key 'targetlabel'; did you mean 'target_label'?",
        "unknown key 'sede'; did you mean 'seed'?",
    ]


def test_a_mistake_in_a_part_says_which_part(study_toml):
    with pytest.raises(
        CriticalMassError, match=r"strategies\.mark\.signal: every must be at least 1"
    ):
        read_study(study_toml({"strategies.mark.signal.every": 0}))
    with pytest.raises(CriticalMassError, match=r"learner: C must be positive"):
        read_study(study_toml({"learner.C": -1}))


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        ("age,hired\n1,yes\n2,no\n", {"label": "hird"}, "did you mean 'hired'"),
        ("age,hired\n1,yes\n2,no\n", {"label": "hired", "text": "cv"}, "unknown column 'cv'"),
        ("age,hired\n1,yes\n2,no\n", {}, "population needs label"),
        ("cv,tag\n,x\n b ,y\n", {"label": "tag", "text": "cv"}, "empty text in column 'cv'"),
        (
            'cv,tag\n" ",x\nb,y\n',
            {"label": "tag", "text": "cv"},
            r"1 of 2 records have an empty text in column 'cv' \(line 2\)",
        ),
    ],
)
def test_mistakes_in_a_file_of_ones_own(content, columns, message, study_toml, tmp_path):
    (tmp_path / "own.csv").write_text(content)
    with pytest.raises(CriticalMassError, match=message):
        read_study(study_toml({"population": {"file": "own.csv"} | columns}))


def test_a_missing_study_file(tmp_path):
    with pytest.raises(CriticalMassError, match="no study file"):
        read_study(tmp_path / "nowhere.toml")
    with pytest.raises(CriticalMassError, match="is a folder; a file is expected"):
        read_study(tmp_path)


def test_paths_are_relative_to_the_file(study_toml, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "no.zip").write_bytes(b"not an archive")
    change = {"population.dataset": "resumes", "population.options": {"path": "no.zip"}}
    with pytest.raises(CriticalMassError, match=r"no\.zip is damaged"):
        read_study(study_toml(change))


def test_file_names_are_no_patterns(tmp_path):
    (tmp_path / "a[1].csv").write_text("x,y\n1,p\n")
    (tmp_path / "a1.csv").write_text("x,y\n2,q\n")
    assert read_columns(tmp_path / "a[1].csv")["x"].tolist() == [1]


def test_a_byte_order_mark_changes_nothing(study_toml):
    """Windows' editor puts one before the text."""
    plain = read_study(study_toml())
    path = study_toml()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    marked = read_study(path)
    assert marked.source == plain.source
    assert [t.key for t in marked.trials()] == [t.key for t in plain.trials()]


def test_a_mistake_in_toml_keeps_its_line_behind_a_byte_order_mark(study_toml):
    path = study_toml()
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + b"seed = 5\nname = small\n")
        with pytest.raises(
            StudyError, match=r"is not TOML: .*at line 2, column 8\), which reads 'name = small'"
        ):
            read_study(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_study_file_in_utf_16_gets_one_line(encoding, study_toml):
    path = study_toml()
    path.write_bytes(path.read_text().strip().encode(encoding))
    with pytest.raises(StudyError, match=r"^study\.toml is in UTF-16.*save it as UTF-8$"):
        read_study(path)


def test_a_study_file_in_another_encoding_names_the_line(study_toml):
    path = study_toml({"name": "café"})
    path.write_bytes(b"\n" + path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(StudyError, match=r"^study\.toml, line 2: byte 0xe9 is not UTF-8"):
        read_study(path)


@pytest.fixture
def people_csv(tmp_path):
    """Write a table of 120 people beside the study file."""
    lines = [f"{20 + i % 40},{'cook' if i % 3 else 'nurse'},{'yes' if i % 40 > 19 else 'no'}"
             for i in range(120)]  # fmt: skip
    (tmp_path / "people.csv").write_text("\n".join(["age,job,hired", *lines]))


def test_boosted_trees_learn_from_a_table_without_a_class_name(study_toml, people_csv, tmp_path):
    trees = {"kind": "boosted-trees", "max_iter": 20, "learning_rate": 0.2}
    study = read_study(study_toml(TABLE | {"learner": trees}))
    forest = HistGradientBoostingClassifier(max_iter=20, learning_rate=0.2)
    named = study.learner.estimator.get_params()
    assert named == forest.get_params()
    rows = run(study, tmp_path / "out")
    assert rows[0].members == 0
    assert rows[0].accuracy > 0.9


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"max_iter": 0}, "learner: max_iter is at least 1 tree, not 0"),
        ({"learning_rate": 0}, "learner: learning_rate must be positive and finite, not 0"),
        (
            {"learning_rate": float("nan")},
            r"learner\.learning_rate must be a finite number, not nan",
        ),
        ({"max_iter": 1.5}, r"learner\.max_iter must be an integer, not 1\.5"),
    ],
)
def test_impossible_trees_are_refused_before_anything_is_trained(wrong, message, study_toml):
    with pytest.raises(CriticalMassError, match=message):
        read_study(study_toml({"learner": {"kind": "boosted-trees"} | wrong}))


@pytest.mark.parametrize(
    "learner",
    [
        {"kind": "boosted-trees"},
        {"kind": "scikit", "estimator": "sklearn.linear_model.LogisticRegression"},
        {"kind": "risk-minimizer"},
        {"kind": "gradient-descent", "learning_rate": 0.1, "steps": 3},
    ],
    ids=lambda learner: learner["kind"],
)
def test_a_learner_of_numbers_names_those_that_learn_from_texts(learner, study_toml):
    told = "these are texts: try linear-text, embedded-text, transformer or bayes-optimal"
    with pytest.raises(CriticalMassError, match=told):
        read_study(study_toml({"learner": learner}))


@pytest.mark.parametrize(
    "learner",
    [{"kind": "linear-text"}, {"kind": "transformer", "model": "all-MiniLM-L6-v2"}],
    ids=lambda learner: learner["kind"],
)
def test_a_learner_of_texts_names_those_that_learn_from_a_table(learner, study_toml, people_csv):
    if learner["kind"] == "transformer":
        pytest.importorskip("transformers")
    told = "this is a table: try boosted-trees, scikit, bayes-optimal, risk-minimizer or gradient-d"
    with pytest.raises(CriticalMassError, match=f"learns from texts; {told}"):
        read_study(study_toml(TABLE | {"learner": learner}))


def test_true_is_no_value_of_a_column_of_numbers(study_toml, people_csv):
    changes = {"strategies.mark.signal.values": {"age": True}, "learner.kind": "boosted-trees"}
    with pytest.raises(CriticalMassError, match="column 'age' holds a number; True is not"):
        read_study(study_toml(TABLE | changes))


def test_every_learner_that_is_named_instead_is_one_of_the_kinds():
    assert {name for names in FITTING.values() for name in names} == set(learners())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deep"),
        ("a = " + "9" * 5000, "this is not TOML"),
        ("[placement]\npoints = 1e30", "placement.points must be an integer"),
        (f"[placement]\npoints = {10**30}", "placement.points must be a number of at most 64 bits"),
        ("[placement]\nlow = nan", "placement.low must be a finite number, not nan"),
        ("[success]\ntarget = -inf", "success.target must be a finite number, not -inf"),
        (f"[learner]\nl2 = {10**400}", "learner.l2 must be a number of at most 64 bits"),
        ("[[a]]\nb = [1, inf]", "a[0].b[1] must be a finite number, not inf"),
    ],
    ids=range(8),
)
def test_numbers_that_are_none_and_deep_nesting_are_told_in_a_line(tmp_path, text, message):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(StudyError) as refusal:
        read_study(path)
    assert any(message in line for line in refusal.value.lines)
    assert all(len(line) < 500 for line in refusal.value.lines)


def test_a_study_file_of_many_megabytes_is_not_read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("# comment\n" * 200_000)
    with pytest.raises(CriticalMassError, match=r"2,000,000 bytes; 1,000,000 at most"):
        read_study(path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("population.options.n", 10**12, "n is between 1 profile and 1,000,000"),
        ("strategies.mark.signal.token", "x" * 1001, "a token has at most 1,000 characters"),
        ("placement.repetitions", 10**12, "a grid of 4,000,000,000,000 trials is too large"),
        ("incentives.cost.distribution", "levy_stable", "unknown distribution"),
    ],
)
def test_numbers_that_would_take_all_memory_or_time_are_refused(study_toml, key, value, message):
    with pytest.raises(CriticalMassError, match=message):
        read_study(study_toml({key: value}))
