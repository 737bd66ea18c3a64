"""Classifiers and regressors by dotted name, as study files give them, from allowed packages.

A study file may come from anybody, and importing a module runs its code. So nothing is imported but
scikit-learn itself and the packages that the user named.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline

from criticalmass.errors import DataError, ParameterError

VARIABLE = "CRITICALMASS_ALLOW"
"""The environment variable that names packages beside scikit-learn, with commas between them."""
EXAMPLE = "sklearn.linear_model.LogisticRegression"

PREPARING = (
    "sklearn.feature_extraction.text",
    "sklearn.preprocessing",
    "sklearn.decomposition",
)
"""Modules whose classes may prepare records in a study file's pipeline."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_NOT_PUBLIC = ("externals", "tests", "conftest", "utils")
"""Packages inside scikit-learn that hold others' code, and its tests."""


def allowed(packages: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the packages whose estimators study files may name, given here or in the environment.

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


def estimator_named(path: str, parameters: Mapping[str, Any], allow: Iterable[str] = ()) -> Any:
    """Return a classifier or regressor, made from its dotted name.

    Parameters
    ----------
    path
        The full name of a classifier or regressor of scikit-learn, or of an estimator of a package
        in ``allow``.
    parameters
        Its parameters by name.
    allow
        Packages beside scikit-learn that may be imported; `allowed` adds those of the environment.

    Raises
    ------
    DataError
        If there is no such estimator, it may not be imported, or it has no such parameter.

    Examples
    --------
    >>> estimator_named("sklearn.linear_model.LogisticRegression", {"C": 2.0})
    LogisticRegression(C=2.0)
    """
    return _made(path, _allowed_kind(path, allow), parameters)


def pipeline_named(
    paths: Sequence[str], parameters: Mapping[str, Any], allow: Iterable[str] = ()
) -> Any:
    """Return a pipeline, made from the dotted names of its steps.

    Parameters
    ----------
    paths
        The full names of the steps: what prepares the records, of scikit-learn's modules in
        `PREPARING`, and last a classifier or regressor as for `estimator_named`.
    parameters
        Parameters of the steps, named as a pipeline names them: ``ridge__alpha``.
    allow
        As for `estimator_named`.

    Examples
    --------
    >>> steps = ["sklearn.feature_extraction.text.TfidfVectorizer", "sklearn.linear_model.Ridge"]
    >>> pipeline_named(steps, {"ridge__alpha": 2.0}).named_steps["ridge"]
    Ridge(alpha=2.0)
    """
    if not paths:
        raise DataError("a pipeline has at least one step, and here is none")
    *before, last = paths
    kinds = [*map(_preparing, before), _allowed_kind(last, allow)]
    pipeline = make_pipeline(
        *(_made(path, kind, {}) for path, kind in zip(paths, kinds, strict=True))
    )
    for name, value in parameters.items():
        step, _, parameter = name.partition("__")
        if step not in pipeline.named_steps or not parameter:
            first = next(iter(pipeline.named_steps))
            raise DataError(
                f"a pipeline's parameters are named by step, such as {first}__…, not {name!r}; "
                f"its steps are {', '.join(pipeline.named_steps)}"
            )
        if parameter in ("memory", "input"):  # they would read files, or keep some
            raise DataError(f"the parameter {name!r} is not for study files")
        try:
            pipeline.set_params(**{name: value})
        except Exception as error:  # each class has its own way to refuse
            raise DataError(f"{name}: {_line(error)}") from error
    return pipeline


def _preparing(path: str) -> Any:
    """Return a class of scikit-learn's that prepares records for what comes after it."""
    module, _, name = path.rpartition(".")
    kind = _named(path) if module in PREPARING and not name.startswith("_") else None
    if not (inspect.isclass(kind) and issubclass(kind, (TransformerMixin, CountVectorizer))):
        raise DataError(
            f"{path} prepares no records in a study file; what does is in {', '.join(PREPARING)}, "
            "such as sklearn.feature_extraction.text.TfidfVectorizer"
        )
    return kind


def _allowed_kind(path: str, allow: Iterable[str]) -> Any:
    """Return the class of a classifier or regressor that a study file may name."""
    package = path.partition(".")[0]
    if not _DOTTED.fullmatch(path) or "." not in path:
        raise DataError(f"no estimator {path!r}; give its full name, such as {EXAMPLE!r}")
    if package == "sklearn":
        kind = _of_scikit_learn(path)
    elif any(path.startswith(f"{name}.") for name in allowed(allow)):
        kind = _named(path)
    else:
        raise DataError(
            "a study file may name scikit-learn's own classifiers and regressors, such as "
            f"{EXAMPLE!r}; {path!r} would run the code of {package!r}: if you trust it, allow it "
            f'with --allow {package} (in Python allow=("{package}",), or set {VARIABLE}={package})'
        )
    if not (inspect.isclass(kind) and issubclass(kind, BaseEstimator)):
        raise DataError(
            f"{path} is not a scikit-learn estimator; a learner, signal or measure of your own "
            "goes into a study in Python: dataclasses.replace(read_study(path), learner=…)"
        )
    return kind


def _made(path: str, kind: Any, parameters: Mapping[str, Any]) -> Any:
    """Return an estimator with these parameters."""
    try:
        return kind(**parameters)
    except Exception as error:  # each class has its own way to refuse
        lacks = isinstance(error, TypeError) and "missing" in str(error)
        inside = "; what holds other estimators is made in Python" if lacks else ""
        raise DataError(f"{path}: {_line(error)}{inside}") from error


def _of_scikit_learn(path: str) -> Any:
    """Return a public classifier or regressor that scikit-learn itself defines."""
    parts = path.split(".")
    public = not any(part.startswith("_") or part in _NOT_PUBLIC for part in parts)
    kind = _named(path) if public else None
    inside = f"{kind.__module__}." if inspect.isclass(kind) else ""
    if not inside.startswith("sklearn.") or any(f".{part}." in inside for part in _NOT_PUBLIC):
        raise DataError(
            f"{path} is none of scikit-learn's public classifiers and regressors, such as {EXAMPLE}"
        )
    one = cast(type, kind)
    if not issubclass(one, BaseEstimator) or not issubclass(one, (ClassifierMixin, RegressorMixin)):
        raise DataError(f"{path} is no classifier and no regressor; a classifier is {EXAMPLE}")
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
