"""What is said of a store whose content cannot be used, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from criticalmass.errors import CriticalMassError, StoreError, explain

_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What code raises that gets other values than a store of this package holds."""


@contextmanager
def content_of(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a store's content into one line that names the store.

    Parameters
    ----------
    path
        The store's file.

    Raises
    ------
    StoreError
        Instead of whatever was raised.

    Examples
    --------
    >>> with content_of(Path("results/trials.sqlite")):
    ...     {}["measures"]
    Traceback (most recent call last):
        ...
    criticalmass.errors.StoreError: results/trials.sqlite is damaged, or not what this version ...
    """
    try:
        yield
    except StoreError:
        raise
    except (*_ODD, CriticalMassError) as error:
        reason = str(error) if isinstance(error, CriticalMassError) else explain(error)
        raise StoreError(
            f"{path} is damaged, or not what this version reads ({reason}); choose another folder "
            "with --out, or delete it to begin again"
        ) from error
