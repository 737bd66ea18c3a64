"""Drafts and folders for copies: whole or not at all, and nothing left of killed processes."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from criticalmass import drafts
from criticalmass.drafts import clear, draft_of, own_folder
from criticalmass.pages.page import write_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def loose_umask():
    before = os.umask(0o007)
    yield
    os.umask(before)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_pages_have_the_rights_that_the_umask_gives(tmp_path, loose_umask):
    assert rights(write_whole(tmp_path / "page.html", "x")) == 0o660


def test_a_draft_that_is_not_moved_to_its_place_is_removed_and_what_was_there_stays(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    with draft_of(path) as draft:
        draft.write_text("half")
    assert names(tmp_path) == ["page.html"]
    assert path.read_text() == "before"


def test_old_drafts_are_removed_and_young_ones_and_other_files_are_not(
    tmp_path,
):
    path = tmp_path / "page.html"
    old, log = tmp_path / ".page.html.1.draft", tmp_path / ".page.html.1.draft-wal"
    young, other = tmp_path / ".page.html.2.draft", tmp_path / ".other.html.1.draft"
    for each in (old, log, young, other):
        each.write_text("x")
    for each in (old, log, other):
        os.utime(each, (0, 0))
    write_whole(path, "whole")
    assert names(tmp_path) == sorted([young.name, other.name, "page.html"])


def test_a_folder_for_copies_is_for_its_owner_only_and_gone_at_the_end(tmp_path, loose_umask):
    with own_folder(tmp_path) as folder:
        assert rights(folder) == 0o700
        (folder / "copy.csv").write_text("x")
    assert names(tmp_path) == []


def test_the_folder_of_a_killed_process_is_removed_by_the_next_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "YOUNG", -1.0)
    script = """
        import os, sys
        from pathlib import Path
        from criticalmass.drafts import own_folder
        with own_folder(Path(sys.argv[1])) as folder:
            (folder / "copy.csv").write_text("records")
            print(folder, flush=True)
            os.kill(os.getpid(), 9)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert names(tmp_path) == [Path(killed.stdout.strip()).name]
    other = tmp_path / "criticalmass-of-somebody-else"
    other.mkdir()
    with own_folder(tmp_path) as folder:
        assert names(tmp_path) == sorted([folder.name, other.name])
        clear(tmp_path)  # one in use is left alone
        assert folder.is_dir()
    assert names(tmp_path) == [other.name]


def test_a_draft_beside_the_folder_that_we_are_in(tmp_path, monkeypatch):
    inside = tmp_path / "told"
    inside.mkdir()
    monkeypatch.chdir(inside)
    with draft_of(Path()) as draft:
        assert draft.parent == tmp_path
