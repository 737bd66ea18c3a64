"""Study files: TOML in, `Study` out. The one catalogue of the kinds that a file may name."""

from __future__ import annotations

import inspect
import tomllib
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from criticalmass.datasets import DATASETS
from criticalmass.datasets.files import read_columns
from criticalmass.errors import CriticalMassError, DataError, StudyError, unknown
from criticalmass.learners import Learner, LinearText, ScikitLearner
from criticalmass.learners.scikit import estimator_from_path
from criticalmass.population import Population
from criticalmass.records import label_cells, split_sets
from criticalmass.signals import InsertToken, MoveToSubgroup, SetColumns, Signal, StampPatch
from criticalmass.strategies import FeatureLabel, FeatureOnly, Strategy
from criticalmass.studies.placement import Grid
from criticalmass.studies.study import Study


def scikit(estimator: str, parameters: dict[str, Any] | None = None) -> ScikitLearner:
    """Make a `ScikitLearner` from an estimator's dotted name and its parameters."""
    return ScikitLearner(estimator_from_path(estimator, parameters or {}))


SIGNALS: Mapping[str, Callable[..., Signal]] = {
    "insert-token": InsertToken,
    "set-columns": SetColumns,
    "move-to-subgroup": MoveToSubgroup,
    "stamp-patch": StampPatch,
}
STRATEGIES: Mapping[str, Callable[..., Strategy]] = {
    "feature-label": FeatureLabel,
    "feature-only": FeatureOnly,
}
LEARNERS: Mapping[str, Callable[..., Learner]] = {"linear-text": LinearText, "scikit": scikit}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PopulationSection(_Section):
    """Where the records come from: a data set by name, or a file of one's own."""

    dataset: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    file: str | None = None
    text: str | None = None
    label: str | None = None
    separator: str | None = None
    test: int | None = None
    seed: int = Field(default=0, ge=0)


class _PlacementSection(_Section):
    """Either the shares themselves, or the ends of a logarithmic grid."""

    kind: typing.Literal["grid"] = "grid"
    alphas: list[float] | None = None
    low: float | None = None
    high: float | None = None
    points: int | None = None
    repetitions: int = 3


class _SuccessSection(_Section):
    measures: list[str] | None = None
    target: float = 0.9


class StudyFile(_Section):
    """The sections of a study file; `docs/study-files.md` describes each key."""

    name: str
    seed: int = 0
    population: _PopulationSection
    learner: dict[str, Any]
    strategies: dict[str, dict[str, Any]]
    placement: _PlacementSection
    success: _SuccessSection = Field(default_factory=_SuccessSection)


def read_study(path: str | Path) -> Study:
    """Read a study file and everything it names.

    Parameters
    ----------
    path
        A TOML file; paths in it are relative to its folder.

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, or has an unknown or impossible key, with the nearest
        valid one.
    DataError, ParameterError
        If what it names cannot be had, or the study could not be run.
    """
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8")
        document = tomllib.loads(source)
    except FileNotFoundError as error:
        raise StudyError(f"no study file {str(path)!r}") from error
    except (OSError, UnicodeError) as error:
        raise StudyError(f"{path.name} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path.name} is not TOML: {error}") from error
    try:
        return _build(document, source, path.parent)
    except CriticalMassError as error:
        raise type(error)(f"{path.name}: {error}") from error


def _build(document: dict[str, Any], source: str, folder: Path) -> Study:
    try:
        spec = StudyFile.model_validate(document)
    except ValidationError as error:
        raise StudyError(_first_mistake(error)) from error
    strategies = {
        name: _make(STRATEGIES, "strategy", f"strategies.{name}", table)
        for name, table in spec.strategies.items()
    }
    learner = _make(LEARNERS, "learner", "learner", spec.learner)
    placement = _placement(spec.placement)
    everyone = _population(spec.population, folder)
    test = len(everyone) // 5 if spec.population.test is None else spec.population.test
    train, held_out = everyone.split(test=test, seed=spec.population.seed)
    return Study(
        population=train,
        test=held_out,
        learner=learner,
        strategies=strategies,
        placement=placement,
        measures=_measures(spec.success, train),
        target=spec.success.target,
        seed=spec.seed,
        name=spec.name,
        source=source,
    )


