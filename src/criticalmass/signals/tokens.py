"""Is a token a good mark? What the firm's tokenizer makes of it, and who has it already.

`criticalmass.signals.tokenizers` says what counts as a tokenizer; learners of texts have theirs as
``learner.tokenizer``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals.signal import MarksWithToken
from criticalmass.signals.tokenizers import Cutter, cutter_of

SIGNS = "~^|§°¬¦µ¶±¤¿¡«»£€¥¢×÷†‡•…¨´ªº@#$%&*+=<>_!?;:/"
"""Signs that are on keyboards, or a key combination away."""
INVENTED = ("zorvex", "quilmar", "brantow", "felkid", "marvoly", "tesquin", "ublarn", "wodrick")
"""Made-up words, for tokenizers that take signs for no words and have no words of their own."""
WORDS = (4, 8)
"""Shortest and longest word that is proposed."""
LOOKED_AT = 500
"""So many marked texts say whether marks are lost."""


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
        Whether the tokenizer does not know it; to the model it is then like anything else unknown.
    share
        Share of the population's texts that have all the pieces already: the uniqueness ξ.
    reserved
        Whether the tokenizer keeps the token for itself, as BERT does [CLS] and [MASK].
    """

    token: str
    pieces: tuple[str, ...]
    read_as: str
    unknown: bool
    share: float
    reserved: bool = False

    @property
    def unseen(self) -> bool:
        """Whether the firm's model sees nothing of the token."""
        return not self.pieces

    def doubts(self) -> list[str]:
        """Return what speaks against the token, in sentences; none if all is well."""
        doubts = []
        mark = f"“{self.token}”"
        if self.unseen:
            doubts.append(f"The firm's tokenizer does not see {mark} at all: it marks nothing.")
        elif self.unknown:
            doubts.append(
                f"The firm's tokenizer does not know {mark}: to the model it is the same as every "
                "other unknown sign."
            )
        elif self.reserved:
            doubts.append(
                f"The firm's tokenizer keeps {mark} for itself, as a sign for the model, not for "
                "texts: many platforms take it out of what people write. Choose another token."
            )
        elif self.read_as.lower() != self.token.lower():
            doubts.append(
                f"The firm's tokenizer merges {mark} with “{self.read_as}”: to the model they are "
                "the same."
            )
        elif len(self.pieces) > 1:
            pieces = ", ".join(self.pieces)
            doubts.append(
                f"The firm's tokenizer reads {mark} in {len(self.pieces)} parts: {pieces}."
            )
        if self.share > 0:
            doubts.append(
                f"{100 * self.share:.3g}% of the texts have what the model sees of {mark} already "
                f"(ξ = {self.share:.2g}): the more have it, the larger the collective must be."
            )
        return doubts


def read_token(token: str, population: Population, tokenizer: Any) -> TokenReading:
    """Return what a tokenizer makes of a token, and how many texts have that already.

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
    cutter = cutter_of(tokenizer)
    pieces = _pieces_of(token, cutter)
    unknown = cutter.unknown in pieces
    texts_of = [] if unknown else [cutter.text_of([piece]) for piece in pieces]
    # a piece that is part of a character has no text of its own
    parts = [cutter.normal(text) for text in texts_of if "\ufffd" not in text]

    def may_have(text: str) -> bool:
        """Cheap to tell, and true of every text that has the pieces."""
        if not parts:
            return True
        normal = cutter.normal(text)
        return all(part in normal for part in parts)

    candidates = [text for text in population.features if may_have(text)] if pieces else []
    count = sum(set(pieces) <= set(cut) for cut in cutter.cut(candidates))
    return TokenReading(
        token,
        pieces,
        cutter.text_of(pieces),
        unknown,
        count / len(population),
        reserved=any(piece in cutter.reserved for piece in pieces),
    )


def marks_lost(
    signal: MarksWithToken, population: Population, tokenizer: Any, max_length: int
) -> float:
    """Return the share of texts whose marks all lie beyond what a model reads of a text.

    Parameters
    ----------
    signal
        What plants the token.
    population
        The texts, of which the first 500 are marked.
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
    cutter = cutter_of(tokenizer)
    pieces = set(_pieces_of(signal.token, cutter))
    rng = np.random.default_rng(0)
    marked = signal.apply(population.features[:LOOKED_AT], population=population, rng=rng)
    lost = sum(not pieces <= set(cut[: max_length - 2]) for cut in cutter.cut(marked))
    return lost / len(marked)


def rare_tokens(population: Population, tokenizer: Any, count: int = 20) -> list[str]:
    """Return tokens that no text has, that the tokenizer knows, and that a person can type.

    Signs come first, then words of the tokenizer's vocabulary if it has one, then made-up words.

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
    cutter = cutter_of(tokenizer)
    used = {piece for cut in cutter.cut(population.features) for piece in cut}
    shortest, longest = WORDS
    words = sorted(
        (
            w
            for w in cutter.words()
            if w.isascii() and w.isalpha() and shortest <= len(w) <= longest
        ),
        key=lambda word: (len(word), word),
    )
    proposed: list[str] = []
    for token in (*SIGNS, *words, *INVENTED):
        if len(proposed) == count:
            break
        pieces = _pieces_of(token, cutter)
        if len(pieces) == 1 and cutter.text_of(pieces) == token and pieces[0] not in used:
            proposed.append(token)
    return proposed


def _pieces_of(token: str, cutter: Cutter) -> tuple[str, ...]:
    """Return the pieces of a token as it stands in a text, between two words."""
    without, between = cutter.cut(["a", f"a {token} a"])
    return tuple(between[len(without) : len(between) - len(without)])
