"""The whole way: a members' file, a plan, instructions, what comes of following them."""

import csv
import json
import math
import re
import subprocess
import sys
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import escape

from criticalmass import Store, Study, read_study, run
from criticalmass.datasets import synthetic_resumes
from criticalmass.members.file import Columns, read_members
from criticalmass.members.following import follow
from criticalmass.members.instructions import instruct
from criticalmass.members.plan import measure
from criticalmass.members.plan import plan as plan_of
from criticalmass.words.plan import answer, parts, text
from support.command_line import criticalmass
from support.members_files import people_file
from support.study_files import write_study

STUDY = tomllib.loads("""
name = "Freelancers who want to be found"
seed = 3
[population]
file = "everybody.csv"
text = "text"
label = "label"
separator = ";"
test = 300
[learner]
kind = "linear-text"
[strategies.mark]
kind = "feature-label"
target_label = "Writer"
signal = { kind = "insert-token", token = "~", every = 20 }
[strategies.only]
kind = "feature-only"
target_label = "Writer"
signal = { kind = "insert-token", token = "~", every = 20 }
[placement]
low = 0.005
high = 0.2
points = 5
repetitions = 2
[incentives]
cost = 0.3
free_ride = 0.1
""")


@pytest.fixture(scope="module")
def way(tmp_path_factory):
    """Everybody's records, and 200 of them who are members: those that are trained on."""
    folder = tmp_path_factory.mktemp("way")
    everyone = synthetic_resumes(1500)
    people_file(folder / "everybody.csv", everyone, range(1500))
    write_study(folder / "study.toml", STUDY)
    held = set(read_study(folder / "study.toml").population.features.tolist())
    trained = [row for row in range(1500) if everyone.features[row] in held]
    joined = np.random.default_rng(0).choice(trained, 200, replace=False)
    people_file(folder / "members.csv", everyone, joined)
    planned = criticalmass("plan", "study.toml", "--members", "members.csv", cwd=folder)
    told = criticalmass(
        "instruct", "study.toml", "--members", "members.csv", "--out", "told", cwd=folder
    )
    return folder, planned, told


def test_plan_says_where_they_stand(way):
    folder, planned, _ = way
    assert planned.returncode == 0, planned.stderr
    act_on, stands, *_ = planned.stdout.splitlines()
    people = re.fullmatch(
        r"Act on this: (\d+) people must do their part; ask \d+ for a promise; you have 200. (\d+) "
        "is the upper end of the trials' range, because fewer may be too few.", act_on,
    ).groups()  # fmt: skip
    more = re.search(r"else it takes up to (\d+) more", stands).group(1)
    assert people == (str(200 + int(more)),) * 2
    assert stands.startswith(
        "Your 200 members are 17% of 1,200. They may be enough for 90%, on average over "
        "trainings, by the study's trials: with "
    )
    for said in (
        "\nYour members\nWho acts (whom to remind): ",
        "\nHow many it takes\nBy the study's trials (what so many reach): ",
        "\nIf the platform's model is the best possible one\nGuaranteed (what theory promises of",
        "200 of your 200 members have something to change. ",
        " have to report another label than now. 200 of their records are in the study",
        "Measured with exactly their records (whether the trials fit your members): A model "
        "that is trained with them gives “Writer” to",
        "Others (what everybody else notices): That model answers ",
        " of the test texts without the mark otherwise than it would without your members.",
        "reach): With 200 people drawn at random the model gives",
        "records): With 200 people Theorem 1 guarantees",
        "Promises (how many to ask, and why): If ",
        "With 200 people who promise, the probability is ",
        "Does it pay to join (from when on people join by themselves): Joining pays from",
        "Page: results/study/plan.html",
        "Report of the study: results/study/report.html",
    ):
        assert said in planned.stdout
    page = (folder / "results" / "study" / "plan.html").read_text(encoding="utf-8")
    assert f'<p class="answer">{escape(act_on)}</p>' in page
    assert "<h2>How many it takes</h2>" in page
    assert page.count("members: 200") == 4  # two figures, wide and narrow


