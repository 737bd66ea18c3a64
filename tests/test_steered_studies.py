"""Steering from a study file to a report, and what goes wrong on the way."""

import json
import sys
import tomllib
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from criticalmass import Store, read_study, run
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.cli.main import main
from criticalmass.pages.report import write_report
from support.older_stores import make_older
from support.study_files import write_study

STUDY = tomllib.loads("""
name = "Steered"
[population]
file = "people.csv"
label = "hired"
numeric = true
test = 200
[learner]
kind = "risk-minimizer"
l2 = 0.01
[strategies.ignore]
kind = "gradient-neutralizing"
goal = { kind = "ignore", column = "sex" }
knowledge = "known"
allowed = { records = "bounded" }
[placement]
alphas = [0.01, 0.03, 0.1, 0.3]
repetitions = 2
""")

DESCENT = {"kind": "gradient-descent", "learning_rate": 0.5, "steps": 40, "l2": 0.01}
CONTROL = {
    "kind": "gradient-control",
    "goal": {"kind": "ignore", "column": "sex"},
    "knowledge": "known",
}


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    n = 1000
    age, male = rng.normal(40, 10, n), rng.random(n) < 0.6
    hired = rng.random(n) < 1 / (1 + np.exp(-(0.05 * (age - 40) + 1.2 * male - 0.5)))
    job = rng.choice(["cook", "clerk", "nurse"], n)
    lines = [
        f"{a:.2f},{'m' if m else 'f'},{j},{'yes' if h else 'no'}"
        for a, m, j, h in zip(age, male, job, hired, strict=True)
    ]
    (tmp_path / "people.csv").write_text("age,sex,job,hired\n" + "\n".join(lines) + "\n")
    write_study(tmp_path / "study.toml", STUDY)
    return tmp_path


@pytest.fixture
def command(monkeypatch, capsys):
    """The command line, in this process."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["criticalmass", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return SimpleNamespace(stdout=out, stderr=err, returncode=code)

    return call


def changed(folder, changes):
    """Write the study with some keys changed; return the file's path."""
    return write_study(folder / "changed.toml", STUDY, changes)


def test_from_file_to_report(folder):
    study = read_study(folder / "study.toml")
    rows = run(study, folder / "out")
    assert study.measures == ("distance",)
    by_size = {row.members: row.rate("distance") for row in rows}
    assert by_size[0] == 0
    assert by_size[max(by_size)] > 1 - 1e-6  # whole people reach the model itself
    sizes = sorted(by_size)
    assert all(by_size[a] <= by_size[b] + 0.05 for a, b in pairwise(sizes))
    with Store.open(folder / "out") as store:
        facts = store.facts()
    (finding,) = findings(facts, rows)
    theory = compare(finding).theory
    assert theory.theorem == "Theorem 7"
    exact = theory.exact.critical_mass(0.9).alpha
    assert exact <= theory.bound.critical_mass(0.9).alpha
    assert finding.mass.alpha == pytest.approx(exact, rel=0.5)
    page = write_report(folder / "out").read_text()
    assert "of the way to one that gives no weight to “sex”" in page
    assert "Theorem 7 guarantees" in page
    assert "S-shaped" not in page


def test_a_utility_has_proposition_9_beside_it(folder, command):
    goal = {"kind": "raise", "by": 0.2, "where": {"job": "cook"}, "scale": "predictor"}
    path = changed(folder, {"strategies.ignore.goal": goal})
    said = command("bound", path)
    assert "Proposition 9" in said.stdout
    rows = run(read_study(path), folder / "raise")
    assert max(row.rate("utility") for row in rows) > 1 - 1e-6
    page = write_report(folder / "raise").read_text()
    assert "of the wanted gain of 0.2" in page
    assert "Proposition 9" in page


def test_bound_and_exact_take_study_files(folder, command):
    said = json.loads(command("bound", folder / "study.toml", "--json").stdout)
    assert list(said["ignore"]) == ["bound"]
    assert said["ignore"]["bound"]["theorem"] == "GradientNeutralizingBound"
    text = command("exact", folder / "study.toml").stdout
    assert "100%" in text
    assert "exactly from" in text


