"""Tokenizers of any kind, asked in one way.

A tokenizer is one of Hugging Face's ``transformers``, or a function from a text to its tokens.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from criticalmass.errors import ParameterError

AT_ONCE = 500
"""So many texts are cut at a time."""


class Cutter(ABC):
    """What a tokenizer makes of texts; make one with `cutter_of`."""

    unknown: str | None = None
    """The piece that stands for everything that the tokenizer does not know, if there is one."""
    reserved: frozenset[str] = frozenset()
    """Pieces that the tokenizer keeps for itself, such as the one that begins every text."""

    @abstractmethod
    def cut(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the pieces of each text."""

    def normal(self, text: str) -> str:
        """Return a text as the tokenizer makes it comparable, in lower case."""
        return text.lower()

    def text_of(self, pieces: Iterable[str]) -> str:
        """Return pieces as a text."""
        return "".join(pieces)

    def words(self) -> Iterable[str]:
        """Return the pieces that the tokenizer knows; none where it has no vocabulary."""
        return ()


def cutter_of(tokenizer: Any) -> Cutter:
    """Return what asks a tokenizer.

    Raises
    ------
    ParameterError
        If this is no tokenizer.

    Examples
    --------
    >>> cutter = cutter_of(str.split)
    >>> list(cutter.cut(["a b", "c"])), cutter.text_of(["a", "b"])
    ([['a', 'b'], ['c']], 'ab')
    """
    if hasattr(tokenizer, "backend_tokenizer"):
        return _Fast(tokenizer)
    if hasattr(tokenizer, "tokenize"):
        return _Pretrained(tokenizer)
    if callable(tokenizer):
        return _Function(tokenizer)
    raise ParameterError(
        "a tokenizer is one of Hugging Face's, or a function from a text to its tokens; "
        f"{type(tokenizer).__name__} is neither"
    )


@dataclass(frozen=True, eq=False)
class _Function(Cutter):
    """A function from a text to its tokens."""

    tokens_of: Callable[[str], Iterable[str]]

    def cut(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return (list(self.tokens_of(text)) for text in texts)


class _Pretrained(Cutter):
    """A tokenizer of ``transformers``."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.unknown = tokenizer.unk_token
        self.reserved = frozenset(tokenizer.all_special_tokens) - {self.unknown}

    def cut(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return (list(self.tokenizer.tokenize(text)) for text in texts)

    def text_of(self, pieces: Iterable[str]) -> str:
        text = str(self.tokenizer.convert_tokens_to_string(list(pieces)))
        return text.strip().removeprefix("##")

    def words(self) -> Iterable[str]:
        return list(self.tokenizer.get_vocab())


class _Fast(_Pretrained):
    """A tokenizer that cuts many texts at once, in parallel."""

    def cut(self, texts: Iterable[str]) -> Iterator[list[str]]:
        rest = iter(texts)
        while batch := list(islice(rest, AT_ONCE)):
            plain = {"add_special_tokens": False, "truncation": False, "padding": False}
            yield from (one.tokens for one in self.tokenizer(batch, **plain).encodings)

    def normal(self, text: str) -> str:
        normalizer = self.tokenizer.backend_tokenizer.normalizer
        return (text if normalizer is None else str(normalizer.normalize_str(text))).lower()
