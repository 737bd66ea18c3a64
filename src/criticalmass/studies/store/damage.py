"""What is said of a store whose content cannot be used, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from criticalmass.errors import CriticalMassError, StoreError, explain
from criticalmass.studies.facts import Facts
from criticalmass.studies.store.sound import fault_of
from criticalmass.studies.trial import Row

_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What code raises that gets other values than a store of this package holds."""


@contextmanager
def content_of(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a store's content is read into one line that names the store.

    Nothing but reading belongs inside: an error of this package would be called damage.

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
        raise _damaged(path, reason) from error


@contextmanager
def answering(path: Path, facts: Facts, rows: Iterable[Row]) -> Iterator[None]:
    """Let what goes wrong with an answer be the store's fault only if something in it is wrong.

    Parameters
    ----------
    path
        The store's file.
    facts, rows
        What it gave.

    Raises
    ------
    StoreError
        Instead of what was raised, if the facts or rows hold what no study has.

    Examples
    --------
    >>> path = Path("results/trials.sqlite")
    >>> with answering(path, Facts(strategies={}), []):
    ...     1 / 0
    Traceback (most recent call last):
        ...
    criticalmass.errors.StoreError: results/trials.sqlite is damaged, or not what this version ...
    """
    try:
        yield
    except StoreError:
        raise
    except (*_ODD, CriticalMassError) as error:
        fault = fault_of(facts, rows)
        if not fault:
            raise
        raise _damaged(path, fault) from error


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"{path} is damaged, or not what this version reads ({reason}); choose another folder with "
        "--out, or delete it to begin again"
    )
