"""The commands that compute and train nothing."""

import json
import tomllib

import numpy as np
import pandas as pd
import pytest

from criticalmass.cli.main import app, main
from support.study_files import write_study

STUDY = tomllib.loads("""
name = "who is hired"

[population]
file = "people.csv"
label = "hired"

[learner]
kind = "bayes-optimal"

[strategies.plant]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "cook" } }

[strategies."plant quietly"]
kind = "feature-only"
target_label = "yes"
recruit = "target"
signal = { kind = "set-columns", values = { job = "cook" } }

[strategies.erase]
kind = "erase"
signal = { kind = "drop-column", column = "sex" }

[placement]
low = 0.02
high = 0.5
points = 4
repetitions = 2

[success]
target = 0.85
""")


@pytest.fixture
def people(tmp_path):
    """Write a study of 2,000 people in a file."""
    rng = np.random.default_rng(0)
    job = rng.choice(["cook", "clerk", "nurse", "baker"], 2000, p=[0.02, 0.38, 0.3, 0.3])
    sex = rng.choice(["f", "m"], 2000)
    odds = 0.3 + 0.3 * (job == "nurse") + 0.15 * (sex == "m")
    hired = np.where(rng.random(2000) < odds, "yes", "no")
    frame = pd.DataFrame({"job": job, "sex": sex, "noise": rng.integers(0, 900, 2000)})
    frame.assign(hired=hired).drop(columns="noise").to_csv(tmp_path / "people.csv", index=False)
    frame.assign(hired=hired).to_csv(tmp_path / "noisy.csv", index=False)
    return write_study(tmp_path / "study.toml", STUDY)


