"""Names that may be one name, written in two ways."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from criticalmass.data.spelling import meaning

FEWEST_LETTERS = 4
"""Shorter names may differ in one letter without a doubt."""


def alike(names: Iterable[str], *, letters: bool = True) -> list[tuple[str, str, str]]:
    """Return pairs of names that may be one, and what they differ in.

    Parameters
    ----------
    names
        Different names.
    letters
        Whether names of `FEWEST_LETTERS` letters or more that differ in one letter count.

    Examples
    --------
    >>> alike(["Cook", "cook", "Caf\u00e9", "Cafe", "nurse", "nurses", "1", "1.0"])
    ... # doctest: +NORMALIZE_WHITESPACE
    [('1', '1.0', 'mean the same number'), ('Cafe', 'Caf\u00e9', 'differ only in accents'),
     ('Cook', 'cook', 'differ only in case'), ('nurse', 'nurses', 'differ only in one letter')]
    """
    known = sorted(set(names))
    pairs: dict[tuple[str, str], str] = {}
    ways = (
        ("differ only in blanks", _blanks),
        ("differ only in case", lambda name: _blanks(name).casefold()),
        ("differ only in accents", lambda name: _accents(_blanks(name).casefold())),
        ("mean the same number", lambda name: str(_number(name))),
    )
    for how, key in ways:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in known:
            groups[key(name)].append(name)
        for same in groups.values():
            for other in same[1:]:
                pairs.setdefault((same[0], other), how)
    if letters:
        for pair in _one_letter(known):
            pairs.setdefault(pair, "differ only in one letter")
    return [(one, other, how) for (one, other), how in sorted(pairs.items())]


def same_but_for_typing(names: Iterable[str]) -> list[list[str]]:
    """Return the names that differ in blanks and capitals alone, those together that are alike.

    Examples
    --------
    >>> same_but_for_typing(["cook", "Cook", " Cook ", "nurse", "Nurse", "baker"])
    [[' Cook ', 'Cook', 'cook'], ['Nurse', 'nurse']]
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        groups[typed(name)].append(name)
    return [group for _, group in sorted(groups.items()) if len(group) > 1]


def typed(name: str) -> str:
    """Return a name as it is alike in all ways to type it.

    Examples
    --------
    >>> typed("  The  Cook"), typed("the cook")
    ('the cook', 'the cook')
    """
    return _blanks(name).casefold()


def _blanks(name: str) -> str:
    return " ".join(name.split())


def _accents(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _number(name: str) -> object:
    kind, value = meaning(name)
    return float(value) if kind == "number" else name


def _one_letter(names: list[str]) -> Iterable[tuple[str, str]]:
    """Yield pairs of long names that are one letter apart: another, one more, or two swapped."""
    holed: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if sum(letter.isalpha() for letter in name) >= FEWEST_LETTERS:
            for at in range(len(name) + 1):
                holed[name[:at] + name[at + 1 :]].append(name)
    for same in holed.values():
        for i, one in enumerate(same):
            for other in same[i + 1 :]:
                if one != other and _is_slip(one, other):
                    yield min(one, other), max(one, other)


def _is_slip(one: str, other: str) -> bool:
    """Say whether two names differ by a letter within a word, not by a word such as A or 1."""
    words = [(a, b) for a, b in zip(one.split(), other.split(), strict=False) if a != b]
    same_words = len(one.split()) == len(other.split())
    if not same_words or len(words) != 1:
        return False
    a, b = words[0]
    changed = set(a) ^ set(b)
    return min(len(a), len(b)) >= FEWEST_LETTERS - 1 and not any(x.isdigit() for x in changed)
