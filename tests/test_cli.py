"""The commands as users type them: what they print, and what they leave behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from criticalmass import read_study
from criticalmass.cli.main import COMMANDS, main
from criticalmass.cli.run import BUILT_IN
from support.command_line import criticalmass
from support.study_files import TABLE, write_study


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Run a small study by the command line."""
    folder = tmp_path_factory.mktemp("cli")
    write_study(folder / "small.toml")
    return folder, criticalmass("run", "small.toml", cwd=folder)


def test_run_prints_the_answer_and_writes_the_report(done):
    folder, result = done
    assert result.returncode == 0, result.stderr
    assert "mark\n  It takes" in result.stdout
    assert "Report: results/small/report.html" in result.stdout
    assert (folder / "results" / "small" / "report.html").is_file()
    assert "trained 9 of 9" in result.stderr
    assert sorted(path.name for path in (folder / "results" / "small").iterdir()) == [
        "report.html",
        "trials.lock",
        "trials.sqlite",
    ]


def test_python_runs_the_package_as_the_command(tmp_path):
    """Whoever has no script on the path types this first."""
    by_package, by_script = (
        subprocess.run([sys.executable, "-m", name, "theorem", "erasure", "--sensitivity", "0.01"],
                       capture_output=True, text=True, cwd=tmp_path)
        for name in ("criticalmass", "criticalmass.cli")
    )  # fmt: skip
    assert by_package.returncode == by_script.returncode
    assert by_package.stdout == by_script.stdout != ""


def test_show_prints_every_trial(done):
    folder, _ = done
    result = criticalmass("show", "results/small", cwd=folder)
    assert result.returncode == 0
    lines = [line for line in result.stdout.splitlines() if line.startswith("mark  ")]
    assert len(lines) == 9
    assert "mark (top1): the target label is ranked first" in result.stdout


def test_report_writes_it_again(done):
    folder, _ = done
    page = folder / "results" / "small" / "report.html"
    before = page.read_text()
    page.unlink()
    assert criticalmass("report", "results/small", cwd=folder).returncode == 0
    assert page.read_text() == before


def test_datasets_and_version(tmp_path):
    listed = criticalmass("datasets", cwd=tmp_path).stdout
    assert [line.split()[0] for line in listed.splitlines()] == [
        "resumes",
        "synthetic-resumes",
        "digits",
        "adult",
    ]
    assert criticalmass("--version", cwd=tmp_path).stdout.startswith("criticalmass 0.")


THEOREMS = ["feature-label", "feature-only", "erasure", "regression"]
OLD_NAMES = ["bound", "exact"]
NAMES = [command.__name__ for group in COMMANDS.values() for command in group] + ["theorem"]
HELPS = [(), *((name,) for name in NAMES + OLD_NAMES), *(("theorem", name) for name in THEOREMS)]


