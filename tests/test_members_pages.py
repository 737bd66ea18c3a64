"""A member's page: what to copy, whom to ask, until when, with how many, in whose words."""

import csv
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from criticalmass import run
from criticalmass.errors import ParameterError
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.pages.handouts import after_csv, as_text, write_handouts
from criticalmass.pages.links import link_to
from criticalmass.pages.page import script
from criticalmass.studies import read_study
from criticalmass.studies.files.handouts import LONGEST, Handouts
from criticalmass.words.instructions import told_to_all
from support.browser import answer_of, needed_width, needs_browser
from support.command_line import called, refused
from support.members_files import table_members, text_members, written
from support.studies import TABLES, rows_of, table_study, text_study
from support.study_files import write_study

SAID = {
    "contact": "mailto:us@example.org",
    "deadline": date(2026, 12, 31),
    "words": "We are <b>many</b>.\n\nNobody is asked\nto give up a job.\n",
}


class Elements(HTMLParser):
    """The texts of the elements that have an id, the buttons and the links of a page."""

    def __init__(self, page):
        super().__init__()
        self.open, self.texts, self.buttons, self.links, self.tags = [], {}, [], [], set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        if tag == "meta":
            return
        self.open.append((tag, attributes.get("id")))
        if tag == "button":
            self.buttons.append(attributes)
        if tag == "a":
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for _, name in self.open:
            self.texts[name] = self.texts.get(name, "") + data


def page_of(told, folder, one, handouts=None):
    """The source of a member's page."""
    index = write_handouts(told, folder, handouts=handouts or Handouts())
    return index.with_name("members") / f"{one.id}.html"


@pytest.fixture
def texts(tmp_path):
    study = text_study()
    return instruct(study, text_members(tmp_path, study))


def test_what_the_study_file_says_reaches_every_page(tmp_path):
    path = write_study(tmp_path / "study.toml", changes={"handouts": SAID})
    members = written(tmp_path, "id,text,label\nm1,one two three,Editor\n")
    code, _, errors = called(
        "instruct", path, "--members", members, "--out", tmp_path / "told", "--results", tmp_path
    )
    assert code == 0, errors
    told = tmp_path / "told"
    for file in ("members/m1.html", "members/m1.txt", "index.html"):
        text = (told / file).read_text(encoding="utf-8")
        if file.endswith("html"):
            assert "We are &lt;b&gt;many&lt;/b&gt;." in text
            assert "<b>" not in text
        else:
            assert "We are <b>many</b>.\n\nNobody" in text
        for said in ("Nobody is asked to give up a job.", "31 December 2026", "us@example.org"):
            assert said in text, (file, said)
        assert "1 person takes part." in text
    page = Elements((told / "members" / "m1.html").read_text(encoding="utf-8"))
    assert page.links == ["mailto:us@example.org"]


def test_without_them_a_page_leaves_no_room(tmp_path, texts):
    nothing = Handouts(contact=" ", words="\n")
    page = page_of(texts, tmp_path / "told", texts.each[0], nothing).read_text(encoding="utf-8")
    assert "Questions?" not in page
    assert "<blockquote" not in page
    assert "asked to change.</p>" in page
    text = as_text(texts.each[0], told_to_all(texts, nothing))
    assert "Questions?" not in text
    assert "Make these changes by" not in text


def test_members_with_nothing_to_change_hear_no_deadline(tmp_path, texts):
    study = text_study()
    path = written(tmp_path, after_csv(texts))
    told = instruct(study, read_members(path, study.population, Columns()))
    page = page_of(told, tmp_path / "told", told.each[0], Handouts(**SAID))
    for text in (page, page.with_suffix(".txt")):
        assert "December" not in text.read_text(encoding="utf-8")
        assert "us@example.org" in text.read_text(encoding="utf-8")


