"""Files that are made to fill the memory, damaged, endless, or not what their names say."""

import base64
import datetime as dt
import gzip
import os
import zipfile
import zlib

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from criticalmass.data.readers import archives, excel, read_table
from criticalmass.data.readers.arrow_schema import MOST, spans_of_time
from criticalmass.datasets import resumes
from criticalmass.datasets.adult import adult
from criticalmass.errors import DataError
from support.command_line import refused
from support.study_files import TABLE, write_study

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path):
    """Write a workbook with two columns and four lines, and return its path."""
    path = tmp_path / "people.xlsx"
    with Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["age", "hired"])
        for line in range(1, 5):
            sheet.write_row(line, 0, [20.0 + line, "yes" if line % 2 else "no"])
    return path


def rewritten(path, change):
    """Write an archive anew, its parts changed by a function of name and content."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))


def read_error(path):
    """Return why a file cannot be read: one line that names it."""
    with pytest.raises(DataError) as refusal:
        read_table(path, label="hired")
    message = str(refusal.value)
    assert path.name in message
    assert "\n" not in message
    assert len(message) < 500
    return message


def in_every_header(content, local, central, byte):
    """Return an archive's bytes with a byte set in each of its headers."""
    content = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] = byte
            at = content.find(mark, at + 4)
    return bytes(content)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_is_refused(book, part):
    rewritten(book, lambda name, content: content + b" " * 60_000_000 * (name == part))
    assert "unpacks to more than 100 times its size" in read_error(book)


def test_a_workbook_is_measured_by_what_it_unpacks_to_and_not_by_what_it_says(book):
    rewritten(book, lambda name, content: content + b" " * 60_000_000 * (name == SHEET))
    content = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        part = archive.getinfo(SHEET)
        first = archive.open(part).read(10)
    at = content.find(SHEET.encode(), archive.start_dir) - 46
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    content[at + 16 : at + 20] = zlib.crc32(first).to_bytes(4, "little")
    book.write_bytes(content)
    with zipfile.ZipFile(book) as archive:
        assert archive.read(SHEET) == first  # Python is deceived; what reads workbooks is not
    assert "unpacks to more than" in read_error(book)


def test_a_workbook_of_too_many_bytes_is_refused_whatever_it_is_packed_to(book, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    assert "unpacks to more than 1,000 bytes" in read_error(book)


@pytest.mark.parametrize(
    "cells",
    [
        b"<c><v>1</v></c>" * 2000,  # without places
        b'<c r="A6"><v>1</v></c>' * 2000,  # all in one place
        b'<x:c xmlns:x="y" r = "ZZ6"/>' * 2,
        b"<c r='zz6'><v>1</v></c>",
    ],
)
def test_cells_are_counted_however_they_are_written(book, monkeypatch, cells):
    monkeypatch.setattr(excel, "MOST_CELLS", 1000)
    end = b"</sheetData>"
    row = b"<row>" + cells + b"</row>"
    rewritten(book, lambda name, old: old.replace(end, row + end) if name == SHEET else old)
    assert "more than 1,000 cells" in read_error(book)


def test_a_line_far_down_counts_though_no_cell_says_where_it_stands(book, monkeypatch):
    monkeypatch.setattr(excel, "MOST_CELLS", 1000)
    end, row = b"</sheetData>", b'<row r="1048576"><c><v>1</v></c></row>'
    rewritten(book, lambda name, old: old.replace(end, row + end) if name == SHEET else old)
    assert "1,048,576 lines" in read_error(book)


def test_errors_and_formulas_are_found_across_the_pieces_that_a_sheet_is_read_in(book, monkeypatch):
    monkeypatch.setattr(archives, "CHUNK", 64)
    end = b"</sheetData>"
    row = b'<row r="6"><c r="A6" t="e"><v>#DIV/0!</v></c><c r="B6"><f>A1+1</f><v></v></c></row>'
    rewritten(book, lambda name, old: old.replace(end, row + end) if name == SHEET else old)
    table = read_table(book, label="hired")
    assert table.columns["age"][-1] == "#DIV/0!"
    assert table.label[-1] == "=A1+1"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[: len(content) // 2], "damaged"),
        (lambda content: b"", "damaged"),
        (lambda content: in_every_header(content, 6, 8, 1), "encrypted"),
        (lambda content: in_every_header(content, 8, 10, 99), "packed in a way"),
        (lambda content: content.replace(content[300:340], bytes(40)), "damaged"),
    ],
    ids=["cut off", "empty", "encrypted", "unknown packing", "overwritten"],
)
def test_a_damaged_or_encrypted_workbook_is_one_line(book, damage, message):
    book.write_bytes(damage(book.read_bytes()))
    assert message in read_error(book)


@pytest.mark.parametrize("load", [resumes, adult])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: in_every_header(content, 6, 8, 1),
        lambda content: in_every_header(content, 8, 10, 99),
        lambda content: content,
    ],
    ids=["cut off", "encrypted", "unknown packing", "too much"],
)
def test_a_damaged_archive_of_a_data_set_is_one_line(tmp_path, load, damage):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.txt", b"word " * 12_000_000)
        archive.writestr("1.lab", b"Writer")
        archive.writestr("adult.data", b"1, 2\n")
        archive.writestr("adult.test", b"1, 2\n")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=r"^data\.zip ") as refusal:
        load(path)
    assert len(str(refusal.value).splitlines()) == 1


