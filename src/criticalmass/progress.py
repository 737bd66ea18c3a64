"""Progress inside one long computation, told to whoever watches; nobody by default.

A computation wraps its loop in `steps`; a command line that shows progress uses `listening`.
Neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have ``listener(what, done, total)`` called as computations go on.

    Examples
    --------
    >>> with listening(lambda what, done, total: print(what, done, "of", total)):
    ...     for _ in steps("reading", range(2)):
    ...         pass
    reading 0 of 2
    reading 1 of 2
    reading 2 of 2
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def steps(what: str, items: Sequence[Item]) -> Iterator[Item]:
    """Go through items, telling who listens how many are done."""
    listener = _listener.get()
    for done, item in enumerate(items):
        if listener:
            listener(what, done, len(items))
        yield item
    if listener:
        listener(what, len(items), len(items))
