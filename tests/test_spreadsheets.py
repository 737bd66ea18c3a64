"""What is written for spreadsheets opens in them as the members' file did, and runs nothing."""

import csv
import io
from dataclasses import replace

import pytest

from criticalmass.data.readers import rows_of
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.pages.handouts import file_names, write_handouts
from support.members_files import written
from support.studies import text_study

MEMBERS = [
    ["id", "name", "text", "label"],
    ["7", "Zoë", "one two; three", "Editor"],
    ["=8", "Bo", "a,b\tc", "Writer"],
]


def file_of(folder, cells, delimiter, end, encoding, name="members.csv"):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        cells
    )
    return written(folder, buffer.getvalue(), name=name, encoding=encoding)


def told_by(folder, path):
    study = text_study()
    members = read_members(path, study.population, Columns(separator="|"))
    return write_handouts(instruct(study, members), folder / "told").parent


@pytest.mark.parametrize(
    ("delimiter", "end", "encoding"),
    [
        (",", "\n", "utf-8"),
        (",", "\r", "utf-8"),
        (";", "\r\n", "utf-8-sig"),
        (";", "\n", "utf-8-sig"),
        ("\t", "\r\n", "utf-16"),
        ("|", "\r\n", "cp1252"),
    ],
)
def test_files_keep_the_form_of_the_members_file(tmp_path, delimiter, end, encoding):
    path = file_of(tmp_path, MEMBERS, delimiter, end, encoding)
    kind = "tsv" if delimiter == "\t" else "csv"
    told = told_by(tmp_path, path)
    before = path.read_bytes()
    for name in (f"members-after.{kind}", f"instructions.{kind}"):
        content = (told / name).read_bytes()
        assert content[:2] == before[:2] or not before.startswith((b"\xff", b"\xef"))
        text = content.decode(encoding)
        assert text.endswith(end)
        assert text.count("\r\n") == (text.count("\n") if end == "\r\n" else 0)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert {len(line) for line in lines} == {4}
    assert lines[1] == ["7", "text", "one two; three", "one two; three ~"]
    assert rows_of(told / f"members-after.{kind}")[1][0][1][1] == "Zoë"


def test_a_file_that_its_encoding_cannot_hold_says_that_it_is_utf_8(tmp_path):
    study = text_study()
    members = [*MEMBERS, ["9", "Cy", "four", "Editor"]]
    path = file_of(tmp_path, members, ";", "\r\n", "cp1252")
    read = read_members(path, study.population, Columns(separator="|"))
    told = instruct(study, read)
    first = replace(told.each[0], after={**told.each[0].after, "text": "日本"})
    out = write_handouts(replace(told, each=(first, *told.each[1:])), tmp_path / "told").parent
    for name in ("members-after.csv", "instructions.csv"):
        content = (out / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert "日本" in content.decode("utf-8-sig")
        assert b"\r\n" in content


FORMULAS = ["=1+1", "+49 170", "-2+3 I write", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "\n-a"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_instructions_is_a_formula(tmp_path, text):
    cells = [["id", "name", "text", "label"], ["7", "Ada", f"{text} and more", "Editor"]]
    path = file_of(tmp_path, cells, ",", "\n", "utf-8")
    told = told_by(tmp_path, path)
    with (told / "instructions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][2] == f"'{text} and more"
    assert rows[1][3].startswith(f"'{text}")
    with (told / "members-after.csv").open(encoding="utf-8", newline="") as file:
        after = list(csv.reader(file))
    assert after[1][2].startswith(text)
    assert text.strip() in (told / "members" / "7.txt").read_text(encoding="utf-8")


DEVICES = ["con", "CON", "prn", "aux", "NUL", "com1", "LPT9", "aux.txt", "nul.tar.gz", "Com0.x"]


def test_no_page_is_named_like_a_device_of_windows(tmp_path):
    names = file_names([*DEVICES, "console", "com", "com10", "auxiliary.txt", "nul-1"])
    assert names[: len(DEVICES)] == [f"member-{k}" for k in range(1, len(DEVICES) + 1)]
    assert names[len(DEVICES) :] == ["console", "com", "com10", "auxiliary.txt", "nul-1"]
