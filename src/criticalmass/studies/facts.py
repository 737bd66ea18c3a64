"""`Facts`: what a store keeps of its study beside the trials, and reports say about it."""

from __future__ import annotations

import json
import math
import platform
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from criticalmass.data.numbers import Range
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields
from criticalmass.incentives import Incentives
from criticalmass.learners.words import learner_in_words
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.known import STEERED
from criticalmass.phrases import RECORDS
from criticalmass.studies.identity.describe import describe, digest, own_kinds
from criticalmass.studies.identity.own_code import code_facts
from criticalmass.studies.said import Said, said_by
from criticalmass.studies.theory_record import Theory

if TYPE_CHECKING:
    from criticalmass.data.population import Population
    from criticalmass.studies.study import Study

KEPT = 1000
"""So many quantiles of people's costs are kept."""

Description = Mapping[str, Any]
"""A part as `criticalmass.studies.identity.describe` describes it: its kind and its fields."""


@dataclass(frozen=True)
class PopulationFacts:
    """What a store keeps of the records.

    Parameters
    ----------
    name, kind
        What the records are called, and ``texts``, ``table`` or ``array``.
    size, test_size
        How many the firm trains on, and how many the models' quality is measured on, and success
        too where no others are marked.
    labels, label_sets
        The labels' names, and whether a record holds a set of them.
    notes
        What was done to the records.
    resampled
        Whether every trial drew a population of its own from the records.
    numbers
        Where labels are numbers: the lowest and the highest that a record could hold, None for an
        end that is not known. Otherwise None.
    marked_size, marked_name
        How many other records success is measured on, and what they are called; 0 for the test
        records.
    """

    name: str = "population"
    kind: str = "texts"
    size: int = 0
    test_size: int = 0
    labels: tuple[str, ...] = ()
    label_sets: bool = False
    notes: tuple[str, ...] = ()
    resampled: bool = False
    marked_size: int = 0
    marked_name: str = ""
    numbers: tuple[float | None, float | None] | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if min(self.size, self.test_size, self.marked_size) < 0:
            raise ParameterError("a population has a number of records, not fewer than none")

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store."""
        return {
            "name": self.name,
            "kind": self.kind,
            "size": self.size,
            "test_size": self.test_size,
            "labels": list(self.labels),
            "label_sets": self.label_sets,
            "notes": list(self.notes),
            **({"resampled": True} if self.resampled else {}),
            **({"numbers": list(self.numbers)} if self.numbers else {}),
            **(
                {"marked_size": self.marked_size, "marked_name": self.marked_name}
                if self.marked_size
                else {}
            ),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> PopulationFacts:
        """Return the facts that `to_json` kept."""
        lists = {name: tuple(kept.get(name, ())) for name in ("labels", "notes")}
        ends = kept.get("numbers")
        numbers = {"numbers": tuple(ends)} if isinstance(ends, list) else {}
        return cls(**{**_known(cls, kept), **lists, **numbers})


@dataclass(frozen=True, eq=False)
class StrategyFacts:
    """What a store keeps of one strategy.

    Parameters
    ----------
    target_label
        The label that the collective wants; None if it wants none.
    measures
        The success measures that it is judged by, the headline first.
    label_share
        Share of the test records that hold the target label; None without one.
    recruitable
        Share of the population that may be recruited.
    description
        The strategy.
    doubts
        What speaks against its token, in sentences.
    unseen
        The token, where the firm's model sees it in no text; otherwise empty.
    theory
        Its bound and exact curve; None for a strategy without a theory, or of an old store.
    all_succeed
        Whether success is certain where everybody follows it.
    said
        What it says of itself; None in a store of before that was kept.
    unchanged
        Of a strategy that erases: the share of the judged records that its signal leaves as they
        are, which count as a success whatever is learned; None for others, and in a store of before
        that was kept.
    """

    target_label: str | None = None
    measures: tuple[str, ...] = ()
    label_share: float | None = None
    recruitable: float = 1.0
    description: Description = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    unseen: str = ""
    theory: Theory | None = None
    all_succeed: bool = False
    said: Said | None = None
    unchanged: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("recruitable", "unchanged"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ParameterError(f"{name} is a share in [0, 1], not {share:g}")

    def in_words(self, records: str) -> Said:
        """Return what the strategy says of itself, or said when it was described.

        Parameters
        ----------
        records
            What the records are called: texts, records or images.

        Examples
        --------
        >>> StrategyFacts(description={"kind": "Shouts", "words": 3}).in_words("texts").does
        'do as Shouts(words=3) says, which may change their texts and their labels'
        """
        if self.said is not None:
            return self.said
        from criticalmass.studies.identity.rebuilt import rebuilt  # knows every learner

        return said_by(rebuilt(self.description), records, self.measures)

    @property
    def certain(self) -> float:
        """A share with which success is certain; infinite if none is."""
        return 1.0 if self.all_succeed else math.inf

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store."""
        return {
            "target_label": self.target_label,
            "measures": list(self.measures),
            "held": self.label_share,
            "recruitable": self.recruitable,
            "description": self.description,
            "doubts": list(self.doubts),
            **({"unseen": self.unseen} if self.unseen else {}),
            "theory": self.theory.to_json() if self.theory else {},
            "all_succeed": self.all_succeed,
            **({"said": self.said.to_json()} if self.said else {}),
            **({} if self.unchanged is None else {"unchanged": self.unchanged}),
        }


