"""What learners keep on disk of the texts that they have read, and how it is removed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from criticalmass.errors import DataError
from criticalmass.learners.cache_folder import cache_folder
from criticalmass.learners.embedded_text.vectors import SUFFIX, described

SHOWN = 12
"""Letters of a name that are enough to tell what is kept apart."""


@dataclass(frozen=True)
class Kept:
    """Something that a learner has kept.

    Parameters
    ----------
    name
        A few letters that name it.
    what
        What it is, in words.
    size
        Bytes on the disk.
    changed
        When something was last added.
    paths
        Its files.
    """

    name: str
    what: str
    size: int
    changed: datetime
    paths: tuple[Path, ...]

    def remove(self) -> None:
        """Remove its files. A study that needs it computes it again.

        Raises
        ------
        DataError
            If a file cannot be removed.
        """
        for path in self.paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise DataError(f"cannot remove {str(path)!r}: {error}") from error


def kept() -> list[Kept]:
    """Return all that is kept in the cache folder, the largest first."""
    return sorted(_all(cache_folder()), key=lambda one: (-one.size, one.name))


def _all(folder: Path) -> Iterator[Kept]:
    stems = {
        path.name.partition(".")[0]
        for kind in (f"*{SUFFIX}", "*.values.npy", "*.lengths.npy")
        for path in folder.glob(kind)
    }
    for stem in sorted(stems):
        paths = sorted(folder.glob(f"{stem}.*"))
        stats = []
        for path in paths:
            with suppress(FileNotFoundError):  # another process may end just now
                stats.append(path.stat())
        if not stats:
            continue
        yield Kept(
            stem[:SHOWN],
            _in_words(folder / stem),
            sum(stat.st_size for stat in stats),
            datetime.fromtimestamp(max(stat.st_mtime for stat in stats)).astimezone(),
            tuple(paths),
        )


def _in_words(stem: Path) -> str:
    """Say what some files with this beginning of their names are."""
    vectors = stem.with_name(stem.name + SUFFIX)
    if vectors.exists():
        try:
            about = described(vectors)
            return (
                f"vectors of {int(about['texts']):,} texts by {about['model']} "
                f"({about['max_length']} tokens, {about['pooling']} pooling, {about['precision']})"
            )
        except (sqlite3.Error, KeyError, ValueError):
            return "vectors of texts; damaged, made anew when needed"
    try:
        values = np.load(stem.with_name(f"{stem.name}.values.npy"), mmap_mode="r")
        texts = len(np.load(stem.with_name(f"{stem.name}.lengths.npy"), mmap_mode="r"))
    except (OSError, ValueError, EOFError):
        return "tokens or hidden states of texts; damaged, made anew when needed"
    if values.ndim == 1:
        return f"tokens of {texts:,} texts"
    return f"hidden states of {texts:,} texts, {values.shape[1]} numbers a token"
