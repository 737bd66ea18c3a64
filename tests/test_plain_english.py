"""Pages, docstrings, messages and test names are in plain English, as far as patterns tell."""

import re
from pathlib import Path

import pytest

from support.plain_english import PATTERNS, stiff_sentences

ROOT = Path(__file__).parents[1]


def test_no_sentence_is_stiff():
    assert [f"{where}: {words} ({why})" for where, why, words in stiff_sentences(ROOT)] == []


@pytest.mark.parametrize(
    ("pattern", "stiff", "plain"),
    [
        ("Of …", "Of these, two hold.", "Of course two of these hold."),
        ("so that", "It is small, so that it fits.", "Make it so that it fits."),
        ("as, for because", "Refused, as it can run code.", "Refused, as the paper says."),
        ("a clause with who", "Who has joined already is counted.", "Who has joined already?"),
        ("a clause with what", "What is left is removed.", "What a signal promises."),
        ("one thing a thing", "It has one row a trial.", "It gives a trial a row."),
        ("to be had", "It cannot be had.", "It cannot be found."),
        ("else", "It is known; else None.", "It is something else."),
    ],
)
def test_a_pattern_tells_stiff_from_plain(pattern, stiff, plain, tmp_path):
    (name,) = [name for name in PATTERNS if name.startswith(pattern)]
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    for sentence, found in ((stiff, [name]), (plain, [])):
        (tmp_path / "README.md").write_text(f"# Title\n\n- {sentence}\n")
        assert [hit.pattern for hit in stiff_sentences(tmp_path)] == found, sentence


def test_code_is_no_prose_and_every_kind_of_text_is_read(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "README.md").write_text("```\nOf these, two.\n```\n\nPlain.\n")
    (tmp_path / "src" / "a.py").write_text('"""Of these, two."""\nraise E(f"of {1}; else no")\n')
    (tmp_path / "tests" / "test_a.py").write_text("def test_who_has_it_is_told():\n    pass\n")
    assert [hit.where for hit in stiff_sentences(tmp_path)] == [
        "src/a.py:1", "src/a.py:2", "tests/test_a.py:who_has_it_is_told",
    ]  # fmt: skip


def test_the_names_of_tests_are_sentences():
    """One word or two are a title."""
    names = [
        found[1]
        for path in sorted((ROOT / "tests").glob("test_*.py"))
        for found in re.finditer(r"^ *def test_(\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert [name for name in names if name.count("_") < 2] == []