@dataclass(frozen=True, eq=False)
class Facts:
    """What a store keeps of a study: all that reports need, without its records.

    `facts_of` makes them of a study; `Store.facts` reads them, also what older versions kept.

    Parameters
    ----------
    name, seed
        The study's.
    target
        The success S* whose critical mass is wanted.
    measures
        Names of all success measures, the headline first.
    own_measures
        What is known of those that are the user's own, by name.
    population
        The records.
    learner, placement
        What the firm trains, and where trials lie; empty where an old store does not say.
    trains
        What the learner says of itself; empty in a store of before that was kept.
    strategies
        By name.
    incentives
        What joining costs, in at most `KEPT` quantiles; None if that is not asked.
    identity, sha256
        What decides the trials' rows, and its SHA-256.
    versions
        Versions of the packages that matter.
    code
        Of the user's own classes (`criticalmass.studies.identity.own_code.code_facts`); None in
        a store that was written before that was kept.
    source
        The study file's text; empty for a study made in Python.

    Examples
    --------
    >>> facts = Facts.from_json({"name": "demo", "population": {"size": 100, "kind": "table"}})
    >>> facts.population.size, facts.target
    (100, 0.9)
    """

    name: str = "study"
    target: float = 0.9
    seed: int = 0
    measures: tuple[str, ...] = ()
    own_measures: Mapping[str, MeasureFacts] = field(default_factory=dict)
    population: PopulationFacts = field(default_factory=PopulationFacts)
    learner: Description = field(default_factory=dict)
    trains: str = ""
    strategies: Mapping[str, StrategyFacts] = field(default_factory=dict)
    placement: Description = field(default_factory=dict)
    incentives: Incentives | None = None
    identity: Description = field(default_factory=dict)
    sha256: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    code: dict[str, Any] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 < self.target <= 1:
            raise ParameterError(f"target is a success in (0, 1], not {self.target:g}")

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store."""
        cost = self.incentives.cost if self.incentives else 0.0
        return {
            "name": self.name,
            "target": self.target,
            "seed": self.seed,
            "measures": list(self.measures),
            **(
                {"own_measures": {name: own.to_json() for name, own in self.own_measures.items()}}
                if self.own_measures
                else {}
            ),
            "population": self.population.to_json(),
            "learner": self.learner,
            **({"trains": self.trains} if self.trains else {}),
            "strategies": {name: strategy.to_json() for name, strategy in self.strategies.items()},
            "placement": self.placement,
            "incentives": self.incentives
            and {
                "cost": list(cost) if isinstance(cost, tuple) else cost,
                "free_ride": self.incentives.free_ride,
            },
            "identity": self.identity,
            "sha256": self.sha256,
            "versions": self.versions,
            **({} if self.code is None else {"code": self.code}),
            "source": self.source,
        }

    def measure(self, name: str) -> MeasureFacts:
        """Return what is known of a measure.

        Examples
        --------
        >>> Facts().measure("top1").words.legend
        'the target label is ranked first'
        """
        return self.own_measures.get(name) or MeasureFacts.named(name)

    def target_of(self, measure: str) -> float:
        """Return what is wanted by a measure, in its own unit.

        Examples
        --------
        >>> Facts(target=0.8).target_of("top1")
        0.8
        """
        own = self.measure(measure).target
        return self.target if own is None else own

    def learner_in_words(self) -> str:
        """Return what the firm trains, as the learner says it or said it when it was described.

        Examples
        --------
        >>> Facts(learner={"kind": "GradientDescent", "steps": 20}).learner_in_words()
        'a model by gradient descent, in 20 steps'
        """
        if self.trains or not self.learner:
            return self.trains or "a learner"
        from criticalmass.studies.identity.rebuilt import rebuilt

        return learner_in_words(rebuilt(self.learner))

    def sha256_of(self, records: str) -> str:
        """Return the fingerprint of the ``population`` or the ``test`` records.

        Raises
        ------
        KeyError
            If the facts, which a file gave, do not have it.

        Examples
        --------
        >>> Facts(identity={"test": {"sha256": "ab"}}).sha256_of("test")
        'ab'
        >>> Facts().sha256_of("test")
        Traceback (most recent call last):
        KeyError: 'test'
        """
        return str(self.identity[records]["sha256"])

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Facts:
        """Return the facts that `to_json` kept; an older version of the package kept fewer."""
        measures = tuple(kept.get("measures", ()))
        population = PopulationFacts.from_json(kept.get("population", {}))
        strategies = {
            name: _strategy(strategy, measures, population.size)
            for name, strategy in kept.get("strategies", {}).items()
        }
        own = kept.get("own_measures", {})
        parts = {
            "measures": measures,
            "own_measures": {name: MeasureFacts.from_json(each) for name, each in own.items()},
            "population": population,
            "strategies": strategies,
            "incentives": _incentives(kept.get("incentives")),
        }
        return cls(**{**_known(cls, kept), **parts})

    def __getitem__(self, key: str) -> Any:
        """Return a fact by its key in the dictionary that facts once were; this will go."""
        warnings.warn(
            f'facts["{key}"] is now facts.{key}; the brackets go with the next version',
            DeprecationWarning,
            stacklevel=2,
        )
        return self.to_json()[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return what the dictionary of facts had, or a default; it will go, as brackets will."""
        return self[key] if key in self.to_json() else default


