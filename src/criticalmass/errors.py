"""The errors that users see: one line that says what was expected, what came, and what to try.

Everything raised on purpose derives from `CriticalMassError`; the command line prints its message
and exits with code 2. Anything else that reaches a user is a bug.

Messages quote what other people wrote: cells, labels, names of columns and files. `harmless` makes
one line of it that cannot steer a terminal; every error does that with its message.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import islice
from unicodedata import category

LONGEST = 480
"""Characters of one line of a message, at most; longer ones lose their middle."""
MOST_PROBLEMS = 20
"""So many of a file's problems are told at once."""
MOST_NAMES = 10_000
"""So many names are looked through for the nearest one."""
_JOINERS = "\u200c\u200d"
"""What some scripts need between letters, and some emoji."""


def harmless(text: object) -> str:
    r"""Return a text as one line in which nothing steers a terminal.

    Control characters, line breaks, marks that reverse the direction of writing and bytes that are
    no text become what Python writes for them. Letters and signs of all scripts stay.

    Examples
    --------
    >>> print(harmless("a\x1b[31mred\nÄrzte"))
    a\x1b[31mred\nÄrzte
    """
    line = str(text)
    if line.isprintable():
        return line
    return "".join(
        c if c.isprintable() or c in _JOINERS or category(c) == "Zs" else _escaped(c) for c in line
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text without its middle if it is longer than ``longest`` characters.

    Examples
    --------
    >>> shortened("people.csv, line 2: " + "x" * 500, 40)
    'people.csv, line 2: xxxxxxx … xxxxxxxxxx'
    """
    if len(text) <= longest:
        return text
    tail = longest // 4
    return f"{text[: longest - tail - 3]} … {text[-tail:]}"


def brief(value: object, longest: int = 60) -> str:
    """Return a value from a file as a message quotes it: as Python writes it, its middle left out.

    Examples
    --------
    >>> brief("cook"), brief("x" * 100, 20)
    ("'cook'", "'xxxxxxxxxxxx … xxxxx'")
    """
    if isinstance(value, str):
        return repr(shortened(value, longest))
    return shortened(repr(value), longest)


class CriticalMassError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    *lines
        The message: one line, or several where a file has several problems. Each is made `harmless`
        and short.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__(*(shortened(harmless(line)) for line in lines))

    def __str__(self) -> str:
        return "\n".join(self.lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the message."""
        return self.args


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


class HardlyAlikeWarning(UserWarning):
    """An exact curve is asked for of records of which hardly any two are alike.

    The best possible model would know each record by heart, so its curve says nothing of a model
    that generalises. The command line and reports give no exact curve then.
    """


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
            raise StudyError(*(line for error in self._found for line in error.lines))


def of_file(name: str, error: CriticalMassError) -> CriticalMassError:
    """Return an error that names its file, and says how many problems there are if several.

    Examples
    --------
    >>> print(of_file("study.toml", StudyError("no seed", "no name")))
    study.toml has 2 problems:
      no seed
      no name
    """
    lines = error.lines
    if len(lines) < 2:
        return type(error)(f"{name}: {error}")
    told = [f"  {line}" for line in lines[:MOST_PROBLEMS]]
    if more := len(lines) - len(told):
        told.append(f"  … and {more:,} more")
    return type(error)(f"{name} has {len(lines):,} problems:", *told)


def nearest(came: object, names: Iterable[str]) -> str:
    """Return the name that was probably meant, or an empty text."""
    names, meant = list(islice(names, MOST_NAMES)), str(came)[:LONGEST]
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
    told = names[:12]
    while len(told) > 1 and sum(map(len, told)) > 200:
        told.pop()
    shown = ", ".join(told) + (", …" if len(names) > len(told) else "")
    return f"unknown {what} {brief(str(came))}{hint} Valid: {shown or 'none'}"


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
    """Return the first line of a message, empty if it has none, without its middle if it is long.

    Examples
    --------
    >>> first_line(ValueError("\\nno such column\\nTraceback …"))
    'no such column'
    """
    return shortened((str(message).strip().splitlines() or [""])[0])


def explain(error: BaseException) -> str:
    """Return an exception as one line: its kind, and its first line.

    Examples
    --------
    >>> explain(KeyError("age"))
    "KeyError: 'age'"
    """
    first = first_line(error)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