def test_they_are_no_part_of_what_a_trial_is(tmp_path):
    plain = read_study(write_study(tmp_path / "plain.toml"))
    said = read_study(write_study(tmp_path / "said.toml", changes={"handouts": SAID}))
    assert said.source != plain.source
    assert said.identity == plain.identity
    assert said.trials() == plain.trials()
    trained = run(plain, tmp_path / "out")
    assert run(said, tmp_path / "out") == trained  # in the same folder, and nothing was trained
    assert rows_of(tmp_path / "out") == [row.without_time() for row in trained]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"deadline": "2026-12-31"},
         "handouts.deadline must be a date, such as 2026-12-31 without quotes, not '2026-12-31'"),
        ({"deadline": datetime(2026, 12, 31, 8)},
         "handouts.deadline must be a date, such as 2026-12-31 without quotes, "
         "not 2026-12-31 08:00:00"),
        ({"contact": "Ada\x1b[31m"},
         r"handouts.contact must be one line of text, without '\x1b'"),
        ({"contact": "Ada\nBo"}, r"handouts.contact must be one line of text, without '\n'"),
        ({"words": "turn\u202eed"}, r"handouts.words must be text, without '\u202e'"),
        ({"words": "x" * 1001}, "handouts.words must have at most 1,000 characters, not 1,001"),
        ({"contact": "x" * 201}, "handouts.contact must have at most 200 characters, not 201"),
        ({"words": ["We"]}, "handouts.words must be a text, not ['We']"),
        ({"contakt": "Ada"},
         "handouts: unknown key 'contakt'; did you mean 'contact'? "
         "Valid: contact, deadline, words"),
    ],
)  # fmt: skip
def test_handouts_that_cannot_be_shown_are_refused_before_anything_is_read(tmp_path, said, line):
    path = write_study(tmp_path / "study.toml", changes={"handouts": said})
    for command in (["run", path], ["instruct", path, "--members", "m.csv", "--out", "told"]):
        assert refused(*command) == f"error: study.toml: {line}"


def test_all_that_a_text_may_hold_is_taken():
    full = {name: "x" * most for name, most in LONGEST.items()}
    assert Handouts(**full).paragraphs == (full["words"],)
    assert Handouts(words="Ärzte 👩‍⚕️\n\tהיי").paragraphs == ("Ärzte 👩‍⚕️ היי",)
    assert Handouts(words="\n\n one\ntwo \n \n\nthree").paragraphs == ("one two", "three")
    with pytest.raises(ParameterError, match="a day without a time"):
        Handouts(deadline=datetime(2026, 12, 31, 8))


@pytest.mark.parametrize(
    "contact",
    ["https://example.org", "https://a.example:8443/x?y=1#z", "HTTPS://example.org/@us",
     "mailto:a.b+c@example.org", "tel:+49-30-1234(0)"],
)  # fmt: skip
def test_an_address_can_be_clicked(tmp_path, texts, contact):
    page = page_of(texts, tmp_path / "told", texts.each[0], Handouts(contact=contact))
    assert Elements(page.read_text(encoding="utf-8")).links == [contact]
    assert link_to(contact).text == contact.removeprefix("mailto:").removeprefix("tel:")


@pytest.mark.parametrize(
    "contact",
    ["javascript:alert(1)", "http://example.org", "https://bank.example@evil.example",
     "https://bank.example\\@evil.example", "https://ex\u0430mple.org", "https:example.org",
     "mailto:a@example.org?bcc=b@example.org", "tel:1;ext=2", "data:text/html,x",
     'https://example.org/"onclick="x', "Ada, https://example.org", "ada@example.org",
     "https://example.org/<script>"],
)  # fmt: skip
def test_anything_else_is_text(tmp_path, texts, contact):
    page = page_of(texts, tmp_path / "told", texts.each[0], Handouts(contact=contact))
    elements = Elements(page.read_text(encoding="utf-8"))
    assert elements.links == []
    assert contact in elements.texts[None]


def test_no_script_that_got_into_a_page_is_allowed(tmp_path):
    told = instruct(text_study(), text_members(tmp_path, text_study(), 1))
    one, got_in = told.each[0], {"note": Markup("<script>alert(1)</script>")}
    one = replace(one, before=one.before | got_in, after=one.after | got_in)
    page = page_of(replace(told, each=(one,)), tmp_path / "told", one).read_text(encoding="utf-8")
    assert "<script>alert(1)</script>" in page
    assert page.count("'sha256-") == 2  # of its styles, and of the script that copies
    assert f"; script-src '{script('copy.js').digest}';" in page