def facts_of(study: Study) -> Facts:
    """Return the facts of a study that a store keeps and reports need."""
    from criticalmass.studies.theory import theory_of  # a store is opened without

    packages = ["criticalmass", "numpy", "scipy", "scikit-learn"]
    packages += [name for name in ("torch", "transformers") if name in sys.modules]
    versions = {"python": platform.python_version()} | {p: version(p) for p in packages}
    strategies = {
        name: StrategyFacts(
            strategy.target_label,
            study.measures_of(name),
            _share_of(study.test, strategy.target_label),
            len(strategy.candidates(study.population)) / len(study.population),
            _in_json(describe(strategy)),
            tuple(study.doubts[name]),
            study.unseen.get(name, ""),
            theory_of(
                strategy, study.population, study.target, study.learner, study.measures_of(name)
            ),
            study.strategy(name).all_succeed,
            said_by(strategy, RECORDS[study.population.kind], study.measures_of(name)),
            _unchanged(study, name),
        )
        for name, strategy in study.strategies.items()
    }
    return Facts(
        name=study.name,
        target=study.target,
        seed=study.seed,
        measures=tuple(study.judges),
        own_measures={
            measure.name: MeasureFacts.of(measure)
            for measure in study.measures
            if not isinstance(measure, str)
        },
        population=PopulationFacts(
            name=study.population.name,
            kind=study.population.kind,
            size=len(study.population),
            test_size=len(study.test),
            labels=() if study.population.numbers else tuple(study.population.label_names),
            numbers=_ends(study.population.numbers),
            label_sets=study.population.label_sets,
            notes=tuple(study.population.notes),
            resampled=study.resampled,
            marked_size=0 if study.marked is None else len(study.marked),
            marked_name="" if study.marked is None else study.marked.name,
        ),
        learner=_in_json(describe(study.learner)),
        trains=learner_in_words(study.learner),
        strategies=strategies,
        placement=_in_json(describe(study.placement)),
        incentives=study.incentives and _in_quantiles(study.incentives),
        identity=_in_json(study.identity),
        sha256=digest(study.identity),
        versions=versions,
        code=code_facts(own_kinds([study.learner, *study.strategies.values(), *study.measures])),
        source=study.source,
    )


