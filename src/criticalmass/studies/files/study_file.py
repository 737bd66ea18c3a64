"""Study files: TOML in, `Study` out. The kinds they may name are in each room's `kinds.py`."""

from __future__ import annotations

import math
import re
import tomllib
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from criticalmass.curves.curve import checked_target
from criticalmass.data.finite_table import FiniteTable
from criticalmass.data.noise import RandomizeLabels
from criticalmass.data.numbers import Outcome, range_of
from criticalmass.data.population import Population
from criticalmass.data.readers.files_only import require_file
from criticalmass.errors import (
    CriticalMassError,
    ParameterError,
    Problems,
    StudyError,
    brief,
    of_file,
    require_choice,
)
from criticalmass.learners import Learner
from criticalmass.learners.kinds import learners
from criticalmass.strategies import Strategy, strategy_of
from criticalmass.strategies.kinds import STRATEGIES
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.reference import with_reference_of
from criticalmass.studies.adaptive import Adaptive
from criticalmass.studies.files.catalogue import arguments, followed, made, make
from criticalmass.studies.files.costs import IncentivesSection, incentives_of
from criticalmass.studies.files.handouts import Handouts, HandoutsSection, handouts_from
from criticalmass.studies.files.mistakes import mistakes, printed
from criticalmass.studies.files.sources import (
    PopulationSection,
    marked_of,
    population_of,
    records_of,
)
from criticalmass.studies.placement import Grid, Placement
from criticalmass.studies.study import Study