def test_every_step_can_be_answered(folder, command):
    path = changed(folder, {"learner": DESCENT, "strategies.ignore": CONTROL | {"xi": 1.5}})
    rows = run(read_study(path), folder / "control")
    for row in rows:
        assert row.warning == ""
        if row.members:  # Theorem 10, as an equality: gradients are supplied
            assert row.rate("distance") == pytest.approx(1 - (1 - 0.5 * row.alpha * 1.5) ** 40)
    assert "Theorem 10" in write_report(folder / "control").read_text()
    assert "control" in command("bound", path).stdout


def test_what_records_cannot_do_is_in_the_row(folder):
    path = changed(
        folder,
        {
            "learner": DESCENT,
            "strategies.ignore": CONTROL | {"supply": "records", "short": "nearest"},
            "placement.alphas": [0.005, 0.3],
        },
    )
    rows = run(read_study(path), folder / "records")
    said = {row.members: row.warning for row in rows}
    assert said[4].startswith("No records of 0.005 of the population redirect the gradient at ")
    assert said[0] == ""
    assert "No records of 0.005" in write_report(folder / "records").read_text()


def test_one_firm_takes_the_median(folder):
    path = changed(
        folder,
        {
            "learner": DESCENT | {"clients": 40, "aggregation": "median"},
            "strategies.ignore": CONTROL | {"xi": 1.5},
            "placement.alphas": [0.2, 0.7],
        },
    )
    rates = {
        round(row.alpha, 1): row.rate("distance") for row in run(read_study(path), folder / "m")
    }
    assert rates[0.2] < 0.5 < rates[0.7]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learner": {"kind": "bayes-optimal"}}, "risk-minimizer or"),
        ({"strategies.ignore.goal.column": "sax"}, "sex"),
        ({"strategies.ignore.allowed.records": "bound"}, "bounded"),
        ({"strategies.ignore.allowed": {"record": "bounded"}}, "records"),
        ({"strategies.ignore.goal.kind": "ignor"}, "ignore"),
        ({"population.numeric": None}, "numeric"),
        (
            {"strategies.ignore.goal": {"kind": "reach", "weights": {"age": 900.0}}},
            "out of reach",
        ),
        ({"strategies.ignore.kind": "gradient-control"}, "gradient-descent"),
        (
            {"learner": DESCENT, "strategies.ignore": CONTROL | {"xi": 50.0}},
            "xi must be between 0 and 1/",
        ),
        ({"learner": DESCENT | {"hidden": [3]}}, "convex"),
        (
            {
                "learner": DESCENT | {"hidden": [3]},
                "strategies.ignore.kind": "gradient-control",
            },
            "list of all",
        ),
        ({"strategies.ignore.goal": {"kind": "reach", "weights": {"age": 1e9}}}, "aim nearer"),
        (
            {"strategies.ignore.goal": {"kind": "raise", "by": 0.1, "where": {"sex": "m"}}},
            "but the most frequent",
        ),
        ({"learner.loss": "logit"}, "logistic"),
    ],
)
def test_mistakes_get_one_line(folder, command, changes, said):
    path = changed(folder, changes)
    for name in ("run", "bound"):
        failed = command(name, path, *(["--out", folder / "no"] if name == "run" else []))
        assert failed.returncode == 2, failed.stdout
        assert "Traceback" not in failed.stderr
        last = failed.stderr.strip().splitlines()[-1]
        assert last.startswith("error: ")
        assert said in last
        if said.startswith("xi") or "risk-minimizer" in said:
            break  # whole studies only: theory has no trials


def test_older_stores_are_brought_up_to_date(folder):
    study = read_study(folder / "study.toml")
    rows = run(study, folder / "old")
    make_older(folder / "old", 1)
    with Store.open(folder / "old") as store:
        assert [row.results for row in store.rows()] == [{}] * len(rows)
    with Store.open(folder / "old") as store:
        assert store.rows()[0].key in {row.key for row in rows}