@pytest.fixture(scope="module")
def helps():
    """Return the help of every command, by its words."""
    code = """
import json, sys
from typer.testing import CliRunner
from criticalmass.cli.main import app
for words in json.loads(sys.argv[1]):
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="criticalmass")
    assert result.exit_code == 0, words
    print(json.dumps([words, result.stdout]))
print(json.dumps([m for m in ("numpy", "sklearn", "scipy", "duckdb", "torch") if m in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(HELPS)], capture_output=True, text=True,
        env=os.environ | {"COLUMNS": "100"}, check=True,
    )  # fmt: skip
    *printed, heavy = map(json.loads, done.stdout.splitlines())
    assert heavy == [], "the help of a command loads what takes long"
    return {tuple(words): text for words, text in printed}


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_every_command_has_a_help_in_plain_words(words, helps):
    usage, sentence = [line.strip() for line in helps[words].splitlines() if line.strip()][:2]
    assert usage.startswith(" ".join(["Usage: criticalmass", *words]))
    assert sentence[0].isupper()
    for odd in ("``", "Parameters", "Any", "None"):
        assert odd not in helps[words]


def test_the_help_of_all_lists_each_command_once_and_no_old_name(helps):
    listed = [line.split()[1] for line in helps[()].splitlines() if line.startswith("│ ")]
    for name in NAMES:
        assert listed.count(name) == 1, name
    assert not set(OLD_NAMES) & set(listed)


def test_the_help_of_a_theorem_shows_its_own_numbers(helps):
    text = helps["theorem", "feature-only"]
    needed = [line.split()[2] for line in text.splitlines() if line.startswith("│ *")]
    assert needed == ["--uniqueness", "--positivity"]
    assert "--outside" in text
    assert "--gap" not in text
    assert "--suboptimality" not in helps["theorem", "regression"]  # one meaning of epsilon only
    assert all(f" {name} " in helps[("theorem",)] for name in THEOREMS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nowhere.toml"), "no study file 'nowhere.toml'"),
        (("theory", "examples/nowhere.toml"), "so run this there"),
        (("run", "typo.toml"), "did you mean 'strategies'"),
        (("run", "alpha.toml"), "alpha is a share of the population in (0, 1], not 2"),
        (("run", "label.toml"), "did you mean 'Writer'"),
        (("run", "zero.toml"), "a collective of zero members"),
        (("run", "empty.toml"), "1 of 3 records have an empty text in column 'cv' (line 3)"),
        (("run", "column.toml"), "did you mean 'job'"),
        (("run", "corrupt.toml"), "broken.zip is damaged, or not the résumé corpus"),
        (("run", "good.toml", "--jobs", "0"), "jobs must be at least 1"),
        (("run", "good.toml", "--out", "taken"), "holds another study: seed is 5 there, 6 here"),
        (("run", "good.toml", "--out", "half"), "damaged or not a store"),
        (("show", "nowhere"), "no study in 'nowhere'"),
        (("report", "half"), "damaged or not a store"),
    ],
)
def test_mistakes_get_one_line_and_leave_nothing(
    arguments, message, done, tmp_path, monkeypatch, capsys
):
    folder, _ = done
    changes = {
        "typo": {"strategies": None, "stratgies": {}},
        "alpha": {"placement": {"alphas": [2.0], "repetitions": 2}},
        "label": {"strategies.mark.target_label": "Wrter"},
        "zero": {"placement.low": 0.00001},
        "empty": {"population": {"file": "texts.csv", "text": "cv", "label": "tag"}},
        "column": {
            "population": {"file": "table.csv", "label": "hired"},
            "learner": {"kind": "scikit", "estimator": "sklearn.dummy.DummyClassifier"},
            "strategies.mark.target_label": "True",
            "strategies.mark.signal": {"kind": "set-columns", "values": {"jbo": "cook"}},
            "placement.low": 0.1,
        },
        "corrupt": {"population": {"dataset": "resumes", "options": {"path": "broken.zip"}}},
        "good": {"seed": 6},
    }
    for name, change in changes.items():
        write_study(tmp_path / f"{name}.toml", changes=change)
    table = "\n".join(f"{20 + i},{'cook' if i % 2 else 'nurse'},{i % 3 > 0}" for i in range(90))
    (tmp_path / "table.csv").write_text("age,job,hired\n" + table)
    (tmp_path / "texts.csv").write_text('cv,tag\na,x\n"  ",y\nb,x\n')
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 half an archive")
    whole = (folder / "results" / "small" / "trials.sqlite").read_bytes()
    for name, content in (("taken", whole), ("half", whole[: len(whole) // 2])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "trials.sqlite").write_bytes(content)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["criticalmass", *arguments])
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    errors = [line for line in printed.err.splitlines() if not line.startswith("reading ")]
    assert len(errors) == 1, printed.err
    assert errors[0].startswith("error: ")
    assert message in errors[0]
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {p: c for p, c in after.items() if not p.name.endswith(("-wal", "-shm"))} == before


@pytest.mark.parametrize("arguments", [("rnu",), ("run", "--job", "2"), ("show",)])
def test_mistyped_commands_exit_with_two(arguments, tmp_path):
    result = criticalmass(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_study_whose_trials_all_fail_says_so(tmp_path):
    table = "\n".join(f"{i},{'yes' if i % 2 else 'no'}" for i in range(90))
    (tmp_path / "people.csv").write_text("age,hired\n" + table)
    learner = {
        "kind": "scikit",
        "estimator": "sklearn.linear_model.LogisticRegression",
        "parameters": {"solver": "no such solver"},
    }
    write_study(tmp_path / "study.toml", changes=TABLE | {"learner": learner})
    result = criticalmass("run", "study.toml", cwd=tmp_path)
    assert result.returncode == 2
    assert (
        result.stderr.count("all 9 trials failed; the first: DataError: LogisticRegression cannot")
        == 1
    )
    shown = criticalmass("show", "results/study", cwd=tmp_path)
    assert (
        len([line for line in shown.stdout.splitlines() if line.rstrip().endswith("failed")]) == 9
    )
    assert "9 of 9 trials failed: DataError: LogisticRegression" in shown.stdout
    assert "every trial of a collective failed, the first with DataError" in shown.stdout


def test_the_built_in_study_is_shipped():
    assert Path(BUILT_IN).is_file()
    assert len(read_study(BUILT_IN).trials()) == 62