def test_the_number_to_act_on_comes_first_in_json_too(way):
    folder, planned, _ = way
    told = criticalmass("plan", "study.toml", "--members", "members.csv", "--json", cwd=folder)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    act_on = found["act_on"]
    assert next(iter(found)) == "act_on"
    assert act_on["why"] == planned.stdout.splitlines()[0]
    assert (act_on["have"], act_on["acted"], act_on["basis"]) == (200, 0, "TRIALS")
    assert f"Act on this: {act_on['people']} people" in act_on["why"]
    assert f"ask {act_on['promises']} for a promise" in act_on["why"]
    assert act_on["people"] == math.ceil(found["trials"]["high"] * found["population"] - 1e-9)
    assert found["guaranteed"]["high"] == found["guaranteed"]["alpha"]


def test_plan_and_instruct_count_who_reports_another_label(way):
    """As many as the members' file and the one after it differ in, counted by hand."""
    folder, planned, told = way
    labels = []
    for name in ("members.csv", "told/members-after.csv"):
        with (folder / name).open(newline="", encoding="utf-8") as file:
            labels.append([row["label"] for row in csv.DictReader(file)])
    count = sum(before != after for before, after in zip(*labels, strict=True))
    assert 0 < count < 200
    said = f"{count} of those who act have to report another label than now."
    assert said in planned.stdout
    assert said in told.stdout
    assert said in (folder / "told" / "summary.txt").read_text(encoding="utf-8")


def test_instruct_writes_for_all(way):
    folder, _, told = way
    assert told.returncode == 0, told.stderr
    assert "200 members; 200 have something to change." in told.stdout
    assert "Your 200 members are 17% of 1,200." in told.stdout  # the study has been run
    assert len(list((folder / "told" / "members").glob("*.html"))) == 200
    again = criticalmass(
        "instruct", "study.toml", "--members", "members.csv", "--out", "told", cwd=folder
    )
    assert again.returncode == 2
    assert again.stderr.splitlines()[-1].startswith("error: 'told' is there already")


