"""`check`: how columns were read, and what may be wrong, all at once and with its line."""

import datetime as dt
import io
import tomllib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from criticalmass.cli.main import app
from criticalmass.data.readers.excel import workbook
from criticalmass.doubts import check
from criticalmass.doubts.check import handouts_doubts
from criticalmass.doubts.likeness import alike
from criticalmass.errors import StudyError
from criticalmass.studies.files.handouts import Handouts
from support.study_files import write_study

STUDY = tomllib.loads("""
name = "Checked"
[population]
label = "hired"
test = 30
[learner]
kind = "bayes-optimal"
[strategies.mark]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "baker" } }
[placement]
alphas = [0.1]
repetitions = 1
""")


def rows(**columns):
    """Return forty records as CSV; a column is a function of the row, by default age and job."""
    made = {
        "age": lambda i: 20 + i % 7,
        "job": lambda i: ("cook", "nurse", "baker")[i % 3],
        **columns,
        "hired": columns.get("hired", lambda i: ("yes", "no", "no")[i % 3]),
    }
    lines = [",".join(made)] + [",".join(str(f(i)) for f in made.values()) for i in range(40)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def looked(tmp_path):
    """Write a study and its records; return what `check` finds."""

    def look(content, reading=None, members=None, name="p.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        population = {"file": name, "label": "hired", "test": 30} | (reading or {})
        write_study(tmp_path / "s.toml", STUDY, {"population": population})
        if members is not None:
            (tmp_path / "m.csv").write_text(members)
        return check(tmp_path / "s.toml", None if members is None else tmp_path / "m.csv")

    return look


def said(doubts):
    return [str(doubt) for doubt in doubts]


def test_numbers_with_a_sign_between_thousands_are_doubted(looked):
    for cells, reading in (
        (("1.350", "2.641", "950"), {"decimal": ","}),
        (("1.350,50", "2.641,00", "3.100,5"), {}),
    ):
        content = rows(odd=lambda i, cells=cells: f'"{cells[i % 3]}"')
        (one,) = said(looked(content, reading).doubts)
        assert "look like numbers with a sign between thousands" in one


def test_a_text_that_a_signal_sets_and_nobody_has_is_doubted(looked):
    (one,) = said(looked(rows(job=lambda i: ("Baker", "nurse")[i % 2])).doubts)
    assert one == "strategy 'mark': no record has 'baker' in column 'job'; did you mean 'Baker'?"


def test_tidy_records_raise_no_doubt_and_every_column_is_reported(looked):
    found = looked(rows(zip=lambda i: f"0{1000 + i % 5}"))
    assert (found.records, found.problems, found.doubts) == ("p.csv: 40 records", (), ())
    assert [(column.name, column.kind) for column in found.columns] == [
        ("age", "numbers from 20 to 26"),
        ("job", "text, 3 different"),
        ("zip", "text, 5 different"),
        ("hired", "the label: no 26, yes 14"),
    ]


@pytest.mark.parametrize(
    ("column", "doubt"),
    [
        (lambda i: "x" if i == 8 else i % 9, "is read as text because of 'x' in line 10 of p.csv"),
        (lambda i: "NA" if i == 8 else i % 9, '1 cell looks like a missing value ("NA"; line '),
        (lambda i: "?" if i % 8 == 3 else "a", 'say missing_words = ["?"]'),
        (
            lambda i: f'"{i % 7},5"',
            "because of '0,5' in line 2 of p.csv (if that is a decimal comma",
        ),
        (lambda i: ("1.350", "2.000", "950")[i % 3], "exactly three, as in 1.350"),
        (lambda i: 9000 + i, "it looks like an id (40 different values in 40 records)"),
        (lambda i: f"u{i:04d}", "it looks like an id (40 different values in 40 records)"),
        (lambda i: ("Bonn", "Bonn ")[i % 2], "'Bonn' and 'Bonn ' differ only in blanks"),
        (lambda i: ("Bonn", "bonn")[i % 2], "'Bonn' and 'bonn' differ only in case"),
        (lambda i: ("Köln", "Koln")[i % 2], "'Koln' and 'Köln' differ only in accents"),
    ],
)
def test_a_columns_own_contradictions_are_doubted(looked, column, doubt):
    found = looked(rows(odd=column)).doubts
    assert any(doubt in str(one) for one in found)
    assert all(doubt.column == "odd" and doubt.file == "p.csv" for doubt in found)


@pytest.mark.parametrize(
    "column",
    [
        lambda i: f"{i / 7:.3f}",  # some begin with 0: no thousands
        lambda i: ("1.350", "2.00", "2.125")[i % 3],
        lambda i: i * 1.25,  # measured, not an id
        lambda i: ("nurse", "purse")[i % 2],  # categories may be a letter apart
        lambda i: ("none of these", "some")[i % 2],
    ],
)
def test_ordinary_columns_are_not_doubted(looked, column):
    assert looked(rows(odd=column)).doubts == ()


def test_labels_that_may_be_one_are_doubted(looked):
    labels = ("yes", "Yes", "Engineer", "Engineers", "1", "1.0", "Level 1", "Level 2", "N/A", "no")
    found = said(looked(rows(hired=lambda i: labels[i % 10])).doubts)
    found = [line for line in found if "hired" in line]  # the split may lack one
    assert [line.partition("'hired': ")[2].partition(" (")[0] for line in found] == [
        "the labels '1' and '1.0' mean the same number",
        "the labels 'Engineer' and 'Engineers' differ only in one letter",
        "the labels 'Yes' and 'yes' differ only in case",
        "4 records have the label 'N/A'; does it mean no label?",
    ]


def test_names_that_are_typed_in_many_ways_are_one_doubt(looked):
    labels = ("Gold", "gold", "Gold ", "Iron", " iron", "iron", "Tin", "Tim", "tin", "tin")
    found = said(looked(rows(hired=lambda i: labels[i % 10])).doubts)
    found = [line.partition("'hired': ")[2] for line in found if "'hired': " in line]
    assert found == [
        "8 labels may be 3, because they differ only in blanks or case: 'Gold', 'Gold ' and 'gold' "
        "(4, 4 and 4 records); ' iron', 'Iron' and 'iron' (4, 4 and 4 records); 'Tin' and 'tin' (4 "
        "and 8 records). If so, write them alike in the file: in a spreadsheet by "
        "=PROPER(TRIM(A2)), filled down"
    ]


def test_a_slip_beside_names_typed_in_many_ways_is_told_once(looked):
    labels = ("Silver", "silver", "Silver ", "Sliver", "Sliver", "Iron")
    found = said(looked(rows(hired=lambda i: labels[i % 6])).doubts)
    found = [line.partition("'hired': ")[2] for line in found if "'hired': " in line]
    assert len(found) == 2
    assert found[0].startswith("3 labels may be 1, because")
    assert "'Silver' and 'Sliver' differ only in one letter" in found[1]


@pytest.mark.parametrize(
    ("every", "placement", "doubted"),
    [(20, "spaced", True), (20, "random", True), (20, "start", False), (3, "spaced", False)],
)
def test_a_mark_that_stands_once_in_most_texts_is_doubted(every, placement, doubted, tmp_path):
    text = "one two three four five six seven eight nine ten eleven twelve thirteen"
    lines = [f"{text},{'xy'[i % 2]}" for i in range(100)] + [f"{text} {text} {text} {text},x"] * 40
    (tmp_path / "p.csv").write_text("\n".join(["text,tag", *lines]))
    population = {"file": "p.csv", "text": "text", "label": "tag", "test": 50}
    signal = {"kind": "insert-token", "token": "~", "every": every, "placement": placement}
    mark = {"kind": "feature-label", "target_label": "x", "signal": signal}
    changes = {"population": population, "strategies.mark": mark, "placement.low": 0.1}
    path = write_study(tmp_path / "study.toml", changes=changes)
    found = [doubt.sentence for doubt in check(path).doubts if "stands only once" in doubt.sentence]
    assert len(found) == doubted
    if doubted:
        assert (
            "every = 20 and the middle text has 13 words; with every = 3 it stands there 4"
            in (found[0])
        )


def test_a_letter_apart_is_within_a_word():
    assert alike(["Class A", "Class B", "level1", "level2", "cat", "car"]) == []
    assert [pair[:2] for pair in alike(["nurse", "nusre", "nurses", "doctor"])] == [
        ("nurse", "nurses"),
        ("nurse", "nusre"),
    ]


def test_missing_values_are_problems_until_they_are_kept(looked):
    content = rows(pay=lambda i: "" if i == 4 else 5, hired=lambda i: "" if i == 6 else i % 2)
    found = looked(content)
    assert said(found.problems) == [
        "p.csv, column 'pay': 1 of 40 records have no value (line 6); fill it in, or say missing = "
        '"drop" to leave them out, or "keep" them',
        "p.csv, column 'hired': 1 of 40 records have no label (line 8); fill it in, or say missing "
        '= "drop" to leave them out',
    ]
    content = rows(pay=lambda i: "" if i == 4 else 5)
    found = looked(content, {"missing": "keep"})
    assert found.problems == ()
    assert said(found.doubts) == ["p.csv, column 'pay': 1 of 40 records have no value (line 6)"]


def test_only_columns_that_are_used_count(looked):
    content = rows(note=lambda i: "", who=lambda i: 9000 + i)
    assert len(looked(content).problems) == 1
    found = looked(content, {"columns": ["age", "job"]})
    assert (found.problems, found.doubts) == ((), ())


def test_a_split_that_lacks_a_label_is_doubted(looked):
    found = looked(rows(hired=lambda i: "rare" if i == 0 else ("yes", "no")[i % 2]))
    (one,) = said(found.doubts)
    assert one.startswith(("no test record holds 'rare'", "no training record holds 'rare'"))


def test_other_encodings_and_sheets_are_told(looked):
    content = rows(job=lambda i: ("cook", "chef à la carte", "baker")[i % 3]).encode("cp1252")
    (one,) = said(looked(content).doubts)
    assert one == (
        "p.csv: the file is not UTF-8 and was read as Windows-1252: the byte 0xe0 in line 3 is 'à'"
    )
    table = [line.split(",") for line in rows().splitlines()]
    book = workbook(
        table[0], [[dt.date(2024, 1, 1 + i % 5), *r[1:]] for i, r in enumerate(table[1:])]
    )
    assert looked(book, name="p.xlsx").doubts == ()


def test_every_line_of_a_members_file_is_judged(looked):
    members = "id,age,job,hired\n1,old,cook,yes\n1,22,,ja\n"
    found = looked(rows(), members=members)
    assert said(found.problems) == [
        "m.csv, line 2: column 'age' holds whole numbers; 'old' is none",
        "m.csv, line 3: the id '1' is that of line 2 already",
        "m.csv, line 3: nothing in column 'job'",
        "m.csv, line 3: unknown label 'ja'. Valid: no, yes",
    ]
    found = looked(
        rows(), members="id,age,job,hired\n1,99,cook,yes\n2,22,tailor,no\n3,98,cook,no\n"
    )
    assert said(found.doubts) == [
        "m.csv, line 2, column 'age': '99', which no record has (1 more such cell)",
        "m.csv, line 3, column 'job': 'tailor', which no record has",
    ]


def test_the_command_prints_it_all_and_fails_for_problems(looked, tmp_path):
    looked(rows(odd=lambda i: 9000 + i))
    done = CliRunner().invoke(app, ["check", str(tmp_path / "s.toml")])
    assert done.exit_code == 0
    assert done.output.splitlines()[:6] == [
        "p.csv: 40 records",
        "  age    numbers from 20 to 26",
        "  job    text, 3 different",
        "  odd    numbers from 9000 to 9039",
        "  hired  the label: no 26, yes 14",
        "0 problems",
    ]
    assert done.output.splitlines()[6] == "1 doubt:"
    looked(rows(odd=lambda i: ""))
    done = CliRunner().invoke(app, ["check", str(tmp_path / "s.toml")])
    assert done.exit_code == 2
    assert "1 problem:" in done.output


def test_other_commands_count_the_doubts_and_name_this_one(looked, tmp_path):
    looked(rows(odd=lambda i: 9000 + i), members="id,age,job,odd,hired\n1,99,cook,9001,no\n")
    study, members = str(tmp_path / "s.toml"), str(tmp_path / "m.csv")
    done = CliRunner().invoke(app, ["run", study, "--out", str(tmp_path / "r")])
    assert f"1 doubt about the records: criticalmass check {study}" in done.output
    done = CliRunner().invoke(
        app, ["instruct", study, "--members", members, "--out", str(tmp_path / "told")]
    )
    assert f"2 doubts about the records: criticalmass check {study} --members {members}" in (
        done.output
    )


def test_a_study_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(StudyError, match="no study file"):
        check(tmp_path / "none.toml")


def test_all_that_is_wrong_with_a_study_file_is_told_a_date_among_it(tmp_path):
    (tmp_path / "p.csv").write_text(rows())
    day = dt.date(2026, 12, 31)
    wrong = {"population.file": "p.csv", "population.test": day, "strategies.mark.recruit": day}
    write_study(tmp_path / "s.toml", STUDY, wrong | {"strategies.mark.target_lable": "yes"})
    with pytest.raises(StudyError) as caught:
        check(tmp_path / "s.toml")
    message = str(caught.value)
    assert "population.test must be an integer, not 2026-12-31" in message
    assert "unknown key 'target_lable'" in message
    assert "strategies.mark.recruit must be 'everyone' or 'target', not 2026-12-31" in message


@pytest.mark.parametrize(
    ("contact", "doubted"),
    [
        ("javascript:alert(1)", True),
        ("http://example.org", True),
        ("https://bank.example@evil.example", True),
        ("https://example.org/us", False),
        ("tel:+49-30-123", False),
        ("Ada: room 5, on Mondays", False),
        ("", False),
    ],
)
def test_a_contact_that_cannot_be_clicked_and_a_day_that_has_passed_are_doubted(contact, doubted):
    today = dt.date(2027, 1, 1)
    late = Handouts(contact=contact, deadline=dt.date(2026, 12, 31))
    found = said(handouts_doubts(late, today))
    assert found[0] == "handouts.deadline = 2026-12-31 has passed: members could act no more"
    assert len(found) == 1 + doubted
    in_time = Handouts(contact=contact, deadline=today)
    assert len(handouts_doubts(in_time, today)) == doubted


def test_doubts_about_handouts_are_told_with_the_others(tmp_path):
    (tmp_path / "p.csv").write_text(rows())
    handouts = {"handouts": {"contact": "javascript:alert(1)", "deadline": dt.date(2020, 1, 1)}}
    population = {"population": {"file": "p.csv", "label": "hired", "test": 30}}
    write_study(tmp_path / "s.toml", STUDY, population | handouts)
    assert len(said(check(tmp_path / "s.toml").doubts)) == 2


@pytest.mark.parametrize(
    ("records", "measured"), [(1, "one record only"), (29, "29 records only"), (30, "")]
)
def test_success_that_is_measured_on_hardly_any_records_is_doubted(looked, records, measured):
    found = said(looked(rows(hired=lambda i: ("yes", "no")[i % 2]), {"test": records}).doubts)
    few = [sentence for sentence in found if sentence.startswith("success is measured on")]
    assert [measured] * bool(measured) == [one[23 : 23 + len(measured)] for one in few]


def test_records_whose_labels_cannot_be_read_are_not_0(tmp_path, looked):
    table = pa.table({"age": [1.0, 2.0] * 20, "job": ["a", "b"] * 20, "hired": [{"x": 1}] * 40})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    found = looked(buffer.getvalue(), name="p.parquet")
    assert found.records == ""
    assert "'hired' holds STRUCT" in str(found.problems[0])
