"""`criticalmass cache` lists what learners keep of texts, and removes it."""

import pytest

from criticalmass import EmbeddedText, Transformer
from criticalmass.datasets import synthetic_resumes
from criticalmass.learners.cache import kept
from criticalmass.learners.transformer import sequences, transformer
from support.command_line import criticalmass
from support.small_transformers import small


@pytest.fixture
def filled(tmp_path, monkeypatch):
    """Return a cache folder with vectors, tokens and hidden states of 30 texts."""
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sequences, "FEW", 10)
    monkeypatch.setattr(transformer, "FEW", 10)
    people = synthetic_resumes(30, seed=1)
    tiny = small(tmp_path / "tiny")
    EmbeddedText(str(tiny), max_length=20).keep(people)
    Transformer(str(tiny), max_length=20, frozen_layers=1).keep(people)
    return tmp_path / "cache"


def test_lists_what_is_kept(filled):
    found = {one.what: one for one in kept()}
    assert set(found) == {
        f"vectors of 30 texts by {filled.parent / 'tiny'} (20 tokens, mean pooling, fp32)",
        "tokens of 30 texts",
        "hidden states of 30 texts, 32 numbers a token",
    }
    on_disk = sum(path.stat().st_size for path in filled.iterdir())
    assert sum(one.size for one in found.values()) == on_disk
    done = criticalmass("cache", cwd=filled)
    assert done.returncode == 0
    assert all(one.what in done.stdout and one.name in done.stdout for one in found.values())
    assert str(filled) in done.stdout


def test_removes_one_or_all(filled):
    tokens = next(one for one in kept() if one.what.startswith("tokens"))
    done = criticalmass("cache", "--remove", tokens.name, cwd=filled)
    assert (done.returncode, len(kept())) == (0, 2)
    assert done.stdout.startswith("removed tokens of 30 texts (")
    done = criticalmass("cache", "--remove", tokens.name, cwd=filled)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: unknown name '{tokens.name}'")
    assert criticalmass("cache", "--remove", "all", cwd=filled).returncode == 0
    assert kept() == []
    assert list(filled.iterdir()) == []
    assert "nothing is kept in" in criticalmass("cache", cwd=filled).stdout


def test_lists_what_is_damaged(filled):
    for path in filled.iterdir():
        if path.suffix in (".vectors", ".npy"):
            path.write_bytes(b"damaged")
    assert {one.what for one in kept()} == {
        "vectors of texts; damaged, made anew when needed",
        "tokens or hidden states of texts; damaged, made anew when needed",
    }


def test_a_file_of_somebody_else_is_left_alone(filled):
    (filled / "notes.txt").write_text("mine")
    assert criticalmass("cache", "--remove", "all", cwd=filled).returncode == 0
    assert [path.name for path in filled.iterdir()] == ["notes.txt"]
