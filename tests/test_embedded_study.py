"""A study with `EmbeddedText` keeps a study's promises, whatever is on disk already."""

import signal

import pytest

from criticalmass import read_study, run
from criticalmass.learners.embedded_text import embedded_text, encoder
from criticalmass.pages.report import write_report
from support.command_line import criticalmass, start, wait_for_rows
from support.small_transformers import small
from support.studies import rows_of, undisturbed
from support.study_files import read_tables, write_study

LEARNER = {"kind": "embedded-text", "model": "tiny", "max_length": 24, "C": 50.0}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Run a study of a small random encoder in this process: its file and its rows."""
    folder = tmp_path_factory.mktemp("whole")
    small(folder / "tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRITICALMASS_CACHE", str(folder / "cache"))
        return undisturbed(folder, {"learner": LEARNER})


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("CRITICALMASS_CACHE", str(folder))
    return folder


def test_kept_and_fresh_vectors_give_the_same_rows(whole, tmp_path):
    """In one process, in two, with nothing on disk, and with all of it."""
    path, rows = whole
    assert len(rows) == 9
    assert not any(row.error or row.warning for row in rows)
    run(read_study(path), tmp_path / "pool", jobs=2)
    assert rows_of(tmp_path / "pool") == rows
    run(read_study(path), tmp_path / "kept")
    assert rows_of(tmp_path / "kept") == rows


def test_marked_test_texts_are_read_before_trials_start(whole, tmp_path, monkeypatch):
    """Else every process of a pool would read them."""
    path, rows = whole
    study = read_study(path)
    read = []
    vectors = encoder.Encoder.vectors

    def watched(self, texts, **more):
        read.append((len(texts), more.get("everywhere", False)))
        return vectors(self, texts, **more)

    monkeypatch.setattr(encoder.Encoder, "vectors", watched)
    run(study, tmp_path / "rows")
    population, test = len(study.population), len(study.test)
    first = [(population, True), (test, True), (test, True)]
    assert read[:3] == first
    assert all(not everywhere for _, everywhere in read[3:])
    assert rows_of(tmp_path / "rows") == rows


def test_killed_and_resumed_without_what_was_kept(whole, tmp_path, cache):
    path, rows = whole
    process = start(path, tmp_path / "rows")
    wait_for_rows(tmp_path / "rows", 1, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for file in cache.iterdir():
        file.unlink()
    embedded_text._encoder.cache_clear()
    run(read_study(path), tmp_path / "rows")
    assert rows_of(tmp_path / "rows") == rows


def test_a_trial_that_fails_is_a_row(whole, tmp_path, monkeypatch):
    path, rows = whole
    learner = embedded_text.EmbeddedText
    fit_many = learner.fit_many

    def failing(self, prepared, edits, seeds):
        if any(len(edit.rows) > 30 for edit in edits):
            raise RuntimeError("too many")
        return fit_many(self, prepared, edits, seeds)

    monkeypatch.setattr(learner, "fit_many", failing)
    run(read_study(path), tmp_path / "rows")
    found = rows_of(tmp_path / "rows")
    failed = [row for row in found if row.error]
    assert 0 < len(failed) < len(rows)
    assert all("too many" in row.error for row in failed)
    assert [row for row in found if not row.error] == [
        row for row, other in zip(rows, found, strict=True) if not other.error
    ]


def test_the_report_names_the_encoder(whole, tmp_path):
    path, _ = whole
    few = write_study(path.parent / "few.toml", read_tables(path), {"placement.points": 2})
    run(read_study(few), tmp_path / "rows")
    page = write_report(tmp_path / "rows").read_text(encoding="utf-8")
    assert "the encoder tiny as it is, with one logistic regression a label on top" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learner.model": "tinny"}, "unknown model 'tinny'"),
        ({"learner.pooling": "max"}, "learner.pooling must be 'mean' or 'first'"),
        ({"learner.max_length": 999}, "max_length is at most 130"),
        ({"learner.C": None, "learner.c": 2}, "did you mean 'C'"),
        ({"learner.steps": 0}, "steps is at least 1"),
    ],
)
def test_bad_input_is_one_line(change, said, whole, tmp_path):
    path, _ = whole
    other = write_study(path.parent / "other.toml", read_tables(path), change)
    done = criticalmass("run", other, "--out", tmp_path / "rows", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "rows").exists()
