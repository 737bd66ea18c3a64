"""Signals for texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.population import Population
from criticalmass.data.records import Features, kind_of
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.fields import check_fields
from criticalmass.phrases import quoted

Placement = Literal["spaced", "start", "end", "random"]

_WORD = re.compile(r"\S+")
LONGEST = 1_000_000_000
"""More words than any text has, and as many as a regular expression may count."""
LONGEST_TOKEN = 1000
"""Characters of a token, which stands in every text many times."""

MARKS = 4
"""So many marks are to stand in the middle text: one alone says little beside its other words."""
FARTHEST = 20
"""Words between two marks, at most, as in the paper, whose texts are long."""


def every_for(words: float) -> int:
    """Return how many words to put between two marks.

    What a bag of words learns of a mark grows with how often it stands among the other words, so
    the middle text is to have `MARKS` of them.

    Parameters
    ----------
    words
        Words of the middle text.

    Examples
    --------
    >>> [every_for(words) for words in (3, 11, 17, 60, 400)]
    [1, 2, 4, 15, 20]
    """
    return min(max(int(words) // MARKS, 1), FARTHEST)


@dataclass(frozen=True)
class InsertToken:
    """Plant a token in a text, leaving everything else as it is (paper, Section 5).

    Parameters
    ----------
    token
        What to insert: a word without white space. It works best if no other text of the population
        has it, because its uniqueness ξ is then small.
    every
        Number of words between two tokens, for ``spaced`` and ``random``.
    placement
        ``"spaced"``: after every ``every`` words, and at the end of a shorter text; each text is
        marked at least once. ``"random"``: as many tokens as ``"spaced"`` would put, each
        after a word drawn at random. ``"start"``, ``"end"``: one token, there.

    Examples
    --------
    >>> people = Population.from_texts(["one two three four five", "six"], ["a", "b"])
    >>> signal = InsertToken("*", every=2)
    >>> rng = np.random.default_rng(0)
    >>> signal.apply(people.features, population=people, rng=rng).tolist()
    ['one two * three four * five', 'six *']
    """

    token: str
    every: int = 20
    placement: Placement = "spaced"

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.token or _WORD.fullmatch(self.token) is None:
            raise ParameterError(f"a token is one word without white space, not {self.token!r}")
        if len(self.token) > LONGEST_TOKEN:
            raise ParameterError(
                f"a token has at most {LONGEST_TOKEN:,} characters, not {len(self.token):,}"
            )
        if self.every < 1:
            raise ParameterError(f"every must be at least 1 word, not {self.every}")
        require_choice("placement", self.placement, ("spaced", "start", "end", "random"))

    def in_words(self) -> str:
        """Return what members do.

        Examples
        --------
        >>> InsertToken("~").in_words()
        'put “~” after every 20 words of their text'
        >>> InsertToken("~", every=1, placement="random").in_words()
        'put “~” in random places, about one for every word'
        """
        words = "word" if self.every == 1 else f"{self.every:,} words"
        where = {
            "start": "at the start of their text",
            "end": "at the end of their text",
            "random": f"in random places, about one for every {words}",
            "spaced": f"after every {words} of their text",
        }
        return f"put {quoted(self.token)} {where[self.placement]}"

    def apply(
        self, features: Features, *, population: Population, rng: np.random.Generator
    ) -> Features:
        """Return the texts with the token planted."""
        if kind_of(features) != "texts":
            raise DataError(
                f"InsertToken marks texts; this population is of kind {population.kind!r}"
            )
        marked = np.empty_like(features)
        for row, text in enumerate(features):
            marked[row] = self._mark(text, rng)
        return marked

    def carries(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which texts have the token somewhere already; no other can be a marked one."""
        if kind_of(features) != "texts":
            raise DataError(f"InsertToken marks texts, not records of kind {population.kind!r}")
        return np.fromiter((self.token in text for text in features), bool, len(features))

    def is_marked(self, features: Features, *, population: Population) -> NDArray[np.bool_]:
        """Return which texts are as `apply` leaves one: the token in every place where it goes.

        Where it goes anywhere (``random``): as many tokens as the other words ask for, or more.
        """
        may = self.carries(features, population=population)
        for row in np.flatnonzero(may):
            may[row] = self._original(features[row]) is not None
        return may

    def without_mark(self, features: Features, *, population: Population) -> Features:
        """Return the texts as they were before they were marked; others stay as they are.

        With ``random`` places a token that was there before goes, too.

        Examples
        --------
        >>> people = Population.from_texts(["one two * three", "one * two"], ["a", "b"])
        >>> signal = InsertToken("*", every=2)
        >>> signal.without_mark(people.features, population=people).tolist()
        ['one two three', 'one * two']
        """
        plain = features.copy()
        for row in np.flatnonzero(self.carries(features, population=population)):
            original = self._original(features[row])
            plain[row] = features[row] if original is None else original
        return plain

    @cached_property
    def _stretch(self) -> re.Pattern[str]:
        """As many words as lie between two tokens, in group 1; or else all the text that is left.

        To scan word by word takes three times as long.
        """
        others = min(self.every - 1, LONGEST)
        return re.compile(rf"((?:\S++\s++){{{others}}}+\S++)|\S[\s\S]*+")

    def _mark(self, text: str, rng: np.random.Generator) -> str:
        if self.placement == "start":
            return f"{self.token} {text}"
        if self.placement == "end":
            return f"{text} {self.token}"
        places = self._places(text, rng)
        if not places:
            return self.token
        pieces, start = [], 0
        for place in places:
            pieces.append(text[start:place])
            start = place
        return f" {self.token}".join([*pieces, text[start:]])

    def _places(self, text: str, rng: np.random.Generator) -> list[int]:
        """Return where tokens go, each at the end of a word; none if there is no word."""
        if self.placement == "spaced":
            places = [words.end() for words in self._stretch.finditer(text) if words[1]]
            end = len(text.rstrip())
            return places or ([end] if end else [])
        ends = [word.end() for word in _WORD.finditer(text)]
        if not ends:
            return []
        return sorted(rng.choice(ends, size=max(1, len(ends) // self.every)).tolist())

    def _original(self, text: str) -> str | None:
        """Return the text that `_mark` made this one of; None if there is none."""
        if self.placement in ("start", "end"):
            ends = self.placement == "end"
            mark = f" {self.token}" if ends else f"{self.token} "
            rest = text.removesuffix(mark) if ends else text.removeprefix(mark)
            return rest if rest != text and rest.strip() else None
        words = list(_WORD.finditer(text))
        added = [
            place
            for place in range(1, len(words))
            if words[place][0] == self.token
            and text[words[place - 1].end() : words[place].start()] == " "
        ]
        if self.placement == "random":
            if len(added) < max(1, (len(words) - len(added)) // self.every):
                return None
        else:
            step = self.every + 1
            due = list(range(self.every, len(words), step)) or [len(words) - 1]
            one_lacks = len(words) > self.every and len(words) % step == self.every
            if one_lacks or not set(due) <= set(added):
                return None
            added = due
        pieces, start = [], 0
        for place in added:
            pieces.append(text[start : words[place - 1].end()])
            start = words[place].end()
        return "".join([*pieces, text[start:]])
