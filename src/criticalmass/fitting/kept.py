"""Posteriors that were drawn once are kept: in memory, and on a shelf that outlives the process."""

from __future__ import annotations

import hashlib
import io
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import numpy as np

from criticalmass.arrays import Array
from criticalmass.curves import Outcome
from criticalmass.fitting.likelihood import MANY
from criticalmass.fitting.posterior import VERSION, VERSION_OF_MANY, curve_posterior

IN_MEMORY = 64
"""Posteriors kept in memory, half a megabyte each."""


class Shelf(Protocol):
    """A place for bytes, such as the store of a study; it may be damaged, or not take anything."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None if there is nothing."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Keep something under a key, in place of what was there."""
        ...


_SHELF: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


class Fits:
    """Posteriors by the outcomes they were drawn from; none is drawn twice.

    Parameters
    ----------
    draw
        Draws a posterior.
    size
        How many are kept in memory: those used last.

    Examples
    --------
    >>> fits = Fits()
    >>> trials = [Outcome(a, round(100 / (1 + 0.01 / a)), 100) for a in (0.002, 0.01, 0.05)]
    >>> fits.posterior(trials) is fits.posterior(trials[::-1])
    True
    """

    def __init__(
        self, draw: Callable[[list[Outcome], int], Array] = curve_posterior, size: int = IN_MEMORY
    ) -> None:
        self._draw, self._size = draw, size
        self._kept: OrderedDict[str, Array] = OrderedDict()
        self._lock = threading.Lock()

    def posterior(self, outcomes: list[Outcome], seed: int = 0) -> Array:
        """Return draws of the curve, which cannot be written to, shape (draws, 6).

        They come from memory, or from the shelf of `kept_on`; otherwise they are drawn.
        """
        key, shelf = key_of(outcomes, seed), _SHELF.get()
        with self._lock:
            draws = self._kept.get(key)
        shelved = unpacked(shelf.get(key)) if shelf is not None else None
        if draws is None:
            draws = self._draw(outcomes, seed) if shelved is None else shelved
            draws.setflags(write=False)
        if shelf is not None and shelved is None:
            shelf.put(key, packed(draws))
        with self._lock:
            self._kept[key] = draws
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return draws


MOST_BYTES = 100_000_000
"""A posterior of more bytes than this is none of ours."""
FITS = Fits()
"""Those of this process."""


@contextmanager
def kept_on(shelf: Shelf) -> Iterator[None]:
    """Keep what is fitted meanwhile, in this thread, on a shelf, and take from it what is there."""
    token = _SHELF.set(shelf)
    try:
        yield
    finally:
        _SHELF.reset(token)


def key_of(outcomes: list[Outcome], seed: int = 0) -> str:
    """Return a name for outcomes in any order, the sampler's seed and the posterior's version."""
    told = sorted((outcome.alpha, outcome.successes, outcome.n) for outcome in outcomes)
    content = np.array(told, dtype="<f8").tobytes()
    version = VERSION if len(outcomes) <= MANY else VERSION_OF_MANY
    return hashlib.sha256(f"posterior {version}, seed {seed}\n".encode() + content).hexdigest()


def packed(draws: Array) -> bytes:
    """Return draws as bytes, their checksum first."""
    file = io.BytesIO()
    np.save(file, np.asarray(draws, dtype="<f8"), allow_pickle=False)
    content = zlib.compress(file.getvalue(), 1)
    return hashlib.sha256(content).digest() + content


def unpacked(content: bytes | None) -> Array | None:
    """Return the draws of `packed`; None if there are none, or they are damaged."""
    if content is None or hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    try:
        file = io.BytesIO(zlib.decompressobj().decompress(content[32:], MOST_BYTES))
        draws = np.asarray(np.load(file, allow_pickle=False))
    except (ValueError, EOFError, zlib.error):
        return None
    fits = draws.ndim == 2 and draws.dtype == np.dtype("<f8") and bool(np.isfinite(draws).all())
    return draws if fits else None
