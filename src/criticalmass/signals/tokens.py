"""Is a token a good mark? What the firm's tokenizer makes of it, and who has it already.

A tokenizer is a tokenizer of Hugging Face ``transformers``, or any function from a text to its list
of tokens; learners of texts have theirs as ``learner.tokenizer``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import DataError, ParameterError

SIGNS = "~^|§°¬¦µ¶±¤¿¡«»£€¥¢×÷†‡•…¨´ªº@#$%&*+=<>_!?;:/"
"""Signs that are on keyboards, or a key combination away."""
WORDS = (4, 8)
"""Shortest and longest word that is proposed."""
AT_ONCE = 500
"""Texts that are cut at a time."""

Cutter = Callable[[Iterable[str]], Iterator[list[str]]]


@dataclass(frozen=True)
class TokenReading:
    """What a tokenizer makes of a token, and how many texts have that already.

    Parameters
    ----------
    token
        What members type.
    pieces
        What the firm's model sees of it.
    read_as
        The pieces as a text.
    unknown
        Whether the tokenizer does not know it, so that it is one with everything else unknown.
    share
        Share of the population's texts that have all the pieces already: the uniqueness ξ.
    """

    token: str
    pieces: tuple[str, ...]
    read_as: str
    unknown: bool
    share: float

    def doubts(self) -> list[str]:
        """Say what speaks against the token, in sentences; nothing if all is well."""
        said = []
        mark = f"“{self.token}”"
        if not self.pieces:
            said.append(f"The firm's tokenizer does not see {mark} at all: it marks nothing.")
        elif self.unknown:
            said.append(
                f"The firm's tokenizer does not know {mark}: to the model it is the same as every "
                "other unknown sign."
            )
        elif self.read_as.lower() != self.token.lower():
            said.append(
                f"The firm's tokenizer merges {mark} with “{self.read_as}”: to the model they are "
                "the same."
            )
        elif len(self.pieces) > 1:
            pieces = ", ".join(self.pieces)
            said.append(f"The firm's tokenizer reads {mark} in {len(self.pieces)} parts: {pieces}.")
        if self.share > 0:
            said.append(
                f"{100 * self.share:.3g}% of the texts have what the model sees of {mark} already "
                f"(ξ = {self.share:.2g}): the more have it, the larger the collective must be."
            )
        return said


def read_token(token: str, population: Population, tokenizer: Any) -> TokenReading:
    """Look at a token with the firm's eyes.

    Parameters
    ----------
    token
        One word without white space.
    population
        Texts that may have it already.
    tokenizer
        The firm's.

    Examples
    --------
    >>> people = Population.from_texts(["a ~ b", "c d", "e * f"], ["x", "y", "y"])
    >>> reading = read_token("*", people, str.split)
    >>> reading.pieces, round(reading.share, 2), len(reading.doubts())
    (('*',), 0.33, 1)
    """
    if population.kind != "texts":
        raise DataError(f"tokens mark texts; this population is of kind {population.kind!r}")
    cut = _cutter(tokenizer)
    pieces = _inside(token, cut)
    unknown = getattr(tokenizer, "unk_token", None) in pieces
    normal = _normal(tokenizer)
    texts_of = [] if unknown else [_as_text([piece], tokenizer) for piece in pieces]
    plain = [normal(text) for text in texts_of if "\ufffd" not in text]  # no part of a character
    candidates = [  # cheap to find, and all that have the pieces are among them
        text
        for text in population.features
        for there in [normal(text) if plain else ""]
        if all(part in there for part in plain)
    ]
    wanted = set(pieces)
    found = sum(wanted <= set(one) for one in cut(candidates)) if pieces else 0
    return TokenReading(
        token, pieces, _as_text(pieces, tokenizer), unknown, found / len(population)
    )


def marks_lost(signal: Any, population: Population, tokenizer: Any, max_length: int) -> float:
    """Return the share of texts whose marks all lie beyond what a model reads of a text.

    Parameters
    ----------
    signal
        What plants a token, such as `criticalmass.InsertToken`.
    population
        The texts; the first 500 are looked at.
    tokenizer
        The firm's.
    max_length
        Number of tokens that the model reads, of which two mark a text's beginning and end.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a b c d e f", "a b"], ["x", "y"])
    >>> marks_lost(InsertToken("~", every=4), people, str.split, max_length=6)
    0.5
    """
    cut = _cutter(tokenizer)
    wanted = set(_inside(signal.token, cut))
    rng = np.random.default_rng(0)
    marked = signal.apply(population.features[:AT_ONCE], population=population, rng=rng)
    lost = sum(not wanted <= set(one[: max_length - 2]) for one in cut(marked))
    return lost / len(marked)


def rare_tokens(population: Population, tokenizer: Any, count: int = 20) -> list[str]:
    """Propose tokens that no text has, that the tokenizer knows, and that a person can type.

    Signs first, then words of the tokenizer's vocabulary if it has one.

    Parameters
    ----------
    population
        The texts.
    tokenizer
        The firm's.
    count
        Largest number of proposals.

    Examples
    --------
    >>> people = Population.from_texts(["a ~ b", "c d ^"], ["x", "y"])
    >>> rare_tokens(people, str.split, count=3)
    ['|', '§', '°']
    """
    if count < 1:
        raise ParameterError(f"count is at least 1 token, not {count}")
    cut = _cutter(tokenizer)
    there = {piece for one in cut(population.features) for piece in one}
    vocabulary = tokenizer.get_vocab() if hasattr(tokenizer, "get_vocab") else {}
    shortest, longest = WORDS
    words = sorted(
        (w for w in vocabulary if w.isascii() and w.isalpha() and shortest <= len(w) <= longest),
        key=lambda word: (len(word), word),
    )
    proposed: list[str] = []
    for token in (*SIGNS, *words):
        pieces = _inside(token, cut)
        alone = len(pieces) == 1 and _as_text(pieces, tokenizer) == token
        if alone and pieces[0] not in there and len(proposed) < count:
            proposed.append(token)
    return proposed


def _inside(token: str, cut: Cutter) -> tuple[str, ...]:
    """Return the pieces of a token as it stands in a text, between two words."""
    alone, between = cut(["a", f"a {token} a"])
    return tuple(between[len(alone) : len(between) - len(alone)])


def _cutter(tokenizer: Any) -> Cutter:
    """Return what cuts texts into tokens."""
    if hasattr(tokenizer, "backend_tokenizer"):  # many texts at once are cut in parallel

        def fast(texts: Iterable[str]) -> Iterator[list[str]]:
            left = iter(texts)
            while some := list(islice(left, AT_ONCE)):
                whole = tokenizer(some, add_special_tokens=False, truncation=False, padding=False)
                yield from (one.tokens for one in whole.encodings)

        return fast
    cut = getattr(tokenizer, "tokenize", tokenizer)
    if not callable(cut):
        raise ParameterError(
            "a tokenizer is one of Hugging Face's, or a function from a text to its tokens; "
            f"{type(tokenizer).__name__} is neither"
        )
    return lambda texts: (list(cut(text)) for text in texts)


def _normal(tokenizer: Any) -> Callable[[str], str]:
    """Return what makes texts comparable: what the tokenizer does to them before it cuts."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None and backend.normalizer is not None:
        return lambda text: str(backend.normalizer.normalize_str(text)).lower()
    return str.lower


def _as_text(pieces: Iterable[str], tokenizer: Any) -> str:
    if hasattr(tokenizer, "convert_tokens_to_string"):
        return str(tokenizer.convert_tokens_to_string(list(pieces))).strip().removeprefix("##")
    return "".join(pieces)
