"""Records that lack something: all lines are named at once, and a study may leave them out."""

import csv
import io
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from criticalmass import FiniteTable, Population
from criticalmass.data.readers import Reading, read_table
from criticalmass.doubts import check
from criticalmass.errors import DataError
from criticalmass.members import Columns, read_members
from criticalmass.studies import read_study
from criticalmass.studies.facts import facts_of
from criticalmass.studies.files.ids import ids_of
from criticalmass.studies.files.sources import PopulationSection, population_of, records_of
from support.command_line import called
from support.study_files import write_study

NAMES = ("who", "city", "text", "rating", "hours")
DROP = Reading(missing="drop")
HOURS = {"label": "hours", "text": "text", "numbers": [1, 9], "missing": "drop"}


def records(count=60):
    """Return records of which each seventh lacks its label, and each eleventh its text."""
    return [
        (
            f"K{i}",
            "Bonn" if i % 2 else "Köln",
            " " if i % 11 == 4 else f"word{i % 5} word{i % 3} rides",
            "" if i % 7 == 2 else ("gold", "iron")[i % 2],
            f"{1 + i % 9}",
        )
        for i in range(count)
    ]


def complete(rows):
    return [row for row in rows if row[2].strip() and row[3]]


def written(path, rows, delimiter=","):
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter, lineterminator="\n").writerows([NAMES, *rows])
    path.write_text(content.getvalue(), encoding="utf-8")
    return path


def study(folder, **changes):
    """Write a study of these records."""
    population = {"file": "people.csv", "label": "rating", "text": "text", "test": 10}
    changes = {"population": population | changes, "strategies.mark.target_label": "gold"}
    changes["placement.low"] = 0.1
    return write_study(folder / "study.toml", changes=changes)


@pytest.fixture
def folder(tmp_path):
    written(tmp_path / "people.csv", records())
    return tmp_path


def test_all_lines_of_all_columns_are_named_at_once(folder):
    with pytest.raises(DataError) as refused:
        read_study(study(folder))
    lines = {what: [i + 2 for i, row in enumerate(records()) if gone(row)] for what, gone in (
        ("no label in column 'rating'", lambda row: not row[3]),
        ("an empty text in column 'text'", lambda row: not row[2].strip()),
    )}  # fmt: skip
    head, *told = refused.value.lines
    assert head == "study.toml has 2 problems:"
    for line, (what, places) in zip(told, lines.items(), strict=True):
        *others, last = map(str, places)
        where = f"lines {', '.join(others)} and {last}"
        assert f"{len(places)} of 60 records have {what} ({where})" in line
        assert line.endswith('fill it in, or say missing = "drop" to leave them out')


def test_a_dozen_lines_are_named_and_the_others_counted(tmp_path):
    written(tmp_path / "people.csv", [(*row[:3], "", "1") for row in records(30)])
    with pytest.raises(DataError) as refused:
        read_table(tmp_path / "people.csv", label="rating", text="text")
    assert (
        "30 of 30 records have no label in column 'rating' (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "
        "12, 13 and 18 more)" in refused.value.lines[0]
    )


def test_several_files_name_their_own_lines(tmp_path):
    for name, rows in (
        ("a.csv", [("1", "x", "t", "", "1")]),
        ("b.csv", [("1", "x", "", "y", "1")]),
    ):
        written(tmp_path / name, [*rows, ("2", "x", "t", "y", "1")])
    with pytest.raises(DataError) as refused:
        read_table(tmp_path / "*.csv", label="rating", text="text")
    first, second = refused.value.lines
    assert "(a.csv, line 2)" in first
    assert "(b.csv, line 2)" in second


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_complete_records_are_left_in_their_order(tmp_path, delimiter):
    path = written(tmp_path / "people.csv", records(), delimiter)
    table = read_table(path, label="rating", text="text", reading=DROP)
    left = complete(records())
    assert (table.texts, table.label) == ([row[2] for row in left], [row[3] for row in left])
    assert table.kept.tolist() == [row in left for row in records()]
    gone = len(records()) - len(left)
    labels = sum(not row[3] for row in records())
    texts = sum(not row[2].strip() for row in records())
    assert table.left_out == (
        f"{gone} of 60 records were left out: {labels} have no label in column 'rating' and "
        f"{texts} have an empty text in column 'text'."
    )


def test_nothing_is_said_where_nothing_is_left_out(tmp_path):
    path = written(tmp_path / "people.csv", complete(records()))
    table = read_table(path, label="rating", text="text", reading=DROP)
    assert (table.left_out, table.kept) == ("", None)


def test_files_with_types_and_words_for_missing_values(tmp_path):
    numbers = [1.0, float("nan"), None, -999.0, 5.0, 6.0]
    pq.write_table(
        pa.table({"n": numbers, "y": ["a", "b", "a", "b", None, "?"]}), tmp_path / "p.parquet"
    )
    reading = Reading(missing="drop", missing_words=("-999", "?"))
    table = read_table(tmp_path / "p.parquet", label="y", reading=reading)
    assert (table.columns["n"].tolist(), table.label) == ([1.0], ["a"])


@pytest.mark.parametrize("lacking", [0, 1])
def test_counting_leaves_out_the_same_records(tmp_path, lacking):
    rows = [
        (f"{i % 3}", "" if lacking and i % 5 == 1 else f"{i % 2}", "ab"[i % 2]) for i in range(40)
    ]
    rows = [(n, m, "" if lacking and i % 8 == 3 else y) for i, (n, m, y) in enumerate(rows)]
    (tmp_path / "p.csv").write_text("n,m,y\n" + "".join(",".join(row) + "\n" for row in rows))
    section = PopulationSection(file="p.csv", label="y", missing="drop")
    counted, read = records_of(section, tmp_path), population_of(section, tmp_path)
    assert isinstance(counted, FiniteTable)
    assert counted.size == len(read) == sum(all(row) for row in rows)
    again = FiniteTable.of(read)
    assert counted.counts.tolist() == again.counts.tolist()
    assert counted.features.tolist() == again.features.tolist()