MOST_BYTES = 1_000_000
"""The size of a study file, at most."""
_MAY_BE_INFINITE = ("norm",)
"""Keys for which inf is a value."""
_FOLLOWED = ("inactive", "mislabel")
"""Keys of a strategy that say how members follow it."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PlacementSection(_Section):
    """The section ``[placement]``: how adaptive placement looks, or the shares of a grid.

    Parameters
    ----------
    kind
        ``"adaptive"``: trials go where they tell most about the critical mass; ``"grid"``: at
        shares that are given. Without it, keys that only a grid has make it one.
    low, high
        Smallest and largest share of the population that is tried; an adaptive placement finds its
        own.
    precision
        Adaptive: how near the ends of the interval must be to the estimate, in (0, 1]; 0.2 if left
        out.
    most
        Adaptive: trials of collectives for each strategy, at most; 96 if left out.
    alphas
        Grid: the shares, one by one, in place of ``low``, ``high`` and ``points``.
    points
        Grid: number of shares from ``low`` to ``high``, evenly spaced on a log scale.
    repetitions
        Grid: trials at each share; 3 if left out.
    """

    model_config = ConfigDict(strict=True)

    kind: str | None = None
    low: float | None = None
    high: float | None = None
    precision: float | None = None
    most: int | None = None
    alphas: list[float] | None = None
    points: int | None = None
    repetitions: int | None = None


def _by_name(section: object) -> object:
    """Return a section; ``placement = "adaptive"`` stands for one with nothing else in it."""
    return {"kind": section} if isinstance(section, str) else section


class _SuccessSection(_Section):
    """The section ``[success]``: what counts as success, and how much of it is wanted.

    Parameters
    ----------
    measures
        Names of measures, such as ``"included"`` and ``"top1"``; answers go by the first. Without
        them: those that fit the strategies.
    target
        The success S* whose critical mass is wanted, between 0 and 1.
    marked
        A file whose records success is measured on in place of the test records; it needs no
        labels.
    """

    measures: list[str] | None = None
    target: float = 0.9
    marked: str | None = None


class StudyFile(_Section):
    """The sections of a study file; `docs/study-files.md` explains them with examples.

    Parameters
    ----------
    name
        What to call the study.
    seed
        The number that all randomness of the trials derives from.
    population
        Where the records come from.
    learner
        What the platform trains: a ``kind`` and its parameters.
    strategies
        What members do: one table for each strategy, by the name that reports give it.
    placement
        Which shares of the population are tried. Without it trials are placed adaptively.
    success
        What counts as success, and how much of it is wanted.
    incentives
        What joining costs people. Without it nothing is said of whether joining pays.
    handouts
        What members' pages say beside what to change.
    """

    name: str
    seed: int = 0
    population: PopulationSection
    learner: dict[str, Any]
    strategies: dict[str, dict[str, Any]]
    placement: typing.Annotated[_PlacementSection, BeforeValidator(_by_name)] = Field(
        default_factory=_PlacementSection
    )
    success: _SuccessSection = Field(default_factory=_SuccessSection)
    incentives: IncentivesSection | None = None
    handouts: HandoutsSection | None = None


def read_study(path: str | Path, *, allow: Iterable[str] = ()) -> Study:
    """Return the study of a study file, with everything that the file names.

    Parameters
    ----------
    path
        A TOML file; paths in it are relative to its folder.
    allow
        Packages whose estimators the file may name beside scikit-learn's, such as ``("xgboost",)``:
        their code is run. The environment variable ``CRITICALMASS_ALLOW`` can name more.

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, or has an unknown or impossible key, with the nearest
        valid one.
    DataError, ParameterError
        If what it names cannot be got, or the study could not be run.
    """
    path = Path(path)
    source = _text(path)
    try:
        spec, parts = _parts(_document(source), path.parent, allow)
        everyone = population_of(spec.population, path.parent)
        test = len(everyone) // 5 if spec.population.test is None else spec.population.test
        train, held_out = everyone.split(test=test, seed=spec.population.seed)
        marked = None
        if spec.success.marked is not None:
            marked = marked_of(spec.success.marked, spec.population, train, path.parent)
            train = replace(train, notes=(*train.notes, *marked.notes))
        study = Study(
            population=_noise(spec).apply(train),
            test=held_out,
            learner=parts.learner,
            strategies=parts.strategies,
            placement=parts.placement,
            measures=tuple(spec.success.measures or ()),
            target=spec.success.target,
            incentives=incentives_of(spec.incentives, spec.population, path.parent),
            seed=spec.seed,
            name=spec.name,
            source=source,
            resampled=spec.population.resampled,
            marked=marked,
        )
        study.check()
        return study
    except CriticalMassError as error:
        raise of_file(path.name, error) from error


@dataclass(frozen=True, eq=False)
class Question:
    """What theory needs of a study file: no learner, no trials.

    Parameters
    ----------
    name
        What the study is called.
    records
        All its records; a table in a file is counted rather than read.
    strategies
        What collectives do, by name.
    target
        The wanted success.
    learner
        The firm's, whose step size some theorems ask for.
    measures
        The success measures that the file names, the headline first; empty if it names none.
    """

    name: str
    records: Population | FiniteTable
    strategies: dict[str, Strategy]
    target: float
    learner: Learner
    measures: tuple[str, ...] = ()

    @property
    def holds(self) -> Outcome:
        """Whether its records hold labels, or numbers."""
        return self.records.holds if isinstance(self.records, Population) else "labels"


def read_question(path: str | Path, *, allow: Iterable[str] = ()) -> Question:
    """Return what theory needs of a study file; parameters and errors are `read_study`'s."""
    path = Path(path)
    source = _text(path)
    try:
        spec, parts = _parts(_document(source), path.parent, allow)
        marks = all(isinstance(strategy, Marking) for strategy in parts.strategies.values())
        records = (records_of if marks else population_of)(spec.population, path.parent)
        if isinstance(records, Population):
            records = _noise(spec).apply(records)
        target = checked_target(spec.success.target)
        measures = tuple(spec.success.measures or ())
        people = records if isinstance(records, Population) else records.cells
        strategies = {
            name: strategy_of(with_reference_of(people, strategy))
            for name, strategy in parts.strategies.items()
        }
        return Question(spec.name, records, strategies, target, parts.learner, measures)
    except CriticalMassError as error:
        raise of_file(path.name, error) from error


def file_columns(path: str | Path) -> dict[str, Any]:
    """Return what a study file calls the columns of its records, and how their cells are read."""
    path = Path(path)
    spec = sections_of(path).population
    if spec.numeric:
        raise StudyError(
            f"{path.name}: population.numeric turns records into numbers that no member "
            "could find in their own; leave it out"
        )
    columns = {"text": spec.text, "label": spec.label, "separator": spec.separator}
    named: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
    return named | {"reading": spec.reading}


