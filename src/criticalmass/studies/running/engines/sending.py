"""A study on its way to workers: its bytes, and with them the classes that workers cannot import.

Pickle writes down the name of a class, and a worker imports it by that. A class of a notebook, of
the prompt or of a script has no module to be imported from, so its code travels in the bytes. These
differ from one session to the next; what names trials is `criticalmass.studies.identity`.
"""

from __future__ import annotations

import io
from collections import ChainMap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import cloudpickle

from criticalmass.drafts import own_folder
from criticalmass.errors import StudyError, explain
from criticalmass.studies.study import Study


@contextmanager
def parcel(study: Study, folder: Path | None = None) -> Iterator[Path]:
    """Write a study into a new folder inside the given one; yield its path, for workers.

    Raises
    ------
    StudyError
        If a part of it cannot be sent.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with own_folder(folder) as inside:
        path = inside / "study.pickle"
        path.write_bytes(pickled(study))
        yield path


def pickled(study: Study) -> bytes:
    """Return a study as bytes that `pickle.loads` reads in any process with this package.

    Raises
    ------
    StudyError
        If a part of it cannot be sent, such as one that holds an open file.
    """
    try:
        return _bytes(study)
    except Exception as error:  # parts raise whatever they like
        raise StudyError(
            f"{_unsendable(study)} cannot be sent to worker processes ({explain(error)}); move "
            "what it uses into a module that it imports, or run the study without jobs and engine"
        ) from error


def _unsendable(study: Study) -> str:
    """Return what the first part that cannot be sent is called in a study."""
    parts = {"the learner": study.learner, "the placement": study.placement}
    parts |= {f"strategy {name!r}": strategy for name, strategy in study.strategies.items()}
    for name, part in parts.items():
        try:
            _bytes(part)
        except Exception:
            return name
    return "the study"


def _bytes(value: object) -> bytes:
    packed = io.BytesIO()
    _Pickler(packed).dump(value)
    return packed.getvalue()


def _by_its_function(of: cached_property[Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return how a worker makes a cached property: in Python 3.11 it holds a lock."""
    return _cached, (of.func, of.attrname)


def _cached(function: Callable[[Any], Any], name: str) -> cached_property[Any]:
    made = cached_property(function)
    made.__set_name__(object, name)
    return made


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # its types are not known
    """Packs classes that have no module of their own, cached properties included."""

    dispatch_table: ClassVar = ChainMap(
        {cached_property: _by_its_function}, cloudpickle.Pickler.dispatch_table
    )
