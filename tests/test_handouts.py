"""What members and their organiser get: complete, theirs alone, escaped, whole or not at all."""

import csv
import html
import io
import json
import re
from dataclasses import fields

import jinja2
import pytest

from criticalmass import CriticalMassError
from criticalmass.members.differences import pieces
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.pages import handouts
from criticalmass.pages.handouts import file_names, write_handouts
from criticalmass.pages.page import script
from support.members_files import text_members, written
from support.studies import TABLES, table_study, text_study


def test_the_folder_holds_everything(tmp_path):
    study = text_study()
    members = text_members(tmp_path, study)
    told = instruct(study, members)
    page = write_handouts(told, tmp_path / "out", standing=["You are 40."])
    out = page.parent
    assert {p.name for p in out.iterdir()} == {
        "index.html", "summary.txt", "instructions.jsonl", "instructions.csv", "members-after.csv",
        "members",
    }  # fmt: skip
    assert len(list((out / "members").iterdir())) == 80
    assert "You are 40." in page.read_text()
    assert "You are 40." in (out / "summary.txt").read_text()
    again = read_members(out / "members-after.csv", study.population, Columns())
    changed = told.edit.apply(told.joined.study.population).take(told.joined.rows)
    assert again.records.fingerprint == changed.fingerprint
    table = (out / "instructions.csv").read_text(encoding="utf-8")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [tuple(line.values()) for line in lines] == [
        (one.id, *change) for one in told.each for change in one.changes
    ]
    first = json.loads((out / "instructions.jsonl").read_text().splitlines()[0])
    assert first["id"] == "m0"
    text = (out / "members" / "m0.txt").read_text()
    for column, before, after in told.each[0].changes:
        assert column in text
        assert before in text
        assert after in text
    for said in ("voluntary", "terms", "Keep your original", "To undo it"):
        assert said in text
        assert said in (out / "members" / "m0.html").read_text()


def test_templates_are_read_once_and_not_for_every_member(tmp_path, monkeypatch):
    study = text_study()
    told = instruct(study, text_members(tmp_path, study))
    made, environment = [], jinja2.Environment
    monkeypatch.setattr(
        jinja2, "Environment", lambda **options: made.append(options) or environment(**options)
    )
    write_handouts(told, tmp_path / "out")
    assert len(told.each) == 40
    assert len(made) <= 1


def test_what_all_hear_is_put_into_words_no_more_often_for_more_members(tmp_path, monkeypatch):
    study = text_study()
    asked, words = [], handouts.told_to_all
    monkeypatch.setattr(handouts, "told_to_all", lambda *of: asked.append(of) or words(*of))
    counts = []
    for n in (5, 40):
        asked.clear()
        told = instruct(study, text_members(tmp_path, study, n))
        write_handouts(told, tmp_path / str(n))
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


def test_writing_pages_leaves_nothing_behind_in_memory(tmp_path):
    study = text_study()
    told = instruct(study, text_members(tmp_path, study))
    write_handouts(told, tmp_path / "out")
    for one in told.each:
        assert vars(one).keys() == {field.name for field in fields(one)}
    assert pieces.cache_info().currsize <= pieces.cache_info().maxsize < 100


def visible(page):
    """What a page shows, without its tags."""
    body = page[page.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]*>", "", body))


@pytest.mark.parametrize("kind", ["mark", "move"])
def test_no_page_holds_another_member_s_record(tmp_path, kind):
    if kind == "mark":
        study = text_study()
        members = text_members(tmp_path, study)
    else:
        study = table_study({"move": TABLES["move"]})
        text = "id,name,age,pay,job,sex,label\n" + "".join(
            f"id{k},Name{k},{90 + k},{k}.125,nurse,f,no\n" for k in range(30)
        )
        members = read_members(written(tmp_path, text), study.population, Columns())
    told = instruct(study, members, kind)
    out = write_handouts(told, tmp_path / "out").parent / "members"
    secrets = [
        (line["text"] if kind == "mark" else f"{90 + k}") for k, line in enumerate(members.lines)
    ]
    for k, one in enumerate(told.each):
        for suffix in ("html", "txt"):
            page = (out / f"{one.id}.{suffix}").read_text(encoding="utf-8")
            shown = visible(page) if suffix == "html" else page
            assert one.name in shown
            words = set(re.findall(r"\w+", shown))
            for other, secret in enumerate(secrets):
                if other != k:
                    assert members.lines[other]["name"].replace(" ", "") not in words
                    assert members.ids[other] not in words
                    assert secret not in (shown if kind == "mark" else words)


def test_names_and_texts_are_escaped(tmp_path):
    study = text_study()
    evil = "<script>alert(1)</script>"
    text = f'id,name,text,label\n"<b>1",{evil},<img src=x> one & two,Editor\n'
    members = read_members(written(tmp_path, text), study.population, Columns())
    out = write_handouts(instruct(study, members), tmp_path / "out").parent
    for page in (out / "index.html", out / "members" / "member-1.html"):
        source = page.read_text(encoding="utf-8")
        body = source[source.index("<body>") :]
        own = f"<script>{script('copy.js').text}</script>"
        assert body.count(own) == (page.name != "index.html")
        assert "<script" not in body.replace(own, "")
        assert "<img" not in body
        assert "<b>" not in body
    assert "<img src=x> one & two" in visible((out / "members" / "member-1.html").read_text())


def test_a_folder_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    study = text_study()
    told = instruct(study, text_members(tmp_path, study))
    there = tmp_path / "there"
    there.mkdir()
    write_handouts(told, there)  # empty: it may be used
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(CriticalMassError, match="is there already"):
        write_handouts(told, there)
    calls = []

    def full(template, **said):
        calls.append(template)
        if len(calls) > 5:
            raise OSError("No space left on device")
        return "page"

    monkeypatch.setattr("criticalmass.pages.handouts.page", full)
    with pytest.raises(CriticalMassError, match="No space left"):
        write_handouts(told, tmp_path / "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_names_of_files_are_safe():
    ids = ["a", "A", "../../etc", "a b", "x" * 80, "con.", "member-3", "ok-1"]
    names = file_names(ids)
    assert names[0] == "a"
    assert names[-1] == "ok-1"
    assert len({name.lower() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[\w-][\w.-]*", name) for name in names)
