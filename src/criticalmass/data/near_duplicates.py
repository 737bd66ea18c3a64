"""Texts that are nearly the same."""

from __future__ import annotations

from criticalmass.data.records import Features

ENDING_WORDS = 100
"""Two texts with the same last so many words count as near-duplicates."""


def shared_endings(texts: Features, others: Features) -> int:
    """Return how many texts end with the same `ENDING_WORDS` words as one of the others.

    Examples
    --------
    >>> import numpy as np
    >>> shared_endings(np.array(["a b", "c"], object), np.array(["a  b", "d"], object))
    1
    """

    def ending(text: str) -> str:
        return " ".join(text.rsplit(maxsplit=ENDING_WORDS)[-ENDING_WORDS:])

    known = {ending(text) for text in others}
    return sum(ending(text) in known for text in texts)