def handouts_of(path: str | Path) -> Handouts:
    """Return what a study file says of members' pages; it raises what `read_study` raises."""
    path = Path(path)
    section = sections_of(path).handouts
    try:
        return handouts_from(section)
    except CriticalMassError as error:
        raise of_file(path.name, error) from error


def sections_of(path: str | Path) -> StudyFile:
    """Return a study file's sections, its records not read; it raises what `read_study` raises."""
    path = Path(path)
    source = _text(path)
    try:
        return _sections(_document(source))
    except CriticalMassError as error:
        raise of_file(path.name, error) from error


@dataclass(frozen=True, eq=False)
class _Parts:
    """What a study file names apart from its records."""

    learner: Learner
    strategies: dict[str, Strategy]
    placement: Placement


def _parts(
    document: dict[str, Any], folder: Path, allow: Iterable[str]
) -> tuple[StudyFile, _Parts]:
    """Return everything that needs no records, or raise one error with all problems."""
    problems = Problems()
    spec: StudyFile | None = None
    learner: Learner | None = None
    placement: Placement | None = None
    strategies: dict[str, Strategy] = {}
    with problems.collecting():
        spec = _sections(document)
    table, tables = document.get("learner"), document.get("strategies")
    if isinstance(table, dict):
        with problems.collecting():
            learner = _learner(table, folder, allow, _held(document))
    if isinstance(tables, dict):
        for name, agreed in tables.items():
            with problems.collecting():
                if isinstance(agreed, dict):  # else it is told above
                    strategies[name] = _strategy(f"strategies.{printed(name)}", agreed, learner)
    if spec is not None:
        if not spec.strategies:
            problems.add("strategies: a study needs at least one strategy")
        with problems.collecting():
            placement = _placement(spec.placement)
        with problems.collecting():
            checked_target(spec.success.target)
        with problems.collecting():
            _noise(spec)
        with problems.collecting():
            _numbers(spec.population)
        with problems.collecting():
            handouts_from(spec.handouts)
    problems.tell()
    assert spec is not None
    assert learner is not None
    assert placement is not None
    return spec, _Parts(learner, strategies, placement)


