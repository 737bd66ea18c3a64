"""Study files: TOML in, `Study` out. The kinds they may name are in `studies/catalogue.py`."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from criticalmass.curves.curve import checked_target
from criticalmass.errors import CriticalMassError, StudyError, require_choice, unknown
from criticalmass.learners import Learner
from criticalmass.noise import RandomizeLabels
from criticalmass.population import Population
from criticalmass.strategies import Strategy
from criticalmass.studies.adaptive import Adaptive
from criticalmass.studies.catalogue import (
    STRATEGIES,
    arguments,
    followed,
    learners,
    make,
    wrong_value,
)
from criticalmass.studies.costs import IncentivesSection, incentives_of
from criticalmass.studies.placement import Grid, Placement
from criticalmass.studies.sources import PopulationSection, population_of, records_of
from criticalmass.studies.study import Study, firm_of
from criticalmass.tables import FiniteTable

_FOLLOWED = ("inactive", "mislabel")
"""Keys of a strategy that say how members follow it."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PlacementSection(_Section):
    """Where adaptive placement may look; or the shares of a grid, or its ends."""

    model_config = ConfigDict(strict=True)

    kind: str | None = None
    low: float | None = None
    high: float | None = None
    precision: float | None = None
    most: int | None = None
    alphas: list[float] | None = None
    points: int | None = None
    repetitions: int | None = None


def _by_name(said: Any) -> Any:
    """Let ``placement = "adaptive"`` stand for a section with nothing else in it."""
    return {"kind": said} if isinstance(said, str) else said


class _SuccessSection(_Section):
    measures: list[str] | None = None
    target: float = 0.9


class StudyFile(_Section):
    """The sections of a study file; `docs/study-files.md` describes each key."""

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


def read_study(path: str | Path, *, allow: Iterable[str] = ()) -> Study:
    """Read a study file and everything it names.

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
        If what it names cannot be had, or the study could not be run.
    """
    path = Path(path)
    spec, source = _read(path)
    try:
        learner = _learner(spec.learner, path.parent, allow)
        everyone = population_of(spec.population, path.parent)
        test = len(everyone) // 5 if spec.population.test is None else spec.population.test
        train, held_out = everyone.split(test=test, seed=spec.population.seed)
        return Study(
            population=_noise(spec).apply(train),
            test=held_out,
            learner=learner,
            strategies=_strategies(spec, learner),
            placement=_placement(spec.placement),
            measures=tuple(spec.success.measures or ()),
            target=spec.success.target,
            incentives=incentives_of(spec.incentives, spec.population, path.parent),
            seed=spec.seed,
            name=spec.name,
            source=source,
        )
    except CriticalMassError as error:
        raise type(error)(f"{path.name}: {error}") from error


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
    """

    name: str
    records: Population | FiniteTable
    strategies: dict[str, Strategy]
    target: float
    learner: Learner


def read_question(path: str | Path, *, allow: Iterable[str] = ()) -> Question:
    """Read of a study file what theory needs; parameters and errors are those of `read_study`."""
    path = Path(path)
    spec, _ = _read(path)
    try:
        learner = _learner(spec.learner, path.parent, allow)
        strategies = _strategies(spec, learner)
        _placement(spec.placement)
        steers = any(hasattr(strategy, "aim") for strategy in strategies.values())
        records = (population_of if steers else records_of)(spec.population, path.parent)
        if isinstance(records, Population):
            records = _noise(spec).apply(records)
        target = checked_target(spec.success.target)
        return Question(spec.name, records, strategies, target, learner)
    except CriticalMassError as error:
        raise type(error)(f"{path.name}: {error}") from error


def file_columns(path: str | Path) -> dict[str, Any]:
    """Return what a study file calls the columns of its records, and how their cells are read."""
    spec = _read(Path(path))[0].population
    if spec.numeric:
        raise StudyError(
            f"{Path(path).name}: population.numeric turns records into numbers that no member "
            "could find in their own; leave it out"
        )
    said = {"text": spec.text, "label": spec.label, "separator": spec.separator}
    named: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return named | {"reading": spec.reading}


def sections_of(path: str | Path) -> StudyFile:
    """Return a study file's sections, its records not read; it raises what `read_study` raises."""
    return _read(Path(path))[0]