def test_how_many_take_part_is_counted(tmp_path, texts):
    study = text_study()
    assert told_to_all(texts).together == "40 people take part."
    after, before = after_csv(texts).splitlines(), (tmp_path / "members.csv").read_text()
    for done, words in (
        (1, "40 people take part; 1 has done their part."),
        (12, "40 people take part; 12 have done their part."),
        (40, "40 people take part, and all have done their part."),
    ):
        lines = [*after[: done + 1], *before.splitlines()[done + 1 :]]
        path = written(tmp_path, "\n".join(lines) + "\n", name="mixed.csv")
        told = instruct(study, read_members(path, study.population, Columns()))
        assert told_to_all(told).together == words
        assert words in as_text(told.each[0], told_to_all(told))
    alone = written(tmp_path, "\n".join(after[:2]) + "\n", name="alone.csv")
    told = instruct(study, read_members(alone, study.population, Columns()))
    assert told_to_all(told).together == "1 person takes part, and has done their part."
    few = instruct(
        study, read_members(tmp_path / "members.csv", study.population, Columns()), "few"
    )
    assert told_to_all(few).together == f"{len(few.edit.members)} people take part."
    assert 1 < len(few.edit.members) < 40


@pytest.mark.parametrize("kind", ["texts", "table"])
def test_there_is_a_button_for_each_thing_to_change(tmp_path, kind):
    study = text_study() if kind == "texts" else table_study({"set": TABLES["set"]})
    told = instruct(study, (text_members if kind == "texts" else table_members)(tmp_path, study))
    index = write_handouts(told, tmp_path / "told")
    for one in told.each:
        page = Elements((index.parent / "members" / f"{one.id}.html").read_text(encoding="utf-8"))
        copies = [page.texts[button["data-copies"]] for button in page.buttons]
        assert sorted(copies) == sorted(after for _, _, after in one.changes)
        assert all("hidden" in button for button in page.buttons)  # of no use without JavaScript
        about = [page.texts[button["aria-describedby"]] for button in page.buttons]
        assert sorted(about) == sorted(column for column, _, _ in one.changes)


def test_nothing_that_is_left_out_can_be_copied(tmp_path):
    study = text_study()
    told = instruct(study, text_members(tmp_path, study, 1))
    for text in ("short", "long " * 30):
        one = replace(told.each[0], before={"text": text, "label": "Editor"})
        one = replace(one, after={"text": "", "label": "Writer"})
        source = page_of(replace(told, each=(one,)), tmp_path / text[:5], one)
        page = Elements(source.read_text(encoding="utf-8"))
        assert [page.texts[button["data-copies"]] for button in page.buttons] == ["Writer"]
        assert "(nothing)" in page.texts[None]


CLICKED = """
  const buttons = [...d.querySelectorAll("button.copy")], taken = [];
  const clipboard = {writeText: async text => { taken.push(text); }};
  Object.defineProperty(w.navigator, "clipboard", {value: CLIPBOARD});
  const before = buttons.map(button => button.textContent), after = [], selected = [];
  for (const button of buttons) {
    button.click();
    await null; await null; await null;
    after.push(button.textContent);
    selected.push(w.getSelection().toString());
  }
  const seen = buttons.map(button => button.getBoundingClientRect().height > 0);
  return {taken, seen, before, after, selected};
"""


@needs_browser
def test_a_browser_copies_what_is_to_be_there(tmp_path, texts):
    one = texts.each[0]
    page = page_of(texts, tmp_path / "told", one)
    wanted = [after for _, _, after in one.changes]
    found = answer_of(page, CLICKED.replace("CLIPBOARD", "clipboard"), tmp_path)
    assert found["taken"] == wanted
    assert found["seen"] == [True] * len(wanted)
    assert set(found["before"]) == {"Copy"}
    assert set(found["after"]) == {"Copied"}
    # where a browser lends no clipboard, the text is selected for the reader to copy
    found = answer_of(page, CLICKED.replace("CLIPBOARD", "undefined"), tmp_path)
    assert found["selected"] == wanted
    assert set(found["after"]) <= {"Copied", "Selected: copy it now"}


@needs_browser
def test_a_phone_shows_pages_without_overflow(tmp_path):
    study = text_study()
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [["id", "text", "label"], ["1", "word " + "x" * 300, "Editor"]]
        csv.writer(file).writerows(rows)
    told = instruct(study, read_members(path, study.population, Columns()))
    said = Handouts("https://example.org/" + "y" * 150, date(2026, 9, 30), "z" * 300)
    page = page_of(told, tmp_path / "told", told.each[0], said)
    for each in (page, tmp_path / "told" / "index.html"):
        assert needed_width(each, tmp_path, 360) <= 360
