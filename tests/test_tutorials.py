"""The tutorials of the site are walked: every output that they show is what comes out."""

from pathlib import Path

import pytest

from support.walks import Shown, walk

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
