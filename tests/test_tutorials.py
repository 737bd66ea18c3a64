"""The tutorials of the site are walked: every output that they show is what comes out."""

import re
from pathlib import Path

import pytest

from criticalmass import read_study, run
from criticalmass.answers.finding import findings
from criticalmass.studies.facts import facts_of
from support.study_files import read_tables, write_study
from support.walks import Shown, drawn, same_picture, walk

LONG = ("auditor", "organiser")
"""These train for half a minute each."""
TUTORIALS = [
    pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in LONG else [])
    for page in sorted((Path(__file__).parents[1] / "docs" / "tutorials").glob("*.md"))
]


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_shows_what_comes_out(page, tmp_path):
    outputs = list(walk(page, tmp_path))
    assert outputs
    for each in outputs:
        assert each.alike, f"shown:\n{each.shown}\nprinted:\n{each.printed}"
    for kept, now in drawn(page, tmp_path):
        assert same_picture(kept.read_text(), now.read_text()), f"{kept.name} is another picture"


def test_the_researcher_s_picture_is_drawn_by_the_page():
    page = Path(__file__).parents[1] / "docs" / "tutorials" / "researcher.md"
    assert [kept.name for kept, _ in drawn(page, page.parent)] == ["badges.svg"]


def test_a_picture_that_shows_something_else_is_noticed():
    svg = '<svg><!-- 90% --><path id="a1" d="M 1 2 L {x} 4" clip-path="url(#pb2)"/></svg>'
    kept = svg.format(x=100)
    assert same_picture(kept, svg.format(x=100.4).replace("a1", "a7").replace("pb2", "pc3"))
    assert not same_picture(kept, svg.format(x=103))
    assert not same_picture(kept, kept.replace("90%", "80%"))
    assert not same_picture(kept, kept.replace("L 100 4", "L 100 4 L 5 6"))
    assert not same_picture("", kept)


@pytest.mark.slow
def test_the_organiser_is_told_what_other_marks_take(tmp_path):
    page = (Path(__file__).parents[1] / "docs" / "tutorials" / "organiser.md").read_text()
    examples = Path(__file__).parents[1] / "examples" / "tutorial"
    (tmp_path / "freelancers.csv").write_bytes((examples / "freelancers.csv").read_bytes())
    files = dict(re.findall(r"<!-- file: (\S+) -->\n```TOML\n(.*?)```", page, re.DOTALL))

    def people(file, every):
        path = tmp_path / "changed.toml"
        path.write_text(files[file])
        write_study(path, read_tables(path), {"strategies.mark.signal.every": every})
        study = read_study(path)
        rows = run(study, tmp_path / f"{file}-{every}")
        (found,) = findings(facts_of(study), rows, headlines=True)
        return found.mass.people(len(study.population))[0]

    few, many = people("study.toml", 2), people("study.toml", 20)
    assert f"takes {few} people with `every = 2`, 34 with 4, and {many} with 20" in (
        " ".join(page.split())
    )
    holders = people("writers.toml", 2)
    assert f"With `every = 2` in this file it takes about {holders} of them" in page
    assert f"after every two words, {holders} of them are enough" in " ".join(
        (Path(__file__).parents[1] / "docs" / "faq.md").read_text().split()
    )


@pytest.mark.parametrize(
    ("shown", "printed", "alike"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n…\nc\n", "a\nb\nb\nc\n", True),
        ("a\n…\n", "a\n", True),
        ("a\n…\nc\n", "a\nb\nd\n", False),
        ("15 people.\n", "16 people.\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_an_output_is_compared_to_the_letter(shown, printed, alike):
    assert Shown(0, 0, shown, printed).alike is alike


def test_a_page_that_shows_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```py\nx = 1\n```\n\n```py\nprint(x + 1)\n```\n\n```text\n3\n```\n")
    (output,) = walk(page, tmp_path)
    assert (output.shown, output.printed, output.alike) == ("3\n", "2\n", False)