def _read(path: Path) -> tuple[StudyFile, str]:
    """Return what a file says, and its text."""
    try:
        source = _decoded(path.read_bytes(), path.name)
        document = tomllib.loads(source)
    except FileNotFoundError as error:
        raise StudyError(f"no study file {str(path)!r}") from error
    except OSError as error:
        raise StudyError(f"{path.name} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path.name} is not TOML: {error}") from error
    try:
        return StudyFile.model_validate(document), source
    except ValidationError as error:
        raise StudyError(f"{path.name}: {_first_mistake(error)}") from error


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
    """Return what the firm's records suffer before anybody joins."""
    return RandomizeLabels(spec.population.randomize_labels, spec.population.seed)


def _learner(table: dict[str, Any], folder: Path, allow: Iterable[str]) -> Learner:
    """Make the learner; a model's folder may be named from where the study file lies."""
    model = table.get("model")
    if isinstance(model, str) and (folder / model).is_dir():
        table = {**table, "model": str(folder / model)}
    learner: Learner = make(learners(allow), "learner", "learner", table)
    return learner


def _strategies(spec: StudyFile, learner: Learner) -> dict[str, Strategy]:
    """Make the strategies; one that steers a model takes the learner's risk if it names none."""
    strategies = {}
    for name, table in spec.strategies.items():
        agreed = {key: value for key, value in table.items() if key not in _FOLLOWED}
        strategy = make(STRATEGIES, "strategy", f"strategies.{name}", agreed)
        if hasattr(strategy, "risk") and firm_of(learner) is not None and "risk" not in table:
            strategy = replace(strategy, risk=firm_of(learner))
        if agreed != table:
            done = {key: value for key, value in table.items() if key in _FOLLOWED}
            strategy = followed(**arguments(followed, f"strategies.{name}", done))(strategy)
        strategies[name] = strategy
    return strategies


def _placement(section: _PlacementSection) -> Placement:
    """Make the placement: a grid where the section says so, or gives what only a grid has."""
    said = section.model_dump(exclude_none=True)
    grid = said.keys() & {"alphas", "points", "repetitions"}
    adaptive = said.keys() & {"precision", "most"}
    kind = said.pop("kind", "grid" if grid else "adaptive")
    require_choice("placement", kind, ("adaptive", "grid"))
    for key in sorted(grid if kind == "adaptive" else adaptive):
        other = "grid" if kind == "adaptive" else "adaptive"
        why = "" if section.kind else f", as {' and '.join(sorted(grid))} do"
        raise StudyError(f"placement: {key!r} belongs to kind = {other!r}, not {kind!r}{why}")
    if kind == "adaptive":
        return Adaptive(**said)
    if section.alphas is not None:
        if said.keys() & {"low", "high", "points"}:
            raise StudyError("placement: give either alphas, or low, high and points")
        return Grid(tuple(said.pop("alphas")), **said)
    if not said.keys() >= {"low", "high", "points"}:
        raise StudyError("placement: a grid needs either alphas, or low, high and points")
    return Grid.logarithmic(**said)


def _first_mistake(error: ValidationError) -> str:
    """Put pydantic's worst complaint into one line, with the nearest valid key."""
    mistakes = error.errors()  # a mistyped key also makes one go missing: name the typo
    mistake = min(mistakes, key=lambda m: m["type"] != "extra_forbidden")
    kinds = ("float", "int", "bool", "str") if len(mistake["loc"]) > 1 else ()
    named = [str(part) for part in mistake["loc"] if part not in kinds and "[" not in str(part)]
    where = ".".join(named)
    if mistake["type"] == "extra_forbidden":
        model: Any = StudyFile
        for part in mistake["loc"][:-1]:
            model = model.model_fields[str(part)].annotation
            model = next(iter(typing.get_args(model)), model)  # a section that may be left out
        inside = ".".join(str(part) for part in mistake["loc"][:-1])
        message = unknown("key", mistake["loc"][-1], model.model_fields)
        return f"{inside}: {message}" if inside else message
    if mistake["type"] == "missing":
        return f"the key {where!r} is missing"
    return wrong_value(where, mistake["input"], mistake["msg"])