@pytest.fixture
def call(monkeypatch, capsys):
    """Call the command line; return its exit code, output and errors."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["criticalmass", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    assert app is not None
    return run


def test_a_theorem_prints_a_table(call):
    words = ("--uniqueness", 1e-3, "--gap", 1, "--target", 0.9)
    code, out, err = call("theorem", "feature-label", *words)
    assert (code, err) == (0, "")
    assert "FeatureLabelBound(uniqueness=0.001, gap=1.0" in out
    assert "90%  0.00990099 (0.99%)" in out


def test_a_theorem_counts_heads_and_says_why_not(call):
    words = ("--sensitivity", 0.01, "--epsilon", 0.1, "--suboptimality", "published")
    _, out, _ = call("theorem", "erasure", *words, "--people", 1000)
    assert "no guarantee" in out
    assert "126 of 1,000 (13%)" in out
    assert "guaranteed from" not in out
    assert "no collective is guaranteed more than 0.888889, 0.9 is wanted" in out


def test_a_theorem_as_json(call):
    words = ("--uniqueness", 0.1, "--positivity", 0.2)
    _, out, _ = call("theorem", "feature-only", *words, "--json")
    printed = json.loads(out)
    assert printed["theorem"] == "FeatureOnlyBound"
    assert printed["parameters"]["positivity"] == 0.2
    assert printed["guarantee"] is True
    masses = printed["masses"]
    assert masses[0]["target"] == 0.5
    assert masses[0]["alpha"] == pytest.approx(0.8)
    assert masses[-1]["alpha"] is None
    assert masses[-1]["reason"]


def test_the_theorem_of_regression(call):
    words = ("--uniqueness", 0.01, "--distance", 20, "--tolerance", 2)
    _, out, _ = call("theorem", "regression", *words)
    assert "90%  0.473684 (47%)" in out


def test_the_theorem_of_unplanting(call):
    _, out, _ = call("theorem", "unplant", "--held", 1e-3, "--target", 0.9)
    assert "90%  0.00990099 (0.99%)" in out  # as Theorem 1 with Δξ = H
    _, out, _ = call("theorem", "unplant", "--held", 0.001, "--uniqueness", 0.01, "--epsilon", 0.1)
    worst = 0.001 + 0.01 / 9  # H + λξ, and 1 − λ
    assert f"90%  {1 / (1 + 0.1 * (1 - 1 / 9) / worst):.6g} " in out


def test_several_targets_may_be_asked_for(call):
    words = ("--sensitivity", 0.1, "--target", 0.8, "--target", 0.6, "--json")
    _, out, _ = call("theorem", "erasure", *words)
    assert [mass["target"] for mass in json.loads(out)["masses"]] == [0.8, 0.6]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["feature-lable"], "unknown theorem 'feature-lable'; did you mean 'feature-label'"),
        (["study.toml"], "is a study file, not a theorem: criticalmass theory study.toml"),
        (["feature-label", "--uniqueness", 2], "uniqueness is a probability between 0 and 1"),
        (["feature-label", "--uniqueness", 0.1, "--target", 1], "target is a success rate"),
        (["feature-label", "--uniqueness", 0.1, "--epsilon", 0.5], "less than 0.5"),
        (["feature-label", "--uniqueness", 0.1, "--suboptimality", "tv"],
         "suboptimality must be 'contamination', 'conditional-tv', 'joint-tv' or 'published'"),
        (["feature-label", "--uniqueness", 0.1, "--people", 0], "size of the population"),
    ],
)  # fmt: skip
def test_a_theorem_refuses_in_one_line(words, message, call):
    code, out, err = call("theorem", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["feature-label"], "Missing option '--uniqueness'"),
        (["erasure", "--gap", 1], "No such option: --gap"),
        (["regression", "--suboptimality", "joint-tv"], "No such option: --suboptimality"),
        (["erasure", "--sensitivity", "much"], "Invalid value for '--sensitivity'"),
    ],
)
def test_a_theorem_says_which_option_is_wrong(words, message, call):
    code, out, err = call("theorem", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_theory_prints_what_is_guaranteed_and_what_is_exact(call, people):
    code, out, _ = call("theory", people)
    assert code == 0
    assert "plant (2,000 records, 8 different ones)" in out
    assert "uniqueness 0.02" in out
    assert "85%" in out  # the study's own target
    whole = out.index("whole people, drawn at random")
    shares = out.index("In shares, for a group that mirrors everybody exactly")
    assert whole < shares < out.index("guaranteed from")
    assert "Guaranteed: for all records with these parameters, and a group that mirrors" in out
    assert "first reached" not in out  # where it is nowhere lost again
    for column in ("to be 95% sure", "guaranteed from", "exactly from"):
        assert column in out
    assert "sensitivity" in out
    assert "job = " in out


def test_theory_as_json_is_what_the_strategy_says(call, people):
    from criticalmass import FiniteTable
    from criticalmass.studies.files.study_file import read_question

    _, out, _ = call("theory", people, "--json", "--target", 0.7)
    said = json.loads(out)
    question = read_question(people)
    assert isinstance(question.records, FiniteTable)
    for name, strategy in question.strategies.items():
        exact, bound = strategy.exact(question.records), strategy.bound(question.records)
        (mass,), (promised,) = said[name]["exact"]["masses"], said[name]["bound"]["masses"]
        assert mass["alpha"] == exact.critical_mass(0.7).alpha
        in_people, told = strategy.exact(question.records, in_people=True), said[name]["people"]
        assert told["masses"][0]["alpha"] == in_people.critical_mass(0.7).alpha
        assert told["sure"][0]["alpha"] == in_people.floor_mass(0.7).alpha
        assert told["from_below"] is (name == "erase")
        if bound.critical_mass(0.7).reached:
            assert promised["alpha"] == bound.critical_mass(0.7).alpha
        else:
            assert promised["alpha"] is None


def test_a_measure_that_no_theorem_is_about_is_named(call, people):
    write_study(people, STUDY, {"success.measures": ["won", "included", "erased"]})
    code, out, _ = call("theory", people)
    assert code == 0
    assert "No theorem is about won" in out
    assert "No theorem is about included" not in out


def test_no_bound_is_drawn_beside_a_measure_that_no_theorem_is_about(call, people):
    changes = {"success.measures": ["won", "erased"], "strategies.plant quietly": None}
    write_study(people, STUDY, changes)
    code, out, err = call("run", people, "--out", people.parent / "out")
    assert code == 0, err
    assert "and do not hold “yes”" in out
    call("report", people.parent / "out")
    page = (people.parent / "out" / "report.html").read_text(encoding="utf-8")
    assert "won: the target label is predicted for records of others" in page
    assert page.count("What theory says") == 1  # of what is erased


def test_what_needs_nobody_is_not_one_person(call, people):
    _, out, _ = call("theory", people, "--target", 0.1)
    assert "any share" in out
    assert " 1 of 2,000" not in out


def test_a_published_formula_is_not_called_a_guarantee(call, people):
    words = ("--suboptimality", "published", "--epsilon", 0.02)
    _, out, _ = call("theory", people, *words)
    assert "published formula, no guarantee" in out
    assert "guaranteed from" not in out


def test_a_map_that_leads_nowhere_is_refused(call, people):
    nowhere = {"kind": "set-columns", "values": {"job": "x"}}
    write_study(people, STUDY, {"strategies": {"erase": {"kind": "erase", "signal": nowhere}}})
    code, out, err = call("theory", people)
    assert (code, out) == (2, "")
    assert "records to where nobody is" in err


def test_a_table_with_a_hole_is_refused(call, people):
    table = people.parent / "people.csv"
    table.write_text(table.read_text() + ",f,yes\n")
    code, out, err = call("theory", people)
    assert (code, out) == (2, "")
    assert "1 records have a missing value in column 'job'" in err
    assert err.count("\n") == 1


def test_an_exact_value_under_joint_tv_is_an_interval(call, people):
    words = ("--epsilon", 0.01, "--suboptimality", "joint-tv", "--target", 0.7)
    code, out, _ = call("theory", people, *words)
    assert code == 0
    assert "first reached" not in out
    assert "erasure has no bound under joint-tv" in out


def test_theory_says_where_nothing_is_exact(call, people):
    noisy = {"population.file": "noisy.csv"}
    write_study(people, STUDY, noisy)
    _, out, _ = call("theory", people)
    assert "no exact value: hardly any two records are alike" in out
    assert "put numbers into steps, or name fewer columns" in out
    write_study(people, STUDY, noisy | {"population.columns": ["job", "sex"]})
    _, out, _ = call("theory", people)
    assert "hardly any" not in out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"population.label": "hire"}, "unknown column 'hire'; did you mean 'hired'"),
        ({"strategies.plant.target_label": "yse"}, "did you mean 'yes'"),
        ({"population.file": "peple.csv"}, "no file"),
        ({"population.columns": ["jbo"]}, "did you mean 'job'"),
        ({"strategies.erase.signal.column": "sx"}, "strategy 'erase': unknown column 'sx'"),
        ({"placement.low": 0}, "0 < low < high"),
        ({"learner.kind": "bayes-optimum"}, "did you mean 'bayes-optimal'"),
        ({"strategies": {}}, "a study needs at least one strategy"),
    ],
)
def test_theory_refuses_in_one_line(change, message, call, people):
    write_study(people, STUDY, change)
    code, out, err = call("theory", people)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--epsilon", 0.7), "less than 0.5"),
        (("--suboptimality", "published", "--epsilon", 0.1), "needs to know what epsilon means"),
        (("--confidence", 0), "confidence is a probability"),
        (("--confidence", 95), "not 95; 95 % is 0.95"),
        (("--target", 0), "target is a success rate"),
    ],
)
def test_theory_checks_its_options(words, message, call, people):
    code, out, err = call("theory", people, *words)
    assert message in out + err
    assert "Traceback" not in err
    if "published" not in words:
        assert code == 2


STEERED = tomllib.loads("""
name = "A model that ignores sex"

