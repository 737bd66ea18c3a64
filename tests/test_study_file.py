import tomllib

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
    MoveToSubgroup,
    ScikitLearner,
    SetColumns,
    StampPatch,
    Study,
    StudyError,
    read_study,
    run,
)
from criticalmass.datasets import synthetic_resumes
from criticalmass.datasets.files import read_columns
from criticalmass.learners.learner import FITTING
from criticalmass.studies.files.catalogue import SIGNALS, learners, make


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
            (
                'dataset = "synthetic-resumes"\noptions = { n = 260 }\ntest = 60',
                'file = "people.csv"\nlabel = "hired"',
            ),
            (
                'kind = "linear-text"',
                'kind = "scikit"\nestimator = "sklearn.linear_model.LogisticRegression"\n'
                "parameters = { C = 0.5 }",
            ),
            ('"Writer"', '"yes"'),
            (
                'kind = "insert-token", token = "~", every = 20',
                'kind = "set-columns", values = { job = "cook", age = 20 }',
            ),
            ("low = 0.01", "low = 0.05"),
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
            (
                'dataset = "synthetic-resumes"\noptions = { n = 260 }\ntest = 60',
                'file = "cvs.csv"\ntext = "cv"\nlabel = "tags"\nseparator = ";"\ntest = 20',
            ),
            ('"Writer"', '"a"'),
            ("low = 0.01", "low = 0.05"),
        )
    )
    assert study.population.label_sets
    assert study.population.name == "cvs"


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ('kind = "insert-token", token = "x", placement = "end"', InsertToken("x", 20, "end")),
        ('kind = "stamp-patch", value = 16, size = 3', StampPatch(16, 3)),
        (
            'kind = "move-to-subgroup", where = { sex = "Female" }',
            MoveToSubgroup({"sex": "Female"}),
        ),
    ],
)
def test_every_signal_has_a_kind(text, signal):
    assert make(SIGNALS, "signal", "s", tomllib.loads(f"s = {{ {text} }}")["s"]) == signal


def test_feature_only_and_explicit_alphas(study_toml):
    study = read_study(
        study_toml(
            ('kind = "feature-label"', 'kind = "feature-only"\nrecruit = "target"'),
            ("low = 0.01\nhigh = 0.3\npoints = 4", "alphas = [0.02, 0.05]"),
        )
    )
    assert study.strategies["mark"] == FeatureOnly(InsertToken("~"), "Writer", recruit="target")
    assert study.placement == Grid((0.02, 0.05), 2)


MISTAKES = {
    "unknown key": (("seed = 5", "sede = 5"), "unknown key 'sede'; did you mean 'seed'"),
    "unknown key in a section": (
        ("points = 4", "pionts = 4"),
        "placement: unknown key 'pionts'; did you mean 'points'",
    ),
    "unknown key of a strategy": (
        ("target_label", "targetlabel"),
        "strategies.mark: unknown key 'targetlabel'; did you mean 'target_label'",
    ),
    "unknown key of a signal": (
        ("every = 20", "evry = 20"),
        "strategies.mark.signal: unknown key 'evry'; did you mean 'every'",
    ),
    "unknown kind": (
        ('"linear-text"', '"liner-text"'),
        "learner: unknown learner 'liner-text'; did you mean 'linear-text'",
    ),
    "unknown dataset": (
        ('"synthetic-resumes"', '"syntetic-resumes"'),
        "did you mean 'synthetic-resumes'",
    ),
    "unknown option": (("{ n = 260 }", "{ m = 260 }"), "population.options: unknown key 'm'"),
    "option of a wrong type": (
        ("{ n = 260 }", "{ n = 260.5 }"),
        r"population\.options\.n must be an integer, not 260\.5",
    ),
    "negative seed": (
        ("test = 60", "test = 60\nseed = -1"),
        "seed must be greater than or equal to 0, not -1",
    ),
    "kind is a list": (('kind = "linear-text"', 'kind = ["linear-text"]'), "unknown learner"),
    "kind missing": (
        ('kind = "linear-text"', ""),
        "learner needs a kind: linear-text, transformer, boosted-trees, scikit",
    ),
    "parameter missing": (('target_label = "Writer"', ""), "needs the key 'target_label'"),
    "section missing": (("[strategies.mark]", "[strategy.mark]"), "unknown key 'strategy'"),
    "name missing": (('name = "small"', ""), "the key 'name' is missing"),
    "wrong type": (
        ("every = 20", 'every = "often"'),
        "signal.every must be an integer, not 'often'",
    ),
    "wrong choice": (
        ('kind = "feature-label"', 'kind = "feature-label"\nrecruit = "all"'),
        "strategies.mark.recruit must be 'everyone' or 'target', not 'all'",
    ),
    "signal is no table": (
        ('{ kind = "insert-token", token = "~", every = 20 }', '"~"'),
        "strategies.mark.signal must be a table with a kind",
    ),
    "alpha of zero": (("low = 0.01", "low = 0"), "0 < low < high"),
    "alpha above one": (("high = 0.3", "high = 3.0"), "high=3"),
    "alpha in a list": (
        ("low = 0.01\nhigh = 0.3\npoints = 4", "alphas = [0.1, 1.2]"),
        r"in \(0, 1\], not 1\.2",
    ),
    "both placements": (("points = 4", "points = 4\nalphas = [0.1]"), "either alphas, or low"),
    "half a placement": (("points = 4", ""), "either alphas, or low, high and points"),
    "unknown label": (('"Writer"', '"Writter"'), "did you mean 'Writer'"),
    "nobody joins": (("low = 0.01", "low = 0.0001"), "alpha = 0.0001: a collective of zero"),
    "test too large": (("test = 60", "test = 260"), "between 1 and 259 records"),
    "no TOML": (("[learner]", "[learner"), "is not TOML"),
    "dataset and file": (("test = 60", 'file = "x.csv"'), "either a dataset or a file"),
    "label for a dataset": (("test = 60", 'label = "x"'), "label describes a file, not a dataset"),
    "missing for a dataset": (
        ("test = 60", 'missing = "keep"\ndecimal = ","'),
        "decimal, missing describe a file, not a dataset",
    ),
    "missing file": (
        ('dataset = "synthetic-resumes"\noptions = { n = 260 }', 'file = "no.csv"\nlabel = "x"'),
        "no file .*no.csv",
    ),
    "unknown measure": (
        ("[placement]", '[success]\nmeasures = ["topp1"]\n\n[placement]'),
        "did you mean 'top1'",
    ),
}


