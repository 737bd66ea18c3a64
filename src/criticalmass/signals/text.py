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

Placement = Literal["spaced", "start", "end", "random"]

_WORD = re.compile(r"\S+")
LONGEST = 1_000_000_000
"""More words than any text has, and as many as a regular expression may count."""
LONGEST_TOKEN = 1000
"""Characters of a token, which stands in every text many times."""


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
