"""The user's own classes and functions: which they are, what names them, whether they changed.

Installed packages have versions, and a class of theirs is named by its module. What a user writes
in a notebook or a script moves, so it goes by its own name alone, and has no version but its code.
"""

from __future__ import annotations

import builtins
import dis
import hashlib
import inspect
import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache, cached_property, partial, partialmethod
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, cast

_OURS = __name__.partition(".")[0]
_NAMED = {_OURS, "sklearn", "numpy", "scipy", "torch", "transformers"}
"""Packages whose classes have been named by their modules in stores, wherever they lie."""


def name_of(kind: Any) -> str:
    """Return the name by which descriptions know a class or a function.

    One of this package or of the user goes by its own name alone, so moving it to another
    module, or from a notebook to a module, makes no other study of it.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> name_of(LogisticRegression)
    'sklearn.linear_model._logistic.LogisticRegression'
    """
    ours = (kind.__module__ or "").partition(".")[0] == _OURS
    if ours or is_own(kind):
        return str(kind.__qualname__)
    return f"{kind.__module__}.{kind.__qualname__}"


def is_own(kind: Any) -> bool:
    """Return whether a class or a function is the user's: from no installed package.

    What was defined in a notebook, at the prompt or in a script is; what lies in a module is unless
    that belongs to Python, to this package, or lies where packages are installed.
    """
    package = (kind.__module__ or "__main__").partition(".")[0]
    if package == "builtins":  # or what was executed in a namespace without a name
        return getattr(builtins, kind.__qualname__, None) is not kind
    if package in ("__main__", "__mp_main__"):
        return True
    if package in _NAMED or package in sys.stdlib_module_names:
        return False
    module = sys.modules.get(kind.__module__)
    file = vars(module).get("__file__") if module else None  # one made by hand has none
    return file is None or not any(Path(file).resolve().is_relative_to(p) for p in _installed())


def code_of(kind: Any) -> str:
    """Return the SHA-256 (hex) of the code of a class or a function of the user's.

    It is made of the compiled code of its functions, and of those of its bases that are the user's,
    too: comments, docstrings, what it says of itself (a method whose name ends with ``in_words``)
    and the place where it is written do not count. It needs no source,
    which notebooks do not always have. What the code calls is not in it, and another version of
    Python compiles in another way.

    Examples
    --------
    >>> def one(x):
    ...     return x + 1
    >>> def two(x):
    ...     "Add one."
    ...     return x + 1  # the same
    >>> two.__name__ = "one"
    >>> code_of(one) == code_of(two)
    True
    """
    digest = hashlib.sha256()
    for name, does in _members(kind):
        digest.update(f"{name}: {does}\n".encode())
    return digest.hexdigest()


def _members(kind: Any) -> Iterator[tuple[str, str]]:
    """Yield the code of a function, or of each member of a class and its bases, by name."""
    if inspect.isfunction(kind):
        yield kind.__name__, _function(kind)
        return
    for base in (base for base in kind.__mro__ if is_own(base)):
        of_fields = vars(base).get("__dataclass_fields__", {})  # their values are described
        for name, member in sorted(vars(base).items()):
            if name.endswith("in_words"):
                continue
            for part in _functions(member):
                if part.__code__.co_filename != "<string>" or not name.startswith("__"):
                    yield name, _function(part)  # else the dataclass decorator wrote it
            if not name.startswith("__") and name not in of_fields and _is_plain(member):
                yield name, _constant(member)


def _functions(member: Any) -> Iterator[FunctionType]:
    """Yield the functions behind a method, a property or the like."""
    parts = [member]
    if isinstance(member, (staticmethod, classmethod)):
        parts = [member.__func__]
    elif isinstance(member, property):
        parts = [member.fget, member.fset, member.fdel]
    elif isinstance(member, (cached_property, partial, partialmethod)):
        parts = [member.func]
    for part in parts:
        if inspect.isfunction(part):
            yield cast(FunctionType, inspect.unwrap(part))


def _function(function: FunctionType) -> str:
    """Return the code of a function as text, with its defaults."""
    defaults = [function.__defaults__ or (), *sorted((function.__kwdefaults__ or {}).items())]
    return _in_text(function.__code__) + _constant(defaults)


def _in_text(code: CodeType) -> str:
    """Return compiled code as text, instruction by instruction, without where it came from."""
    lines = [str(code.co_flags & 0xFF), *code.co_varnames[: code.co_argcount]]
    for instruction in dis.get_instructions(code):
        constant = instruction.opcode in dis.hasconst
        value = instruction.argval if constant or _is_plain(instruction.argval) else instruction.arg
        lines.append(f"{instruction.opname} {_constant(value)}")
    return "\n".join(lines)


def _is_plain(value: Any) -> bool:
    """Return whether a value can be written down in full."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, complex, str, bytes))


def _constant(value: Any) -> str:
    """Return a constant as text, the same in every process."""
    if isinstance(value, CodeType):
        return _in_text(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_constant, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(_constant, value)))}}}"
    return repr(value) if _is_plain(value) or value is ... else type(value).__qualname__


@cache
def _installed() -> tuple[Path, ...]:
    """Return the folders that packages are installed in."""
    named = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    named += [*site.getsitepackages(), site.getusersitepackages()]
    return tuple({Path(folder).resolve() for folder in named})


def code_facts(kinds: dict[str, Any]) -> dict[str, Any]:
    """Return what a store keeps of the user's own code, in JSON's types."""
    python = "{}.{}".format(*sys.version_info)
    hashes = {name: code_of(kind) for name, kind in sorted(kinds.items())}
    return {"kinds": hashes, "python": python, "before": []}


def remembered(new: dict[str, Any], old: dict[str, Any] | None, trials: int) -> dict[str, Any]:
    """Return the code facts that a store with trials is to keep from now on.

    Parameters
    ----------
    new, old
        What `code_facts` says now, and what the store kept; None if it was written before that.
    trials
        How many trials with results it holds.
    """
    old = old or {"kinds": {}, "python": "", "before": []}
    last = trials - sum(version["trials"] for version in old["before"])
    same = (old["kinds"], old["python"]) == (new["kinds"], new["python"])
    this = {"kinds": old["kinds"], "python": old["python"], "trials": last}
    return {**new, "before": [*old["before"], *([] if same or last < 1 else [this])]}


def changed_code(code: dict[str, Any] | None) -> list[str]:
    """Return a warning for each class whose code changed after some of a store's trials.

    ``code`` is what the store keeps of it; None if it was written before that.

    Examples
    --------
    >>> before = [{"kinds": {"Shout": "a"}, "python": "3.12", "trials": 40}]
    >>> now = {"kinds": {"Shout": "b"}, "python": "3.12", "before": before}
    >>> print(changed_code(now)[0])
    the code of Shout has changed since 40 of these trials were run; use another folder to keep
    them apart
    """
    if not code:
        return []
    sentences = []
    for name, now in code["kinds"].items():
        others = (
            version["trials"]
            for version in code["before"]
            if version["python"] == code["python"] and version["kinds"].get(name, now) != now
        )
        if count := sum(others):
            sentences.append(
                f"the code of {name} has changed since {count:,} of these trials were run; use "
                "another folder to keep them apart"
            )
    return sentences
