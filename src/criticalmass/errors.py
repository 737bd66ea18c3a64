"""The errors that users see: one line that says what was expected, what came, and what to try.

Everything raised on purpose derives from `CriticalMassError`; the command line prints its message
and exits with code 2. Anything else that reaches a user is a bug.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches


class CriticalMassError(Exception):
    """Base of every error that this package raises on purpose."""


class DataError(CriticalMassError):
    """Records, labels or files that cannot be what they are said to be."""


class ParameterError(CriticalMassError, ValueError):
    """A parameter outside the values it may take."""


class StudyError(CriticalMassError):
    """A study that is not well formed, or cannot be run as it stands."""


class StoreError(CriticalMassError):
    """A store that is damaged, or belongs to another study."""


class StudyWarning(UserWarning):
    """What speaks against a study's rows; the command line prints it as one line."""


class Problems:
    """Everything that is wrong with a file, collected to be told at once.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add("seed must be an integer, not 1.5")
    >>> with problems.collecting():
    ...     raise DataError("no file 'people.csv'")
    >>> problems.tell()
    Traceback (most recent call last):
        ...
    criticalmass.errors.StudyError: seed must be an integer, not 1.5
    no file 'people.csv'
    """

    def __init__(self) -> None:
        self._found: list[CriticalMassError] = []

    def add(self, line: str) -> None:
        """Add one line to what is wrong."""
        self._found.append(StudyError(line))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add the `CriticalMassError` that is raised inside, if any, and go on."""
        try:
            yield
        except CriticalMassError as error:
            self._found.append(error)

    def tell(self) -> None:
        """Raise the only error, or a `StudyError` with a line for each; do nothing if none."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise StudyError("\n".join(str(error) for error in self._found))


def of_file(name: str, error: CriticalMassError) -> CriticalMassError:
    """Return an error that names its file, and says how many problems there are if several.

    Examples
    --------
    >>> print(of_file("study.toml", StudyError("no seed\\nno name")))
    study.toml has 2 problems:
      no seed
      no name
    """
    lines = str(error).splitlines()
    if len(lines) < 2:
        return type(error)(f"{name}: {error}")
    return type(error)("\n  ".join([f"{name} has {len(lines)} problems:", *lines]))


def nearest(came: object, names: Iterable[str]) -> str:
    """Return the name that was probably meant, or an empty text."""
    names, meant = list(names), str(came)
    near = [name for name in names if name.casefold() == meant.casefold()]
    return next(iter(near or get_close_matches(meant, names, n=1, cutoff=0.5)), "")


def unknown(what: str, came: object, choices: Iterable[object]) -> str:
    """Return the message for a name that is not among the known ones.

    Parameters
    ----------
    what
        What the name should have named, for example ``"column"``.
    came
        The name that came.
    choices
        The names that would have been understood.

    Returns
    -------
    str
        One line, with the nearest valid name if there is one.

    Examples
    --------
    >>> unknown("learner", "liner-text", ["linear-text", "scikit"])
    "unknown learner 'liner-text'; did you mean 'linear-text'? Valid: linear-text, scikit"
    """
    names = [name if len(name := str(choice)) <= 40 else f"{name[:39]}…" for choice in choices]
    near = nearest(came, names)
    hint = f"; did you mean {near!r}?" if near else "."
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"unknown {what} {str(came)!r}{hint} Valid: {shown or 'none'}"


def needs(what: str, extra: str, *packages: str) -> str:
    """Return the message for packages that are not installed, with the command that helps.

    Examples
    --------
    >>> needs("Slurm", "slurm", "submitit")
    'Slurm needs submitit; in your clone: .venv/bin/pip install -c constraints.txt ".[slurm]"'
    """
    command = f'.venv/bin/pip install -c constraints.txt ".[{extra}]"'
    return f"{what} needs {', '.join(packages)}; in your clone: {command}"


def require_choice(what: str, came: object, choices: Iterable[object]) -> None:
    """Raise `ParameterError` unless ``came`` is one of ``choices``."""
    names = list(choices)
    if came not in names:
        raise ParameterError(unknown(what, came, names))


def first_line(message: object) -> str:
    """Return the first line of a message, empty if it has none.

    Examples
    --------
    >>> first_line(ValueError("\\nno such column\\nTraceback …"))
    'no such column'
    """
    return (str(message).strip().splitlines() or [""])[0]


def explain(error: BaseException) -> str:
    """Return an exception as one line: its kind, and its first line.

    Examples
    --------
    >>> explain(KeyError("age"))
    "KeyError: 'age'"
    """
    first = first_line(error)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
