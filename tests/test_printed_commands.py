"""Commands that are printed for people to run work as printed, and pages speak to their readers."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from criticalmass import FeatureLabel, SetColumns
from criticalmass.cli.main import app
from criticalmass.doubts.people import unlike
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import Reason, instruct
from criticalmass.pages.handouts import as_text, write_handouts
from criticalmass.strategies import Erase
from criticalmass.words.instructions import to_member, to_organiser, told_to_all
from support.members_files import table_members, text_members, written
from support.studies import TABLES, table_study, text_study

STUDY = """
name = "Told"
[population]
file = "it's p.csv"
label = "hired"
[learner]
kind = "scikit"
estimator = "support.studies.GaussianNB"
[strategies."it's"]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "baker" } }
[placement]
alphas = [0.1]
repetitions = 1
"""
PEOPLE = "age,job,hired\n" + "".join(
    f"{20 + k % 9},{('cook', 'nurse')[k % 2]},{('yes', 'no', 'no')[k % 3]}\n" for k in range(60)
)


def test_what_is_printed_can_be_run(tmp_path, monkeypatch):
    """With odd names, another column of ids, other results, and a package that is allowed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "it's p.csv").write_text(PEOPLE)
    (tmp_path / "my $tudy.toml").write_text(STUDY)
    (tmp_path / "-m.csv").write_text("nr,age,job,hired\n1,21,cok,no\n2,22,baker,yes\n")
    given = ["my $tudy.toml", "--members=-m.csv", "--id", "nr", "--allow", "support"]
    done = CliRunner().invoke(app, ["instruct", *given, "--out", "told", "--results", "my results"])
    assert done.exit_code == 0, done.output
    printed = [line for line in done.output.splitlines() if "criticalmass " in line]
    assert len(printed) == 2
    check = printed[0].partition(" about the records: ")[2]
    again = CliRunner().invoke(app, shlex.split(check)[1:])
    assert again.exit_code == 0, again.output
    assert "'cok', which no record has; did you mean 'cook'?" in again.output
    assert "baker" not in again.output.split("column 'job'")[-1]  # the mark of who has done it
    plan = shlex.split(printed[1])
    assert plan == [
        "criticalmass", "plan", "my $tudy.toml", "--members=-m.csv", "--id", "nr",
        "--results", "my results", "--strategy", "it's", "--allow", "support",
    ]  # fmt: skip
    page = (tmp_path / "told" / "index.html").read_text(encoding="utf-8")
    assert "<pre>criticalmass plan &#39;my $tudy.toml&#39; --members=-m.csv" in page
    assert printed[1] in (tmp_path / "told" / "summary.txt").read_text(encoding="utf-8")


def test_what_was_measured_needs_no_command(tmp_path):
    told = instruct(text_study(), text_members(tmp_path, text_study()))
    page = write_handouts(told, tmp_path / "told", standing=["Measured."]).read_text()
    assert "criticalmass plan" not in page
    assert "<pre>" not in page


@pytest.mark.parametrize("strategy", ["only", "few"])
def test_the_index_speaks_to_the_organiser(tmp_path, strategy):
    told = instruct(text_study(), text_members(tmp_path, text_study()), strategy)
    page = write_handouts(told, tmp_path / "told").read_text(encoding="utf-8")
    body = page[page.index("<body>") :]
    own = re.sub(r"<blockquote>.*?</blockquote>", "", body, flags=re.DOTALL)
    assert "Only people who hold “Writer”" in own
    for said in ("you do not", "Your record", "Your label", "You are"):
        assert said not in own
    assert "voluntary" in body


@pytest.mark.parametrize("knowledge", ["pooled", "known"])
def test_erasers_hear_one_thing(tmp_path, knowledge):
    study = table_study({"erase": Erase(TABLES["erase"].signal, knowledge)})
    told = instruct(study, table_members(tmp_path, study))
    whose = "everybody’s records" if knowledge == "known" else "the members’ pooled records"
    sex = study.strategies["erase"].signal.reference
    label = f"the label that {whose} suggest for it with sex set to “{sex}”"
    all_hear = told_to_all(told)
    assert all_hear.does == f"leave their record as it is and report {label}"
    assert f"all leave their record as it is and report {label}." in all_hear.why[1]
    for one in told.each:
        assert "same change" not in as_text(one, all_hear)
        assert "most likely" not in as_text(one, all_hear)
        if one.reason is Reason.AGREES:
            assert label.replace("for it", "for your record") in to_member(one.reason, told)
            assert label.replace("for it", "for their record") in to_organiser(one.reason, told)


def test_values_of_members_that_no_record_has_are_questioned(tmp_path):
    study = table_study({"set": FeatureLabel(SetColumns({"job": "baker", "age": 99}), "yes")})
    text = "id,age,pay,job,sex,label\n1,99,1.5,baker,f,yes\n2,30,1.5,Nurse,x,no\n"
    members = read_members(written(tmp_path, text), study.population, Columns())
    assert [str(doubt) for doubt in unlike(members, study)] == [
        "members.csv, line 3, column 'age': '30', which no record has",
        "members.csv, line 3, column 'job': 'Nurse', which no record has; did you mean 'nurse'?",
        "members.csv, line 3, column 'sex': 'x', which no record has",
    ]
