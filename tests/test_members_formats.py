"""Members' files of every format: what is read, and what is written back."""

import datetime as dt
import json

import polars as pl
import pytest
from typer.testing import CliRunner

from criticalmass import Population
from criticalmass.cli.main import app
from criticalmass.data.readers import Reading, read_table, rows_of
from criticalmass.data.readers.excel import workbook
from criticalmass.errors import DataError
from criticalmass.members.file import Columns, read_members

STUDY = """
name = "Told"
[population]
file = "p.csv"
label = "hired"
decimal = ","
[learner]
kind = "bayes-optimal"
[strategies.mark]
kind = "feature-label"
target_label = "True"
signal = { kind = "set-columns", values = { pay = 9.5, union = "True" } }
[placement]
alphas = [0.1]
repetitions = 1
"""
PEOPLE = "pay;union;day;hired\n" + "".join(
    f"{1 + i % 3},{i % 10};{('True', 'False')[i % 2]};2024-01-0{1 + i % 4};"
    f"{('true', 'false', 'false')[i % 3]}\n"
    for i in range(60)
)


@pytest.fixture
def told(tmp_path):
    """Run `instruct` with a members' file; return where everything was written."""
    (tmp_path / "p.csv").write_text(PEOPLE)
    (tmp_path / "s.toml").write_text(STUDY)

    def tell(members):
        command = ["instruct", str(tmp_path / "s.toml"), "--members", str(members)]
        done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "told")])
        assert done.exit_code == 0, (done.output, done.exception)
        return tmp_path / "told"

    return tell


def test_a_workbook_comes_back_as_a_workbook_with_its_types(told, tmp_path):
    header = ["id", "pay", "union", "day", "hired", "since", "note"]
    cells = [
        ["007", 1.5, True, dt.date(2024, 1, 1), "false", dt.datetime(2020, 5, 6, 7, 8), "=1+1"],
        [8, 2, False, dt.date(2024, 1, 2), True, dt.date(2021, 1, 1), ""],
    ]
    (tmp_path / "members.xlsx").write_bytes(workbook(header, cells))
    folder = told(tmp_path / "members.xlsx")
    names, rows = rows_of(folder / "members-after.xlsx")
    assert names == tuple(header)
    assert [cells for _, cells in rows] == [
        ("007", "9.5", "True", "2024-01-01", "true", "2020-05-06T07:08:00", "=1+1"),
        ("8", "9.5", "True", "2024-01-02", "True", "2021-01-01", None),
    ]
    assert [cells for _, cells in rows_of(folder / "instructions.xlsx")[1]] == [
        ("007", "pay", "1,5", "9,5"),
        ("007", "hired", "false", "true"),
        ("8", "pay", "2", "9,5"),
        ("8", "union", "False", "True"),
    ]
    assert not (folder / "members-after.csv").exists()


def test_a_decimal_comma_is_written_where_one_was_read(told, tmp_path):
    (tmp_path / "members.csv").write_text("id;pay;union;day;hired\n1;1,5;FALSE;2024-01-01;False\n")
    folder = told(tmp_path / "members.csv")
    assert (folder / "members-after.csv").read_text().splitlines() == [
        "id;pay;union;day;hired",
        "1;9,5;True;2024-01-01;true",
    ]


def test_members_may_come_in_any_format(tmp_path):
    people = Population.from_table(
        {"age": [30, 41], "since": [dt.date(2020, 1, 1), dt.date(2021, 1, 1)], "y": [True, False]},
        label="y",
    )
    rows = {"id": ["7", "8"], "age": [41, 30], "y": [False, True],
            "since": [dt.date(2021, 1, 1), dt.date(2020, 1, 1)]}  # fmt: skip
    pl.DataFrame(rows).write_parquet(tmp_path / "m.parquet")
    lines = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    (tmp_path / "m.jsonl").write_text("\n".join(json.dumps(line, default=str) for line in lines))
    (tmp_path / "m.json").write_text(json.dumps(lines, default=str))
    (tmp_path / "m.xlsx").write_bytes(workbook(list(rows), [list(line.values()) for line in lines]))
    (tmp_path / "m.tsv").write_text(
        "id\tage\ty\tsince\n7\t41.0\tfalse\t2021-01-01\n8\t3e1\tTRUE\t2020-01-01\n"
    )
    for name in ("m.parquet", "m.jsonl", "m.json", "m.xlsx", "m.tsv"):
        members = read_members(tmp_path / name, people, Columns(label="y"))
        assert members.ids == ("7", "8"), name
        assert members.records.features.tolist() == people.features[::-1].tolist(), name
        assert (members.records.labels == people.labels[::-1]).all(), name


