"""Classifiers by their dotted name, as study files give them, from packages that may be imported.

A study file may come from anybody, and importing a module runs its code. So nothing is imported but
scikit-learn itself and the packages that the user named.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sklearn.base import BaseEstimator, ClassifierMixin

from criticalmass.errors import DataError, ParameterError

VARIABLE = "CRITICALMASS_ALLOW"
"""The environment variable that names packages beside scikit-learn, with commas between them."""
EXAMPLE = "sklearn.linear_model.LogisticRegression"

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_NOT_PUBLIC = ("externals", "tests", "conftest", "utils")
"""Packages inside scikit-learn that hold others' code, and its tests."""


def allowed(packages: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the packages whose classifiers study files may name, given here or in the environment.

    Raises
    ------
    ParameterError
        If one of them could not be a package's name.

    Examples
    --------
    >>> allowed(["xgboost", "lightgbm"])
    ('xgboost', 'lightgbm')
    """
    if isinstance(packages, str):
        packages = [packages]
    if not isinstance(packages, Iterable):
        raise ParameterError(f"packages to allow are a list of names, not {packages!r}")
    named = (name.strip() for name in os.environ.get(VARIABLE, "").split(","))
    every = tuple(dict.fromkeys([*packages, *filter(None, named)]))
    for name in every:
        if not isinstance(name, str) or not _DOTTED.fullmatch(name):
            raise ParameterError(f"a package to allow has a name such as 'xgboost', not {name!r}")
    return every


def classifier(path: str, parameters: Mapping[str, Any], allow: Iterable[str] = ()) -> Any:
    """Return a classifier, made from its dotted name.

    Parameters
    ----------
    path
        The full name of a scikit-learn classifier, or of an estimator of a package in ``allow``.
    parameters
        Its parameters by name.
    allow
        Packages beside scikit-learn that may be imported; `allowed` adds those of the environment.

    Raises
    ------
    DataError
        If there is no such classifier, it may not be imported, or it has no such parameter.

    Examples
    --------
    >>> classifier("sklearn.linear_model.LogisticRegression", {"C": 2.0})
    LogisticRegression(C=2.0)
    """
    package = path.partition(".")[0]
    if not _DOTTED.fullmatch(path) or "." not in path:
        raise DataError(f"no estimator {path!r}; give its full name, such as {EXAMPLE!r}")
    if package == "sklearn":
        kind = _of_scikit_learn(path)
    elif any(path.startswith(f"{name}.") for name in allowed(allow)):
        kind = _named(path)
    else:
        raise DataError(
            f"a study file may name scikit-learn's own classifiers, such as {EXAMPLE!r}; "
            f"{path!r} would run the code of {package!r}: if you trust it, allow it with --allow "
            f'{package} (in Python allow=("{package}",), or set {VARIABLE}={package})'
        )
    if not (inspect.isclass(kind) and issubclass(kind, BaseEstimator)):
        raise DataError(f"{path} is not a scikit-learn estimator")
    try:
        return kind(**parameters)
    except Exception as error:  # each class has its own way to refuse
        lacks = isinstance(error, TypeError) and "missing" in str(error)
        inside = "; what holds other estimators is made in Python" if lacks else ""
        raise DataError(f"{path}: {_line(error)}{inside}") from error


def _of_scikit_learn(path: str) -> Any:
    """Return a public classifier that scikit-learn itself defines."""
    parts = path.split(".")
    public = not any(part.startswith("_") or part in _NOT_PUBLIC for part in parts)
    kind = _named(path) if public else None
    inside = f"{kind.__module__}." if inspect.isclass(kind) else ""
    if not inside.startswith("sklearn.") or any(f".{part}." in inside for part in _NOT_PUBLIC):
        raise DataError(f"{path} is none of scikit-learn's public classifiers, such as {EXAMPLE}")
    if not all(issubclass(cast(type, kind), base) for base in (BaseEstimator, ClassifierMixin)):
        raise DataError(f"{path} is no classifier; one is {EXAMPLE}")
    return kind


def _named(path: str) -> Any:
    """Return what a path names: one name in a module, which is imported."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == module.partition(".")[0]
        why = f": {error.name!r} is not installed here" if missing else ""
        raise DataError(
            f"no estimator {path!r}{why}; give its full name, such as {EXAMPLE!r}"
        ) from error
    except Exception as error:  # a package may fail in its own way as it is imported
        raise DataError(f"{module} cannot be imported: {_line(error)}") from error


def _line(error: Exception) -> str:
    """Return an error as one line; that of a wrong parameter needs no name before it."""
    words = " ".join(str(error).split())
    return words if isinstance(error, TypeError) else f"{type(error).__name__}: {words}"