[population]
file = "people.csv"
label = "hired"
numeric = true

[learner]
kind = "risk-minimizer"
l2 = 0.01

[strategies.ignore]
kind = "gradient-neutralizing"
goal = { kind = "ignore", column = "sex" }
knowledge = "known"
allowed = { records = "bounded" }

[placement]
low = 0.02
high = 0.5
points = 4
""")


def test_theory_of_steering(call, people):
    write_study(people, STEERED)
    code, out, err = call("theory", people)
    assert (code, err) == (0, "")
    assert "ignore (2,000 records)" in out
    for words in ("guaranteed from", "exactly from", "100%", "Success of"):
        assert words in out
    printed = json.loads(call("theory", people, "--json")[1])
    assert printed["ignore"]["bound"]["theorem"] == "GradientNeutralizingBound"
    assert list(printed["ignore"]["exact"]) == ["masses", "first_reached"]


def test_theory_as_json_says_why_nothing_is_exact(call, people):
    write_study(people, STUDY, {"population.file": "noisy.csv"})
    printed = json.loads(call("theory", people, "--json")[1])
    assert printed["plant"]["exact"]["refused"].startswith("hardly any two records are alike")
    assert printed["plant"]["bound"]["theorem"] == "FeatureLabelBound"


NOTE = (
    "note: `criticalmass {}` is now `criticalmass {}`{}; the old name works until the next "
    "release\n"
)
THEOREM_NOTE = NOTE.format("bound THEOREM", "theorem THEOREM", "")
STUDY_NOTE = NOTE.format("bound STUDY", "theory STUDY", ", which prints exact values, too")
EXACT_NOTE = NOTE.format("exact", "theory", "")


@pytest.mark.parametrize("options", [(), ("--json",), ("--target", 0.7, "--epsilon", 0.01)])
@pytest.mark.parametrize("study", [STUDY, STEERED], ids=["planting", "steering"])
def test_exact_is_the_old_name_of_theory(options, study, call, people):
    write_study(people, study)
    code, out, err = call("theory", people, *options)
    assert call("exact", people, *options) == (code, out, EXACT_NOTE + err)


def test_bound_of_a_study_prints_guarantees_only(call, people):
    code, out, err = call("bound", people, "--epsilon", 0.01)
    assert (code, err) == (0, STUDY_NOTE)
    assert "guaranteed from" in out
    assert "exactly from" not in out
    assert "Exactly:" not in out
    assert "exact value" not in out
    both = json.loads(call("theory", people, "--json")[1])
    bounds = json.loads(call("bound", people, "--json")[1])
    assert bounds == {name: {"bound": known["bound"]} for name, known in both.items()}


@pytest.mark.parametrize(
    "words",
    [
        ("feature-label", "--uniqueness", 1e-3),
        ("feature-only", "--uniqueness", 0.1, "--positivity", 0.2, "--outside", 0.01, "--json"),
        ("erasure", "--sensitivity", 0.01, "--epsilon", 0.1, "--people", 900),
        ("regression", "--uniqueness", 0.01, "--distance", 20, "--tolerance", 2),
    ],
    ids=lambda words: words[0],
)
def test_bound_is_the_old_name_of_theorem(words, call):
    code, out, _ = call("theorem", *words)
    assert call("bound", *words) == (code, out, THEOREM_NOTE)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["feature-lable"], "did you mean 'feature-label'"),
        (["feature-label"], "feature-label needs --uniqueness"),
        (["erasure", "--gap", 1], "erasure has no --gap; it takes --sensitivity"),
        (["feature-label", "--uniqueness", 2], "uniqueness is a probability between 0 and 1"),
        (["feature-label", "--uniqueness", 0.1, "--allow", "xgboost"], "belongs to a study file"),
        (
            ["regression", "--uniqueness", 0.1, "--distance", 1, "--tolerance", 1,
             "--suboptimality", "joint-tv"],
            "regression has one meaning of epsilon",
        ),
    ],
)  # fmt: skip
def test_bound_still_refuses_in_one_line(words, message, call):
    code, out, err = call("bound", *words)
    assert (code, out) == (2, "")
    note, error = err.splitlines()
    assert note + "\n" == THEOREM_NOTE
    assert message in error


@pytest.mark.parametrize("option", ["--uniqueness", "--gap", "--sensitivity", "--people"])
def test_what_the_records_of_a_study_decide_is_not_given(option, call, people):
    code, out, err = call("bound", people, option, 1)
    assert (code, out) == (2, "")
    note, error = err.splitlines()
    assert note + "\n" == STUDY_NOTE
    assert f"is a study, whose records decide {option}: leave it" in error


def test_reproduce_writes_figures_and_refuses_unknown_ones(call, tmp_path):
    code, out, _ = call("reproduce", "hardt2023/figure1", "--out", tmp_path)
    assert code == 0
    assert len(out.splitlines()) == 3
    for options, said in (
        (("--learner", "transfomer"), "unknown learner 'transfomer'; did you mean 'transformer'"),
        (("--size", "big"), "unknown size 'big'. Valid: small, paper"),
        (("--jobs", "0"), "jobs must be at least 1"),
    ):
        out = tmp_path / "nothing"
        code, _, err = call("reproduce", "hardt2023/figure2", "--out", out, *options)
        assert code == 2
        assert said in err
        assert not out.exists()
    code, _, err = call("reproduce", "hardt2023/figure9", "--out", tmp_path)
    assert code == 2
    assert "did you mean 'hardt2023/figure7'" in err
