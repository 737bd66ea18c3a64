"""Files that are there whole or not at all, and nothing left of processes that were killed.

A draft lies beside the file that it becomes, under a hidden name, with the rights that the user's
umask gives. A folder for copies lies where the system keeps temporary files, for its owner's eyes
only. The next process that writes there removes what a killed one left.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import getpid
from pathlib import Path

PREFIX = "criticalmass-"
"""What the names of folders for copies begin with."""
OLD = 3600.0
"""Seconds after which nobody writes at a draft any more."""
YOUNG = 60.0
"""Seconds that a new folder has until it is locked."""
_LOCK = ".in-use"


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Yield the name of a draft beside a file or folder; move it to its place yourself.

    At the end the rest of the draft is removed, with all that other processes left an hour ago or
    earlier.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "page.html"
    ...     with draft_of(path) as draft:
    ...         _ = draft.write_text("whole")
    ...         _ = draft.replace(path)
    ...     [each.name for each in Path(folder).iterdir()], path.read_text()
    (['page.html'], 'whole')
    """
    path = path.absolute()  # "." has a name, too
    draft = path.with_name(f".{path.name}.{getpid()}.draft")
    for other in _drafts_of(path):
        with suppress(OSError):
            if other == draft or time.time() - other.stat().st_mtime > OLD:
                _remove(other)
    try:
        yield draft
    finally:
        _remove(draft)


def _drafts_of(path: Path) -> list[Path]:
    begin = f".{path.name}."
    with suppress(OSError):
        return [
            each
            for each in path.parent.iterdir()
            if each.name.startswith(begin) and ".draft" in each.name[len(begin) :]
        ]
    return []


@contextmanager
def own_folder(inside: Path | None = None) -> Iterator[Path]:
    """Yield a new folder for copies of records, which is removed at the end.

    Only its owner can read it. Folders of processes that were killed are removed first: their locks
    ended with them.

    Parameters
    ----------
    inside
        Where; by default where the system keeps temporary files.
    """
    from filelock import FileLock

    parent = Path(tempfile.gettempdir()) if inside is None else inside
    clear(parent)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent) as name:
        lock = FileLock(Path(name) / _LOCK)
        with suppress(OSError):  # a file system without locks: then nobody removes it
            lock.acquire(blocking=False)
        try:
            yield Path(name)
        finally:
            lock.release()


def clear(parent: Path) -> None:
    """Remove the folders for copies that killed processes left in a folder."""
    from filelock import FileLock, Timeout

    with suppress(OSError):
        for folder in list(parent.glob(f"{PREFIX}*")):
            lock = folder / _LOCK
            with suppress(OSError, Timeout):
                if not lock.is_file() or time.time() - folder.stat().st_mtime < YOUNG:
                    continue
                with FileLock(lock, blocking=False):
                    shutil.rmtree(folder, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()
