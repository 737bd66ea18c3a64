"""The tutorials of the site are walked: every output that they show is what comes out."""

from pathlib import Path

import pytest

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