def _text(path: Path) -> str:
    """Return the text of a study file."""
    try:
        require_file(path, MOST_BYTES)
        return _decoded(path.read_bytes(), path.name)
    except FileNotFoundError as error:
        known = ("feature-label", "feature-only", "erasure", "regression")
        hint = f"; a theorem is criticalmass theorem {path.name}" if path.name in known else ""
        if path.parts[:1] == ("examples",):
            hint = "; examples are in the project's folder, so run this there"
        raise StudyError(f"no study file {str(path)!r}{hint}") from error
    except OSError as error:
        raise StudyError(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _document(source: str) -> dict[str, Any]:
    """Return the tables of a study file."""
    try:
        document = tomllib.loads(source)
        problems = Problems()
        for where, wrong in _no_numbers(document):
            problems.add(f"{where} {wrong}")
        problems.tell()
        return document
    except CriticalMassError:
        raise
    except RecursionError as error:
        raise StudyError("this is nested too deep for a study file") from error
    except ValueError as error:  # TOMLDecodeError, or a whole number of thousands of digits
        raise StudyError(f"this is not TOML: {error}{_line_of(source, str(error))}") from error


def _line_of(source: str, complaint: str) -> str:
    """Return the line that a complaint about TOML is about, as the end of a message."""
    found = re.search(r"at line (\d+)", complaint)
    lines = source.split("\n")
    if found is None or not 0 < int(found[1]) <= len(lines):
        return ""
    return f", which reads {brief(lines[int(found[1]) - 1].strip(), 60)}"


def _no_numbers(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield where in a study file numbers stand that nothing can be counted or drawn with."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _no_numbers(one, f"{where}.{printed(key)}" if where else printed(key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _no_numbers(one, f"{where}[{place}]")
    elif isinstance(value, float) and not math.isfinite(value):
        if where.rpartition(".")[2] in _MAY_BE_INFINITE and value == math.inf:
            return
        yield where, f"must be a finite number, not {value}"
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield where, f"must be a number of at most 64 bits, not {brief(value, 30)}"


def _sections(document: dict[str, Any]) -> StudyFile:
    """Return the sections of a study file; keys of learner and strategies are not checked yet."""
    try:
        return StudyFile.model_validate(document, strict=True)
    except ValidationError as error:
        problems = Problems()
        for line in mistakes(error, StudyFile):
            problems.add(line)
        problems.tell()
        raise


def _decoded(content: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, without a byte-order mark and with plain line ends."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        raise StudyError(f"{name} is in UTF-16, and study files are in UTF-8: save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{content[error.start]:02x}"
        raise StudyError(f"{name}, line {line}: {byte} is not UTF-8: save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _noise(spec: StudyFile) -> RandomizeLabels:
    """Return the noise in the firm's labels before anybody joins."""
    return RandomizeLabels(spec.population.randomize_labels, spec.population.seed)


def _held(document: dict[str, Any]) -> Outcome:
    """Return whether a study file says that labels are numbers."""
    section = document.get("population")
    says = section.get("numbers", False) if isinstance(section, dict) else False
    return "labels" if says is False else "numbers"


def _numbers(section: PopulationSection) -> None:
    """Raise `StudyError` where a study file says wrongly between which numbers labels lie."""
    try:
        range_of(section.numbers)
    except ParameterError as error:
        raise StudyError(f"population.{error}") from error


def _learner(table: dict[str, Any], folder: Path, allow: Iterable[str], holds: Outcome) -> Learner:
    """Return the learner; a model's folder may be named relative to the study file."""
    model = table.get("model")
    if isinstance(model, str) and model and (folder / model).is_dir():
        table = {**table, "model": str(folder / model)}
    return make(learners(allow, holds), "learner", "learner", table)


def _strategy(where: str, table: dict[str, Any], learner: Learner | None) -> Strategy:
    """Return a strategy; one that steers a model takes the learner's risk if it names none."""
    agreed = {key: value for key, value in table.items() if key not in _FOLLOWED}
    done = {key: value for key, value in table.items() if key in _FOLLOWED}
    problems = Problems()
    strategy: Strategy | None = None
    followed_by: dict[str, Any] = {}
    with problems.collecting():
        strategy = make(STRATEGIES, "strategy", where, agreed)
    with problems.collecting():
        followed_by = arguments(followed, where, done)
    problems.tell()
    assert strategy is not None  # or there was a problem
    objective = None if learner is None else learner.objective
    if objective is not None and "risk" not in table:
        strategy = strategy.facing(objective)
    if done:
        return made(followed(**followed_by), {"strategy": strategy}, where)
    return strategy


def _placement(section: _PlacementSection) -> Placement:
    """Return the placement: a grid if the section says so, or has a key that only grids have."""
    values = section.model_dump(exclude_none=True)
    grid = values.keys() & {"alphas", "points", "repetitions"}
    adaptive = values.keys() & {"precision", "most"}
    kind = values.pop("kind", "grid" if grid else "adaptive")
    require_choice("placement", kind, ("adaptive", "grid"))
    for key in sorted(grid if kind == "adaptive" else adaptive):
        other = "grid" if kind == "adaptive" else "adaptive"
        why = "" if section.kind else f", as {' and '.join(sorted(grid))} do"
        raise StudyError(f"placement: {key!r} belongs to kind = {other!r}, not {kind!r}{why}")
    if kind == "adaptive":
        return Adaptive(**values)
    if section.alphas is not None:
        if values.keys() & {"low", "high", "points"}:
            raise StudyError("placement: give either alphas, or low, high and points")
        return Grid(tuple(values.pop("alphas")), **values)
    if not values.keys() >= {"low", "high", "points"}:
        raise StudyError("placement: a grid needs either alphas, or low, high and points")
    return Grid.logarithmic(**values)
