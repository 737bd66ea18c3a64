"""Pages on paper and on a phone: no sheet but the last is left half empty, nothing is cut off."""

from datetime import date

import pytest

from criticalmass import read_study, run
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.members.plan import plan
from criticalmass.pages.handouts import write_handouts
from criticalmass.pages.plan import write_plan
from criticalmass.pages.report import write_report
from criticalmass.studies.files.handouts import Handouts
from support.browser import blank_share, needed_width, needs_paper, sheets
from support.members_files import text_members, written
from support.studies import text_study
from support.study_files import write_study

pytestmark = needs_paper
PAPERS = ("A4", "letter")
SAID = Handouts("mailto:us@example.org", date(2026, 12, 31), "We want to be found. " * 12)
WORDS = (
    "I translate novels and essays from three languages, edit manuscripts for two publishers, and "
    "write about food and travel for magazines. "
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A report with two kinds of figures, a plan and an organiser's page."""
    folder = tmp_path_factory.mktemp("pages")
    costs = {"incentives": {"cost": 0.3, "free_ride": 0.2}}
    study = read_study(write_study(folder / "study.toml", changes=costs))
    run(study, folder / "out")
    told = instruct(study, text_members(folder, study))
    made = plan(told, folder / "out")
    return {
        "report": write_report(folder / "out"),
        "plan": write_plan(made, folder / "plan.html"),
        "index": write_handouts(told, folder / "told", handouts=SAID),
    }


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", ["report", "plan", "index"])
def test_no_sheet_but_the_last_is_left_half_empty(tmp_path, pages, name, paper):
    printed = sheets(pages[name], tmp_path, paper=paper)
    assert len(printed) > 1 or name == "plan"
    assert max(map(blank_share, printed[:-1]), default=0) < 1 / 3


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("lines", [6, 9, 12])
def test_nor_wherever_a_figure_would_come_to_lie(tmp_path, pages, lines, paper):
    before = "<p>One line more.</p>" * lines
    printed = sheets(pages["report"], tmp_path, paper=paper, before=before)
    assert max(map(blank_share, printed[:-1])) < 1 / 3


@pytest.mark.parametrize("name", ["report", "plan", "index"])
def test_a_phone_shows_them_without_overflow(tmp_path, pages, name):
    assert needed_width(pages[name], tmp_path, 360) <= 360


@pytest.mark.parametrize("paper", PAPERS)
def test_a_member_s_page_takes_one_sheet_where_its_text_allows(tmp_path, paper):
    study = text_study()
    texts = {"short": "I write. ", "usual": WORDS * 8, "long": WORDS * 40}
    lines = [f'{name},Ada,"{text[:-1]}",Editor\n' for name, text in texts.items()]
    path = written(tmp_path, "".join(["id,name,text,label\n", *lines]))
    told = instruct(study, read_members(path, study.population, Columns()))
    folder = write_handouts(told, tmp_path / "told", handouts=SAID).parent / "members"
    counts = {name: len(sheets(folder / f"{name}.html", tmp_path, paper=paper)) for name in texts}
    assert len(texts["usual"]) > 1000
    assert (counts["short"], counts["usual"]) == (1, 1)
    assert counts["long"] > 1