def _make(kinds: Mapping[str, Callable[..., Any]], what: str, where: str, table: Any) -> Any:
    """Make the object that a table describes by its ``kind`` and its parameters."""
    if not isinstance(table, dict):
        raise StudyError(f"{where} must be a table with a kind, not {table!r}")
    values = dict(table)
    kind = values.pop("kind", None)
    if kind is None:
        raise StudyError(f"{where} needs a kind: {', '.join(kinds)}")
    if str(kind) not in kinds:
        raise StudyError(f"{where}: {unknown(what, kind, kinds)}")
    return kinds[kind](**_arguments(kinds[kind], where, values))


def _arguments(maker: Callable[..., Any], where: str, values: dict[str, Any]) -> dict[str, Any]:
    """Check the values in a table against the parameters and types of what they are for."""
    parameters = inspect.signature(maker).parameters
    types = typing.get_type_hints(maker.__init__ if inspect.isclass(maker) else maker)
    checked = {}
    for name, value in values.items():
        if name not in parameters:
            raise StudyError(f"{where}: {unknown('key', name, parameters)}")
        if types[name] is Signal:
            checked[name] = _make(SIGNALS, "signal", f"{where}.{name}", value)
        else:
            try:
                checked[name] = TypeAdapter(types[name]).validate_python(value)
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                raise StudyError(f"{where}.{name} = {value!r}: {reason}") from error
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in checked:
            raise StudyError(f"{where} needs the key {name!r}")
    return checked


def _measures(section: _SuccessSection, population: Population) -> tuple[str, ...]:
    """Return the wanted measures; with single labels, `included` and `top1` are the same."""
    if section.measures is None:
        return ("included", "top1") if population.label_sets else ("included",)
    return tuple(section.measures)


def _placement(section: _PlacementSection) -> Grid:
    ends = (section.low, section.high, section.points)
    if section.alphas is not None:
        if any(value is not None for value in ends):
            raise StudyError("placement: give either alphas, or low, high and points")
        return Grid(tuple(section.alphas), section.repetitions)
    low, high, points = ends
    if low is None or high is None or points is None:
        raise StudyError("placement needs either alphas, or low, high and points")
    return Grid.logarithmic(low=low, high=high, points=points, repetitions=section.repetitions)


def _population(section: _PopulationSection, folder: Path) -> Population:
    if (section.dataset is None) == (section.file is None):
        raise StudyError("population needs either a dataset or a file")
    if section.dataset is not None:
        if section.dataset not in DATASETS:
            raise StudyError(f"population: {unknown('dataset', section.dataset, DATASETS)}")
        if section.text or section.label or section.separator:
            raise StudyError("population: text, label and separator describe a file, not a dataset")
        options = dict(section.options)
        if isinstance(options.get("path"), str):
            options["path"] = str(folder / options["path"])
        load = DATASETS[section.dataset]
        return load(**_arguments(load, "population.options", options))
    assert section.file is not None
    if section.options:
        raise StudyError("population: options belong to a dataset, not to a file")
    if section.label is None:
        raise StudyError("population needs label, the column of the file that holds the label")
    path = folder / section.file
    columns = read_columns(path)
    for column in (section.label, section.text):
        if column is not None and column not in columns:
            raise DataError(f"{path.name}: {unknown('column', column, columns)}")
    if section.text is None:
        return Population.from_table(
            columns, label=section.label, separator=section.separator, name=path.stem
        )
    texts = columns[section.text]
    if texts.dtype != object:
        raise DataError(f"{path.name}: column {section.text!r} holds numbers, not texts")
    cells = label_cells(columns[section.label], section.label)
    return Population.from_texts(
        texts.tolist(),
        split_sets(cells, section.separator) if section.separator else cells,
        name=path.stem,
    )


def _first_mistake(error: ValidationError) -> str:
    """Put pydantic's worst complaint into one line, with the nearest valid key."""
    mistakes = error.errors()  # a mistyped key also makes one go missing: name the typo
    mistake = min(mistakes, key=lambda m: m["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        model: Any = StudyFile
        for part in mistake["loc"][:-1]:
            model = model.model_fields[str(part)].annotation
        inside = ".".join(str(part) for part in mistake["loc"][:-1])
        message = unknown("key", mistake["loc"][-1], model.model_fields)
        return f"{inside}: {message}" if inside else message
    if mistake["type"] == "missing":
        return f"the key {where!r} is missing"
    return f"{where} = {mistake['input']!r}: {mistake['msg']}"
