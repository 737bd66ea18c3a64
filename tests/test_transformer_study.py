"""A study of transformers keeps a study's promises, from its file to its rows and its report."""

import re
import signal

import pytest

from criticalmass import CriticalMassError, read_study, run
from criticalmass.errors import StoreError
from criticalmass.learners.transformer import sequences, transformer
from criticalmass.pages.report import write_report
from support.command_line import start, wait_for_rows
from support.small_transformers import small
from support.studies import rows_of, undisturbed
from support.study_files import read_tables, write_study

LEARNER = {
    "kind": "transformer",
    "model": "tiny",
    "epochs": 2,
    "max_length": 24,
    "frozen_layers": 1,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Run a study of a small random model in this process: its file and its rows."""
    folder = tmp_path_factory.mktemp("whole")
    small(folder / "tiny")
    return undisturbed(folder, {"learner": LEARNER})


def test_two_processes_give_the_same_rows(whole, tmp_path, monkeypatch):
    path, rows = whole
    assert len(rows) == 9
    assert not any(row.error or row.warning for row in rows)
    run(read_study(path), tmp_path / "pool", jobs=2)
    assert rows_of(tmp_path / "pool") == rows
    monkeypatch.setattr(sequences, "FEW", 10)
    monkeypatch.setattr(transformer, "FEW", 10)
    monkeypatch.setenv("CRITICALMASS_CACHE", str(tmp_path / "cache"))
    run(read_study(path), tmp_path / "disk")
    assert rows_of(tmp_path / "disk") == rows  # from what was kept on disk, too


def test_killed_and_resumed(whole, tmp_path):
    path, rows = whole
    process = start(path, tmp_path)
    wait_for_rows(tmp_path, 3, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = rows_of(tmp_path)
    assert 3 <= len(kept) <= len(rows)
    assert kept == [row for row in rows if row.key in {one.key for one in kept}]
    run(read_study(path), tmp_path)
    assert rows_of(tmp_path) == rows


def test_the_report_names_the_model_and_what_speaks_against_the_mark(whole, tmp_path):
    path, _ = whole
    accent = {"strategies.mark.signal.token": "é", "placement.points": 2}
    other = write_study(path.parent / "accent.toml", read_tables(path), accent)
    process = start(other, tmp_path)
    _, said = process.communicate()
    assert process.returncode == 0
    assert "mark: The firm's tokenizer merges “é” with “e”" in said
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "the transformer tiny, fine-tuned for 2 epochs, its lowest layer frozen" in page
    assert "merges “é” with “e”" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learner.model": "tinny"}, "unknown model 'tinny'"),
        ({"learner.model": "."}, "has no config.json"),
        ({"learner.max_length": 999}, "max_length is at most 130"),
        ({"learner.frozen_layers": 9}, "frozen_layers is at most 3"),
        ({"learner.epochs": None, "learner.epoch": 2}, "did you mean 'epochs'"),
        ({"learner.epochs": "two"}, "learner.epochs"),
    ],
)
def test_mistakes_get_one_line(change, said, whole):
    path, _ = whole
    bad = write_study(path.parent / "bad.toml", read_tables(path), change)
    with pytest.raises(CriticalMassError, match=re.escape(said)):  # one line, by the command
        read_study(bad)


def test_a_text_that_cannot_be_read_stops_a_study_before_it_begins(whole, tmp_path):
    path, _ = whole
    lines = [f"word {i % 7} and more,{'x' if i % 2 else 'y'}" for i in range(60)]
    lines[40] = "\u200b\u00ad,x"
    (path.parent / "texts.csv").write_text("\n".join(["cv,tag", *lines]), encoding="utf-8")
    changes = {
        "population": {"file": "texts.csv", "text": "cv", "label": "tag", "test": 10},
        "strategies.mark.target_label": "x",
        "placement.low": 0.05,
    }
    bad = write_study(path.parent / "bad.toml", read_tables(path), changes)
    process = start(bad, tmp_path / "out", "--jobs", "2")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert "has no tokens for this model's tokenizer" in errors
    assert not (tmp_path / "out").exists()


def test_another_model_needs_another_folder(whole, tmp_path):
    path, _ = whole
    run(read_study(path), tmp_path)
    changed = write_study(path.parent / "changed.toml", read_tables(path), {"learner.epochs": 3})
    with pytest.raises(StoreError, match=r"epochs is 2 there, 3 here"):
        run(read_study(changed), tmp_path)