def test_a_data_set_without_a_usable_line_is_refused(tmp_path):
    path = tmp_path / "adult.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("adult.data", b"1, 2\n")
        archive.writestr("adult.test", b"")
    with pytest.raises(DataError, match="not UCI Adult"):
        adult(path)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".json", ".jsonl"])
def test_an_archive_under_the_name_of_a_text_file_says_what_it_is(tmp_path, book, ending):
    path = tmp_path / f"packed{ending}"
    path.write_bytes(gzip.compress(b"age,hired\n1,yes\n"))
    assert "compressed with gzip" in read_error(path)
    path.write_bytes(book.read_bytes())
    assert "a zip archive or a workbook" in read_error(path)


def test_a_packed_file_is_to_be_unpacked_first(tmp_path):
    assert "unpack it first" in read_error(tmp_path / "people.csv.gz")


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".json"])
def test_pipes_devices_and_folders_are_no_files(tmp_path, ending):
    path = tmp_path / f"odd{ending}"
    os.mkfifo(path)
    assert "a pipe or a device" in read_error(path)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "a pipe or a device" in read_error(path)
    path.unlink()
    path.mkdir()
    assert "a folder" in read_error(path)


def test_pipes_and_devices_are_no_study_files_and_no_members_files(tmp_path):
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for command in ("check", "run", "theory"):
        assert "a pipe or a device" in refused(command, pipe)
    (tmp_path / "people.csv").write_text("age,hired\n" + "1,yes\n2,no\n" * 60)
    trees = {**TABLE, "learner": {"kind": "boosted-trees", "max_iter": 5}}
    study = write_study(tmp_path / "study.toml", changes=trees)
    members = tmp_path / "members.csv"
    members.symlink_to("/dev/zero")
    assert "a pipe or a device" in refused("plan", study, "--members", members)
    assert "a pipe or a device" in refused("new", members, "--out", tmp_path / "n.toml")


def test_names_that_no_file_system_takes_are_one_line(tmp_path):
    assert "cannot be read" in refused("check", tmp_path / ("x" * 5000))
    assert "cannot be read" in read_error(tmp_path / f"{'x' * 300}.csv")


@pytest.mark.parametrize(
    "value",
    [
        [[1]],
        {"a": 1, "b": "x"},
        [{"a": 1}],
        [1.5],
        {f"{'name' * 30}{at}": at for at in range(50)},
    ],
    ids=["lists of lists", "structs", "lists of structs", "lists of numbers", "many fields"],
)
@pytest.mark.parametrize("command", ["check", "theory"])
def test_a_nested_column_of_a_parquet_file_is_one_line(tmp_path, value, command):
    columns = {"age": [1.0, 2.0] * 30, "odd": [value] * 60, "hired": ["yes", "no"] * 30}
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    for role in ("label", "column"):
        changes = {**TABLE, "population.file": "people.parquet"}
        if role == "label":
            changes |= {"population.label": "odd", "population.columns": ["age"]}
        study = write_study(tmp_path / "study.toml", changes=changes)
        if command == "theory":
            assert "'odd' holds" in refused(command, study)


@pytest.mark.parametrize("write", ["pyarrow", "pandas", "polars"])
def test_spans_of_time_in_parquet_are_no_numbers(tmp_path, write):
    path = tmp_path / "people.parquet"
    spans = [dt.timedelta(hours=hours) for hours in (1, 2)] * 20
    columns = {"age": [1.0, 2.0] * 20, "worked": spans, "hired": ["yes", "no"] * 20}
    if write == "pyarrow":
        pq.write_table(pa.table(columns), path)
    elif write == "pandas":
        pd.DataFrame(columns).to_parquet(path)
    else:
        pl.DataFrame(columns).write_parquet(path)
    assert "column 'worked' holds spans of time; make numbers or texts of them" in read_error(path)
    others = read_table(path, label="hired", columns=["age"])
    assert list(others.columns) == ["age"]


@given(st.binary(max_size=400) | st.integers(0, 400))
@example(8)
def test_a_damaged_schema_of_arrow_s_says_nothing(damage):
    schema = pa.schema([("a", pa.int64()), ("b", pa.duration("s"))]).serialize().to_pybytes()
    whole = base64.b64encode(schema)
    assert spans_of_time(whole) == [False, True]
    if isinstance(damage, int):
        content = schema[:damage] + b"\xf0\xff\xff\xff" + schema[damage + 4 :]
        assert len(spans_of_time(base64.b64encode(content))) <= MOST
    else:
        assert len(spans_of_time(damage)) <= MOST
        assert len(spans_of_time(base64.b64encode(schema[:4] + damage))) <= MOST


def test_a_column_that_is_nested_very_deep_is_one_line(tmp_path):
    deep = pa.array([1, 2])
    for _ in range(400):
        deep = pa.StructArray.from_arrays([deep], ["x"])
    table = pa.table({"age": [1.0, 2.0], "hired": ["yes", "no"]}).append_column("deep", deep)
    pq.write_table(table, tmp_path / "people.parquet")
    assert "'deep' holds STRUCT(" in read_error(tmp_path / "people.parquet")


def test_json_that_is_nested_too_deep_is_one_line(tmp_path):
    for name, text in (("a.json", "[{%s}]"), ("b.jsonl", "{%s}\n")):
        path = tmp_path / name
        path.write_text(text % ('"age": ' + "[" * 100_000 + ', "hired": "yes"'))
        assert "is not JSON as expected" in read_error(path)


def test_a_line_of_names_with_a_quote_that_is_never_closed_ends_soon(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('"age,hired\n' + "1,yes\n" * 200_000)
    assert "a quote is opened and not closed" in read_error(path)