def test_missing_values_of_members_are_kept_where_the_study_keeps_them(tmp_path):
    table = {"age": [30, None], "job": ["cook", None], "y": ["a", "b"]}
    people = Population.from_table(table, label="y", missing="keep")
    (tmp_path / "m.csv").write_text("id,age,job,y\n1,NA,,a\n2,nan,?,b\n")
    reading = Reading(missing="keep", missing_words=("NA", "?"))
    members = read_members(tmp_path / "m.csv", people, Columns(label="y", reading=reading))
    assert members.records.features["job"].tolist() == [None, None]
    assert str(members.records.features["age"].tolist()) == "[nan, nan]"


def test_members_may_hold_lists_and_typed_labels(tmp_path):
    people = Population.from_table({"n": [1, 2], "y": [["b", "d"], ["a; b"]]}, label="y")
    lines = (
        '{"id":"1","n":2,"y":["b","d"]}\n{"id":"2","n":1,"y":["a; b"]}\n{"id":"3","n":1,"y":[]}\n'
    )
    (tmp_path / "m.jsonl").write_text(lines)
    members = read_members(tmp_path / "m.jsonl", people, Columns(label="y", separator="|"))
    assert members.records.labels.astype(int).tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]
    people = Population.from_table({"n": [1.5, 2.5], "y": [1.5, 2.5]}, label="y")
    (tmp_path / "m.xlsx").write_bytes(workbook(["id", "n", "y"], [[1, 1.5, 2.5]]))
    columns = Columns(label="y", reading=Reading(decimal=","))
    members = read_members(tmp_path / "m.xlsx", people, columns)
    assert members.records.label_names[members.records.labels[0].argmax()] == "2.5"


def test_what_could_not_be_given_back_is_not_taken(tmp_path):
    people = Population.from_table({"n": [1, 2], "y": ["a", "b"]}, label="y")
    (tmp_path / "m.csv").write_text("id,,,n,y\n1,A,B,2,a\n")
    with pytest.raises(DataError, match="two columns have no name"):
        read_members(tmp_path / "m.csv", people, Columns(label="y"))
    (tmp_path / "m.csv").write_text("id,,n,y\n1,A,2,a\n")  # one can be given back
    assert len(read_members(tmp_path / "m.csv", people, Columns(label="y")).records) == 1
    (tmp_path / "m.jsonl").write_text('{"id":"1","n":2,"y":"a","note":{"x":1}}\n')
    with pytest.raises(DataError, match="column 'note' holds objects"):
        read_members(tmp_path / "m.jsonl", people, Columns(label="y"))


def test_times_and_spans_of_a_workbook_come_back(tmp_path):
    cells = [
        dt.time(7, 30),
        dt.timedelta(hours=30),
        dt.datetime(2024, 1, 1, 8),
        dt.date(2024, 1, 1),
    ]
    (tmp_path / "m.xlsx").write_bytes(workbook(list("abcd"), [cells]))
    assert rows_of(tmp_path / "m.xlsx")[1][0][1] == (
        "07:30:00", "1 day, 6:00:00", "2024-01-01T08:00:00", "2024-01-01"
    )  # fmt: skip


def test_false_is_false_however_it_is_written(tmp_path):
    truths = {"union": [True, False, True], "n": [1, 2, 3], "y": ["a", "b", "a"]}
    people = Population.from_table(truths, label="y")
    (tmp_path / "m.csv").write_text("id,union,n,y\n1,False,1,a\n2,false,2,b\n3,TRUE,3,a\n")
    members = read_members(tmp_path / "m.csv", people, Columns(label="y"))
    assert members.records.features["union"].tolist() == [False, False, True]
    (tmp_path / "m.csv").write_text("id,union,n,y\n1,0,1,a\n")
    with pytest.raises(DataError, match=r"line 2: column 'union' holds true or false, not '0'"):
        read_members(tmp_path / "m.csv", people, Columns(label="y"))


def test_a_workbook_s_column_of_numbers_may_have_words_for_no_value(tmp_path):
    cells = [[1, 13.5, "a"], [2, "k.A.", "b"], [3, 4, "a"]]
    (tmp_path / "p.xlsx").write_bytes(workbook(["id", "hours", "y"], cells))
    reading = Reading(missing="keep", missing_words=("k.A.",), decimal=",")
    table = read_table(tmp_path / "p.xlsx", label="y", columns=["hours"], reading=reading)
    assert str(table.columns["hours"].tolist()) == "[13.5, nan, 4.0]"
    people = Population.from_table({**table.columns, "y": table.label}, label="y", missing="keep")
    members = read_members(tmp_path / "p.xlsx", people, Columns(label="y", reading=reading))
    assert str(members.records.features["hours"].tolist()) == "[13.5, nan, 4.0]"
    table = read_table(tmp_path / "p.xlsx", label="y", columns=["hours"])
    assert table.read_as == {"hours": "is read as text because of 'k.A.' in line 3 of p.xlsx"}
