"""Two texts compared word by word: what stays, what goes out, what comes in."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import Literal

Piece = tuple[Literal["same", "out", "in"], str]


@lru_cache(maxsize=64)
def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts.

    Where words only come in, or only go out, as nearly always, one walk through both is enough;
    otherwise difflib looks for what they share. The last few answers are kept: a member's page and
    text ask for the same.

    Returns
    -------
    tuple of pairs
        All pieces but those that come in make up ``before``, all but those that go out ``after``.

    Examples
    --------
    >>> pieces("one two", "one * two")
    (('same', 'one'), ('in', ' *'), ('same', ' two'))
    """
    if after.endswith(before):  # such as a mark at the start
        return _joined([("in", after[: len(after) - len(before)]), ("same", before)])
    old, new = (re.findall(r"\s*\S+|\s+", text) for text in (before, after))
    if inside := _walk(old, new):
        return _joined([("same" if shared else "in", word) for shared, word in inside])
    if inside := _walk(new, old):
        return _joined([("same" if shared else "out", word) for shared, word in inside])
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[a:b])))
        else:
            found += [("out", "".join(old[a:b])), ("in", "".join(new[c:d]))]
    return _joined(found)


def _walk(few: list[str], many: list[str]) -> list[tuple[bool, str]]:
    """Say of each of many words whether it is the next of few; nothing if not all are found."""
    inside, at = [], 0
    for word in many:
        shared = at < len(few) and few[at] == word
        at += shared
        inside.append((shared, word))
    return inside if at == len(few) else []


def _joined(parts: list[Piece]) -> tuple[Piece, ...]:
    """Join neighbours of one kind, and leave empty ones out."""
    kept = [part for part in parts if part[1]]
    return tuple(
        (kind, "".join(text for _, text in same))
        for kind, same in groupby(kept, key=lambda part: part[0])
    )