def test_what_members_do_gives_what_was_measured(way):
    """Apply the instructions to everybody's file and run: the same success, to the record."""
    folder, planned, _ = way
    changes = {}
    for line in (folder / "told" / "instructions.jsonl").read_text().splitlines():
        said = json.loads(line)
        changes[said["id"]] = {c["column"]: (c["before"], c["after"]) for c in said["changes"]}
    with (folder / "everybody.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        for column, (before, after) in changes.get(line["id"], {}).items():
            assert line[column] == before
            line[column] = after
    with (folder / "after.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    write_study(folder / "after.toml", STUDY, {"population.file": "after.csv"})
    result = criticalmass("run", "after.toml", cwd=folder)
    assert result.returncode == 0, result.stderr
    with Store.open(folder / "results" / "after") as store:
        (without,) = [r for r in store.rows() if r.strategy == "mark" and r.members == 0]

    study = read_study(folder / "study.toml")
    members = read_members(folder / "members.csv", study.population, Columns())
    told = instruct(study, members)
    row = measure(told)
    assert row.members == row.changed == 200
    assert (row.results, row.n) == (without.results, without.n)
    assert f"{100 * row.rate('included'):.0f}%" in planned.stdout
    direct = Study(
        told.edit.apply(told.joined.study.population), told.joined.study.test, study.learner,
        study.strategies, study.placement, seed=study.seed,
    )  # fmt: skip
    reference = run(direct, folder / "direct")[0]
    assert reference.results == row.results
    after = follow(folder / "told" / "instructions.jsonl", members)
    by_file = list(csv.DictReader((folder / "told" / "members-after.csv").read_text().splitlines()))
    assert [dict(line) for line in after] == by_file


def test_members_who_cannot_act_are_told_so(way):
    folder, *_ = way
    study = read_study(folder / "study.toml")
    members = read_members(folder / "members.csv", study.population, Columns())
    plan = plan_of(instruct(study, members, "only"), folder / "results" / "study", train=False)
    acting = int(members.records.labels[:, study.population.label_index("Writer")].sum())
    assert parts(plan)[0][1].startswith(f"{acting} of your 200 members have something to change")
    assert plan.reached is None
    assert "Measured with exactly their records" not in text(plan)


def test_few_members_hear_how_many_more(way):
    folder, *_ = way
    lines = (folder / "members.csv").read_text().splitlines()
    (folder / "few.csv").write_text("\n".join(lines[:11]) + "\n")
    result = criticalmass("plan", "study.toml", "--members", "few.csv", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "Your 10 members are 0.83% of 1,200. They are not enough for 90% yet" in result.stdout
    assert "more are needed (" in result.stdout


def test_a_number_that_was_not_measured_is_told_with_its_condition(way):
    folder, *_ = way
    study = read_study(folder / "study.toml")
    members = read_members(folder / "members.csv", study.population, Columns())
    plan = plan_of(instruct(study, members), folder / "results" / "study")
    condition = "That holds if they are like people drawn at random."
    assert condition not in answer(plan)
    assert condition in answer(replace(plan, reached=None))


def test_members_unlike_the_others_hear_it_first(way, tmp_path):
    folder, *_ = way
    own = [f'{k},N,"zu{k} va{k} ~",Writer' for k in range(140)]
    own += [f'{k},N,"zu{k} va{k}",Writer' for k in range(140, 150)]
    lines = ["id,name,text,label", *own]
    (tmp_path / "odd.csv").write_text("\n".join(lines) + "\n")
    study = read_study(folder / "study.toml")
    members = read_members(tmp_path / "odd.csv", study.population, Columns())
    plan = plan_of(instruct(study, members), folder / "results" / "study")
    assert plan.astray
    assert "these records are unlike those that it drew" in answer(plan)
    assert "otherwise: trust that." in text(plan)
    assert "With the 140 people who have done their part" in text(plan)
    assert "trials, which do not fit these members, so take it for a guess" in text(plan)
    assert "it sustains itself with" not in text(plan)


def test_members_of_whom_nobody_acts_hear_it_first(way, tmp_path):
    folder, *_ = way
    (tmp_path / "none.csv").write_text("id,text,label\n1,a b c,Editor\n2,d e,Developer\n")
    study = read_study(folder / "study.toml")
    members = read_members(tmp_path / "none.csv", study.population, Columns())
    plan = plan_of(instruct(study, members, "only"), folder / "results" / "study")
    assert "None of them has anything to change: Only people who hold “Writer”" in answer(plan)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("id,name", "nr,name"), "unknown column 'id'"),
        (lambda text: text + text.splitlines()[1] + "\n", "is that of line 2 already"),
        (lambda text: text.replace("Writer", "Wrter"), "did you mean 'Writer'"),
        (lambda text: text.encode().replace(b"N ", b"\x81 "), "neither UTF-8 nor Windows-1252"),
    ],
)
def test_bad_files_leave_nothing_behind(way, tmp_path, change, said):
    folder, *_ = way
    text = change((folder / "members.csv").read_text())
    (tmp_path / "bad.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    for command in (
        ("instruct", "--out", tmp_path / "told"),
        ("plan", "--results", tmp_path / "results"),
    ):
        name, *options = command
        result = criticalmass(
            name, "study.toml", "--members", tmp_path / "bad.csv", *options, cwd=folder
        )
        assert result.returncode == 2
        assert said in result.stderr.splitlines()[-1]
        assert "Traceback" not in result.stderr
        assert [p.name for p in tmp_path.iterdir()] == ["bad.csv"]


def test_numbers_made_of_records_are_refused(way, tmp_path):
    folder, *_ = way
    numbers = {
        "population.file": str(folder / "everybody.csv"),
        "population.separator": None,
        "population.numeric": True,
    }
    write_study(tmp_path / "n.toml", STUDY, numbers)
    result = criticalmass("plan", "n.toml", "--members", folder / "members.csv", cwd=tmp_path)
    assert result.returncode == 2
    assert "population.numeric turns records into numbers" in result.stderr


def test_help_of_both_commands():
    for command in ("plan", "instruct"):
        result = subprocess.run(
            [sys.executable, "-m", "criticalmass.cli", command, "--help"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "--members" in result.stdout