def _strategy(kept: Mapping[str, Any], measures: tuple[str, ...], size: int) -> StrategyFacts:
    """Return the facts of a strategy; old stores lack its measures, doubts and theory."""
    own = tuple(kept.get("measures", measures))
    description = kept.get("description", {})
    everyone = (
        description.get("kind") == "FeatureLabel" and description.get("recruit") == "everyone"
    )
    return StrategyFacts(
        target_label=kept.get("target_label"),
        measures=own,
        label_share=kept.get("held"),
        recruitable=kept.get("recruitable", 1.0),
        description=description,
        doubts=tuple(kept.get("doubts", ())),
        unseen=kept.get("unseen", ""),
        theory=Theory.from_json(
            kept.get("theory", {}), size=size, steers=any(name in STEERED for name in own)
        ),
        all_succeed=kept.get("all_succeed", everyone),
        said=Said.from_json(kept.get("said", {})),
        unchanged=kept.get("unchanged"),
    )


def _known(record: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a record has fields for; a later version may keep more."""
    return {field.name: kept[field.name] for field in fields(record) if field.name in kept}


def _incentives(kept: Mapping[str, Any] | None) -> Incentives | None:
    if not kept:
        return None
    cost = kept["cost"]
    return Incentives(tuple(cost) if isinstance(cost, list) else cost, kept["free_ride"])


def _in_quantiles(incentives: Incentives) -> Incentives:
    """Return incentives with no more costs than are kept."""
    if not isinstance(incentives.cost, tuple) or len(incentives.cost) <= KEPT:
        return incentives
    return Incentives(tuple(incentives.costs(KEPT).tolist()), incentives.free_ride)


def _in_json(description: Any) -> dict[str, Any]:
    """Return a description as it comes back from a store: lists instead of tuples."""
    plain: dict[str, Any] = json.loads(json.dumps(description))
    return plain


def _ends(numbers: Range | None) -> tuple[float | None, float | None] | None:
    """Return the ends of a range in JSON's types, which know no infinity."""
    if numbers is None:
        return None
    low, high = (end if math.isfinite(end) else None for end in numbers)
    return low, high


def _share_of(test: Population, label: str | None) -> float | None:
    """Return the share of test records that hold a label."""
    return None if label is None else len(test.holding(label)) / len(test)


def _unchanged(study: Study, name: str) -> float | None:
    """Return the share of the judged records that an erasing signal leaves as they are."""
    import numpy as np

    from criticalmass.data.records import rows_differ
    from criticalmass.strategies.marking import Marking

    strategy = study.strategy(name)
    if "erased" not in study.measures_of(name) or not isinstance(strategy, Marking):
        return None
    judged = study.judged.features
    rng = np.random.default_rng(0)
    erased = strategy.signal.apply(judged, population=study.population, rng=rng)
    return 1 - float(rows_differ(judged, erased).mean())