@pytest.mark.parametrize(("change", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_get_one_line(change, message, study_toml):
    with pytest.raises(CriticalMassError, match=message) as caught:
        read_study(study_toml(change))
    assert str(caught.value).startswith("study.toml: ") or message == "is not TOML"
    assert "\n" not in str(caught.value)


WRONG_TYPES = {
    "true is no share": (
        ("test = 60", "test = 60\nrandomize_labels = true"),
        "population.randomize_labels must be a number, not True",
    ),
    "a share is no number of records": (
        ("test = 60", "test = 0.2"),
        "population.test must be an integer, not 0.2",
    ),
    "a number in quotes is no number": (
        ("test = 60", 'test = "60"'),
        "population.test must be an integer, not '60'",
    ),
    "a seed is whole": (("seed = 5", "seed = 1.5"), "seed must be an integer, not 1.5"),
    "a seed is no truth": (("seed = 5", "seed = true"), "seed must be an integer, not True"),
    "a name is a text": (('name = "small"', "name = 5"), "name must be a text, not 5"),
    "numeric is true or false": (
        ("test = 60", "test = 60\nnumeric = 1"),
        "population.numeric must be true or false, not 1",
    ),
    "a label is a text": (
        ('target_label = "Writer"', "target_label = 3"),
        "strategies.mark.target_label must be a text, not 3",
    ),
    "every is whole": (
        ("every = 20", "every = 1.5"),
        "strategies.mark.signal.every must be an integer, not 1.5",
    ),
    "every is no truth": (
        ("every = 20", "every = true"),
        "strategies.mark.signal.every must be an integer, not True",
    ),
    "a token is a text": (
        ('token = "~"', "token = 1"),
        "strategies.mark.signal.token must be a text, not 1",
    ),
    "a number of a learner": (
        ('"linear-text"', '"linear-text"\nC = "1.0"'),
        "learner.C must be a number, not '1.0'",
    ),
    "a number of a learner is no truth": (
        ('"linear-text"', '"linear-text"\nC = true'),
        "learner.C must be a number, not True",
    ),
    "inactive is no truth": (
        ('target_label = "Writer"', 'target_label = "Writer"\ninactive = true'),
        "strategies.mark.inactive must be a number, not True",
    ),
    "measures are a list": (
        ("[placement]", '[success]\nmeasures = "included"\n\n[placement]'),
        "success.measures must be a list, not 'included'",
    ),
    "a target is a number": (
        ("[placement]", '[success]\ntarget = "90%"\n\n[placement]'),
        "success.target must be a number, not '90%'",
    ),
    "a target is no truth": (
        ("[placement]", "[success]\ntarget = true\n\n[placement]"),
        "success.target must be a number, not True",
    ),
    "a cost is no truth": (
        ("[placement]", "[incentives]\ncost = true\n\n[placement]"),
        "incentives.cost must be a number or a table, not True",
    ),
    "a shape is no truth": (
        ("[placement]", '[incentives]\ncost = { distribution = "lognorm", s = true }\n[placement]'),
        "incentives.cost.s must be a number, not True",
    ),
    "what a column costs is no truth": (
        ("[placement]", '[incentives]\ncost = { column = "age", each = true }\n[placement]'),
        "incentives.cost.each must be a number, not True",
    ),
    "a column is named by a text": (
        ("[placement]", '[incentives]\ncost = { column = ["age"] }\n[placement]'),
        "incentives.cost.column must be a text, not ['age']",
    ),
    "a list is no cost": (
        ("[placement]", "[incentives]\ncost = [1, 2]\n[placement]"),
        "incentives.cost must be a number or a table, not [1, 2]",
    ),
    "a choice is named": (
        ('token = "~"', 'token = "~", placement = "strat"'),
        "must be 'spaced', 'start', 'end' or 'random', not 'strat'; did you mean 'start'?",
    ),
    "a grid is not endless": (
        ("points = 4", "points = 1000000000000"),
        "a grid of 1,000,000,000,000 points is too large: 1,000,000 at most",
    ),
    "repetitions are not endless": (
        ("repetitions = 2", "repetitions = 1000000000000"),
        "a grid of 4,000,000,000,000 trials is too large: 1,000,000 at most",
    ),
    "a name with a line break stays on one line": (
        ("[strategies.mark]", '[strategies."a\\nb"]\nevery = 3'),
        "strategies.'a\\nb': unknown key 'every'",
    ),
    "strategies are tables": (
        ("[strategies.mark]", "[strategies]"),
        "strategies.kind must be a table, not 'feature-label'",
    ),
    "a population is a table": (
        ("[population]\n", "[[population]]\n"),
        "population must be a table, not a list",
    ),
    "a date is no text": (
        ('target_label = "Writer"', "target_label = 2026-01-01"),
        "strategies.mark.target_label must be a text, not datetime.date(2026, 1, 1)",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_nothing_in_a_study_file_is_taken_for_another_type(change, message, study_toml):
    with pytest.raises(CriticalMassError) as caught:
        read_study(study_toml(change))
    assert message in str(caught.value)


def test_whole_numbers_may_stand_where_numbers_are_wanted(study_toml):
    one = read_study(study_toml(('"linear-text"', '"linear-text"\nC = 2')))
    two = read_study(study_toml(('"linear-text"', '"linear-text"\nC = 2.0')))
    assert [t.key for t in one.trials()] == [t.key for t in two.trials()]


def test_all_problems_of_a_study_file_are_told_at_once(study_toml):
    path = study_toml(
        ("seed = 5", "sede = 5"),
        ("test = 60", "test = 0.2\nrandomize_labels = true"),
        ('kind = "linear-text"', 'kind = "linear-text"\nc = 1\nepochs = "3"'),
        ("target_label", "targetlabel"),
        ("every = 20", "every = 1.5"),
        ("points = 4", "pionts = 4"),
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
        read_study(study_toml(("every = 20", "every = 0")))
    with pytest.raises(CriticalMassError, match=r"learner: C must be positive"):
        read_study(study_toml(('"linear-text"', '"linear-text"\nC = -1')))


@pytest.mark.parametrize(
    ("content", "extra", "message"),
    [
        ("age,hired\n1,yes\n2,no\n", 'label = "hird"', "did you mean 'hired'"),
        ("age,hired\n1,yes\n2,no\n", 'label = "hired"\ntext = "cv"', "unknown column 'cv'"),
        ("age,hired\n1,yes\n2,no\n", "", "population needs label"),
        ("cv,tag\n,x\n b ,y\n", 'label = "tag"\ntext = "cv"', "empty text in column 'cv'"),
        (
            'cv,tag\n" ",x\nb,y\n',
            'label = "tag"\ntext = "cv"',
            r"1 of 2 records have an empty text in column 'cv' \(first: line 2\)",
        ),
    ],
)
def test_mistakes_in_a_file_of_ones_own(content, extra, message, study_toml, tmp_path):
    (tmp_path / "own.csv").write_text(content)
    change = (
        'dataset = "synthetic-resumes"\noptions = { n = 260 }\ntest = 60',
        f'file = "own.csv"\n{extra}',
    )
    with pytest.raises(CriticalMassError, match=message):
        read_study(study_toml(change))


def test_a_missing_study_file(tmp_path):
    with pytest.raises(CriticalMassError, match="no study file"):
        read_study(tmp_path / "nowhere.toml")
    with pytest.raises(CriticalMassError, match="cannot be read"):
        read_study(tmp_path)


def test_paths_are_relative_to_the_file(study_toml, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "no.zip").write_bytes(b"not an archive")
    change = (
        '"synthetic-resumes"\noptions = { n = 260 }',
        '"resumes"\noptions = { path = "no.zip" }',
    )
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
    path = study_toml(('name = "small"', "name = small"))
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + path.read_text().encode())
        with pytest.raises(StudyError, match=r"is not TOML: .*at line 2, column 8"):
            read_study(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_study_file_in_utf_16_gets_one_line(encoding, study_toml):
    path = study_toml()
    path.write_bytes(path.read_text().strip().encode(encoding))
    with pytest.raises(StudyError, match=r"^study\.toml is in UTF-16.*save it as UTF-8$"):
        read_study(path)


def test_a_study_file_in_another_encoding_names_the_line(study_toml):
    path = study_toml(('name = "small"', 'name = "café"'))
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(StudyError, match=r"^study\.toml, line 2: byte 0xe9 is not UTF-8"):
        read_study(path)


TABLE = (
    ('dataset = "synthetic-resumes"\noptions = { n = 260 }\ntest = 60',
     'file = "people.csv"\nlabel = "hired"'),
    ('"Writer"', '"yes"'),
    ('kind = "insert-token", token = "~", every = 20',
     'kind = "set-columns", values = { age = 20 }'),
    ("low = 0.01", "low = 0.05"),
)  # fmt: skip


@pytest.fixture
def people_csv(tmp_path):
    """Write a table of 120 people beside the study file."""
    lines = [f"{20 + i % 40},{'cook' if i % 3 else 'nurse'},{'yes' if i % 40 > 19 else 'no'}"
             for i in range(120)]  # fmt: skip
    (tmp_path / "people.csv").write_text("\n".join(["age,job,hired", *lines]))


def test_boosted_trees_learn_from_a_table_without_a_class_name(study_toml, people_csv, tmp_path):
    trees = '"boosted-trees"\nmax_iter = 20\nlearning_rate = 0.2'
    study = read_study(study_toml(*TABLE, ('"linear-text"', trees)))
    forest = HistGradientBoostingClassifier(max_iter=20, learning_rate=0.2)
    named = study.learner.estimator.get_params()
    assert named == forest.get_params()
    rows = run(study, tmp_path / "out")
    assert rows[0].members == 0
    assert rows[0].accuracy > 0.9


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("max_iter = 0", "learner: max_iter is at least 1 tree, not 0"),
        ("learning_rate = 0", "learner: learning_rate must be positive and finite, not 0"),
        ("learning_rate = nan", "learner: learning_rate must be positive and finite, not nan"),
        ("max_iter = 1.5", r"learner\.max_iter must be an integer, not 1\.5"),
    ],
)
def test_impossible_trees_are_refused_before_anything_is_trained(wrong, message, study_toml):
    with pytest.raises(CriticalMassError, match=message):
        read_study(study_toml(('"linear-text"', f'"boosted-trees"\n{wrong}')))


@pytest.mark.parametrize(
    "learner",
    [
        '"boosted-trees"',
        '"scikit"\nestimator = "sklearn.linear_model.LogisticRegression"',
        '"risk-minimizer"',
        '"gradient-descent"\nlearning_rate = 0.1\nsteps = 3',
    ],
)
def test_a_learner_of_numbers_names_those_that_learn_from_texts(learner, study_toml):
    told = "these are texts: try linear-text, transformer or bayes-optimal"
    with pytest.raises(CriticalMassError, match=told):
        read_study(study_toml(('"linear-text"', learner)))


@pytest.mark.parametrize("learner", ['"linear-text"', '"transformer"\nmodel = "all-MiniLM-L6-v2"'])
def test_a_learner_of_texts_names_those_that_learn_from_a_table(learner, study_toml, people_csv):
    if "transformer" in learner:
        pytest.importorskip("transformers")
    told = "this is a table: try boosted-trees, scikit, bayes-optimal, risk-minimizer or gradient-d"
    with pytest.raises(CriticalMassError, match=f"learns from texts; {told}"):
        read_study(study_toml(*TABLE, ('"linear-text"', learner)))


def test_true_is_no_value_of_a_column_of_numbers(study_toml, people_csv):
    change = ("values = { age = 20 }", "values = { age = true }")
    with pytest.raises(CriticalMassError, match="column 'age' holds a number; True is not"):
        read_study(study_toml(*TABLE, ('"linear-text"', '"boosted-trees"'), change))


def test_every_learner_that_is_named_instead_is_one_of_the_kinds():
    assert {name for names in FITTING.values() for name in names} == set(learners())