def test_numbers_as_labels_are_left_out_with_their_texts(tmp_path):
    rows = [
        (text, hours) for _, _, text, rating, hours in records() for hours in [hours * bool(rating)]
    ]
    (tmp_path / "p.csv").write_text("text,hours\n" + "".join(f"{t},{h}\n" for t, h in rows))
    section = PopulationSection(
        file="p.csv", label="hours", text="text", numbers=[1, 9], missing="drop"
    )
    people = population_of(section, tmp_path)
    left = [(text, float(hours)) for text, hours in rows if text.strip() and hours]
    assert people.features.tolist() == [text for text, _ in left]
    assert people.values.tolist() == [hours for _, hours in left]
    (note,) = people.notes
    assert "were left out" in note


def test_a_number_outside_is_named_by_its_own_line(tmp_path):
    (tmp_path / "p.csv").write_text("text,hours\n,1\nab,2\ncd,\nef,99\n")
    section = PopulationSection(
        file="p.csv", label="hours", text="text", numbers=[1, 9], missing="drop"
    )
    with pytest.raises(DataError, match=r"p\.csv, line 5: column 'hours' holds 99"):
        population_of(section, tmp_path)


def test_ids_follow_the_records_that_are_left(folder):
    path = study(folder, missing="drop")
    spec, ids = read_study(path), ids_of(path, "who")
    text_of = {row[0]: row[2] for row in records()}
    assert [text_of[one] for one in ids.train] == spec.population.features.tolist()
    assert [text_of[one] for one in ids.test] == spec.test.features.tolist()


def test_costs_are_those_of_the_records_that_are_left(folder):
    path = study(folder, missing="drop")
    path.write_text(path.read_text() + '[incentives]\ncost = { column = "hours", each = 0.01 }\n')
    costs = read_study(path).incentives.cost
    assert np.allclose(costs, [0.01 * int(row[4]) for row in complete(records())])


def test_a_column_without_any_value_leaves_no_record(tmp_path):
    (tmp_path / "p.csv").write_text("n,empty,y\n1,,a\n2,,b\n")
    said = (
        "p.csv: no record is left; 2 of 2 records were left out: 2 have no value in column 'empty'"
    )
    with pytest.raises(DataError, match=said):
        read_table(tmp_path / "p.csv", label="y", reading=DROP)


def test_check_run_and_report_say_how_many_were_left_out(folder):
    path = study(folder, missing="drop")
    left = len(complete(records()))
    checked = check(path)
    assert checked.records == f"people.csv: 60 records, of which {left} are used"
    assert checked.problems == ()
    (one, many), (other, fewer) = Counter(row[3] for row in complete(records())).most_common()
    assert many > fewer
    said = next(column.kind for column in checked.columns if column.name == "rating")
    assert said == f"the label: {one} {many}, {other} {fewer}"
    assert [doubt.sentence.rpartition("; ")[2] for doubt in checked.doubts[:2]] == [
        "they are left out",
        "they are left out",
    ]
    sentence = f"{60 - left} of 60 records were left out"
    code, _, said = called("run", path, "--out", folder / "results")
    assert (code, sentence in said) == (0, True)
    assert sentence in (folder / "results" / "report.html").read_text()
    assert sentence in facts_of(read_study(path)).population.notes[0]


def test_marked_records_are_left_out_and_told(folder):
    (folder / "more.csv").write_text("text\nplain words here\n \nother words\n")
    path = study(folder, missing="drop")
    path.write_text(path.read_text() + '[success]\nmarked = "more.csv"\n')
    spec = read_study(path)
    assert len(spec.marked) == 2
    assert "more.csv: 1 of 3 records was left out: 1 has an empty text in column 'text'." in (
        spec.population.notes
    )


def test_a_member_who_lacks_something_is_named_and_never_left_out(tmp_path):
    people = Population.from_texts(["a b", "c d"], ["x", "y"])
    (tmp_path / "m.csv").write_text("id,text,label\n1,,x\n2,a b,\n3,c d,y\n")
    with pytest.raises(DataError) as refused:
        read_members(tmp_path / "m.csv", people, Columns(reading=DROP))
    assert refused.value.problems == (
        "m.csv, line 2: nothing in column 'text'",
        "m.csv, line 3: nothing in column 'label'",
    )


def test_a_dataframe_and_an_unknown_word_are_refused():
    with pytest.raises(DataError, match="a dataframe leaves nothing out"):
        FiniteTable.read({"a": [1, 2], "y": ["x", "y"]}, label="y", reading=DROP)
    with pytest.raises(ValueError, match="did you mean 'drop'"):
        Reading(missing="dropp")


@pytest.mark.parametrize("command", ["theory", "run"])
def test_a_file_in_which_no_record_is_whole_says_that_all_were_left_out(tmp_path, command):
    (tmp_path / "gaps.csv").write_text("age,sex,ok\n" + ",f,yes\n,m,no\n" * 20)
    path = write_study(
        tmp_path / "study.toml",
        {
            "name": "Gaps",
            "population": {"file": "gaps.csv", "label": "ok", "missing": "drop"},
            "learner": {"kind": "bayes-optimal"},
            "strategies": {
                "ignore": {"kind": "erase", "signal": {"kind": "drop-column", "column": "sex"}}
            },
        },
    )
    code, _, told = called(command, path)
    assert code == 2
    assert "gaps.csv: no record is left" in told
