"""`Study`: a population, a learner, strategies and where to try them; everything a trial needs."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from criticalmass.curves.curve import checked_target
from criticalmass.data.aligning import aligned, with_gaps_of
from criticalmass.data.population import Population, members_at
from criticalmass.errors import ParameterError, StudyError, require_choice
from criticalmass.fields import check_fields, hint
from criticalmass.incentives import Incentives
from criticalmass.learners import Learner
from criticalmass.measures.measure import MEASURES, STEERED, applicable, judged_by
from criticalmass.signals.tokens import marks_lost, read_token
from criticalmass.strategies import Imperfect, Strategy
from criticalmass.studies.adaptive import Adaptive
from criticalmass.studies.facts import facts_of
from criticalmass.studies.identity.describe import describe, digest, stable_seed
from criticalmass.studies.placement import Placement, Search

if TYPE_CHECKING:
    from criticalmass.studies.trial import Row


def firm_of(learner: Learner) -> Any:
    """Return what a learner with parameters minimises or descends; None for other learners."""
    return getattr(learner, "risk", getattr(learner, "model", None))


def _called(strategy: Any, population: Population) -> Any:
    """Return a strategy whose target label is spelled as the population spells it."""
    if isinstance(strategy, Imperfect):
        inner = _called(strategy.strategy, population)
        return strategy if inner is strategy.strategy else replace(strategy, strategy=inner)
    wanted = strategy.target_label
    named = "target_label" in {field.name for field in fields(strategy)}
    if wanted is None or not named or wanted in population.label_names:
        return strategy
    found = population.label_names[population.label_index(wanted)]
    return replace(strategy, target_label=found)


_MAKERS = "Population.from_table, Population.from_texts and Population.from_arrays"
SCHEME = 1
"""Version of the way trials are computed; a change that alters rows raises it."""


@dataclass(frozen=True)
class Trial:
    """The spec of one training run; make it with `Study.trial`.

    Parameters
    ----------
    key
        SHA-256 of everything that decides its row.
    strategy
        Name of the strategy within the study.
    alpha
        Share of the population that is to join; 0 for the reference without a collective.
    repetition
        Number that tells trials at one α apart.
    """

    key: str
    strategy: str
    alpha: float
    repetition: int

    def seed(self, purpose: str) -> int:
        """Return the seed for one named purpose: a hash of the spec, never of an order of runs."""
        return stable_seed(self.key, purpose)


@dataclass(frozen=True, eq=False)
class Study:
    """One question: how does success depend on the size of the collective?

    Parameters
    ----------
    population
        The records that the firm trains on, of which members change theirs.
    test
        Records that success and the models' quality are measured on; made apart from the others,
        they are brought to their form (`criticalmass.data.aligning`).
    learner
        What the firm trains.
    strategies
        What collectives do, by name; each gets its own curve.
    placement
        Which shares α are tried, and how often: `Adaptive`, or a fixed `Grid`.
    measures
        Names of success measures (`criticalmass.measures.measure.MEASURES`); the first is the
        headline. By default what fits the strategies: ``included`` (with sets of labels also
        ``top1``) where they have a target label, ``erased`` where they have none.
    target
        The success S* whose critical mass is wanted.
    incentives
        What joining costs people, if that is asked: whether it pays is then in the report.
    seed
        Number that all randomness of the study derives from.
    name
        What to call the study.
    source
        The study file's text, if it came from one; reports show it.

    Raises
    ------
    StudyError, ParameterError, DataError
        If the study could not be run as it stands, before anything is trained.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, Grid, InsertToken, LinearText
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(300).split(test=100, seed=0)
    >>> study = Study(train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "Writer")},
    ...               Grid((0.05, 0.1), repetitions=1))
    >>> [trial.alpha for trial in study.trials()]
    [0.0, 0.05, 0.1]
    """

    population: Population = field(metadata=hint(f"{_MAKERS} make one"))
    test: Population = field(
        metadata=hint("`train, test = population.split(test=500, seed=0)` makes both")
    )
    learner: Learner = field(
        metadata=hint(
            "a classifier of scikit-learn goes into ScikitLearner, as in "
            "ScikitLearner(LogisticRegression())"
        )
    )
    strategies: Mapping[str, Strategy] = field(
        metadata=hint('give each a name, as in {"mark": FeatureLabel(InsertToken("~"), "cook")}')
    )
    placement: Placement = field(default_factory=Adaptive)
    measures: tuple[str, ...] = field(default=(), metadata=hint('one measure is ("included",)'))
    target: float = 0.9
    incentives: Incentives | None = None
    seed: int = 0
    name: str = "study"
    source: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_fields(self)
        checked_target(self.target)
        if not self.strategies:
            raise StudyError("a study needs at least one strategy")
        train, test = aligned(self.population, self.test)
        object.__setattr__(self, "population", train)
        object.__setattr__(self, "test", test)
        called = {name: _called(part, train) for name, part in self.strategies.items()}
        object.__setattr__(self, "strategies", called)
        if not self.measures:
            object.__setattr__(self, "measures", self._fitting_measures())
        for measure in self.measures:
            require_choice("success measure", measure, (*MEASURES, *STEERED))
        for name, strategy in self.strategies.items():
            if not applicable(self.measures, strategy):
                fitting = " or ".join(judged_by(strategy, label_sets=True))
                raise StudyError(f"strategy {name!r} needs the success measure {fitting}")
            self._can_be_steered(name, strategy)
        describe(self.learner, "learner")  # or its trials could not be named
        descriptions = [
            digest(describe(strategy, f"strategies.{name}"))
            for name, strategy in self.strategies.items()
        ]
        if len(set(descriptions)) < len(descriptions):
            raise StudyError("two of the strategies are the same; each needs to differ")
        self._rehearse()

    def _fitting_measures(self) -> tuple[str, ...]:
        sets = self.population.label_sets
        fitting = [judged_by(strategy, label_sets=sets) for strategy in self.strategies.values()]
        order = (*MEASURES, *STEERED)
        return tuple(sorted({name for names in fitting for name in names}, key=order.index))

    def _can_be_steered(self, name: str, strategy: Strategy) -> None:
        """Raise `StudyError` where a strategy needs a model with parameters, or one to watch."""
        if hasattr(strategy, "respond") and not hasattr(self.learner, "descend"):
            raise StudyError(
                f"strategy {name!r} answers the firm at every step: it needs the learner "
                "gradient-descent"
            )
        if hasattr(strategy, "respond"):
            for alpha in self.placement.shares(self._search(name)):
                cast(Any, strategy).pull(alpha, cast(Any, self.learner).learning_rate)
        if hasattr(strategy, "aim") and firm_of(self.learner) is None:
            raise StudyError(
                f"strategy {name!r} steers a model's parameters: it needs the learner "
                "risk-minimizer or gradient-descent"
            )

    def _rehearse(self) -> None:
        """Do in small what trials will do, so that what cannot work fails before it is begun."""
        n = len(self.population)
        for name, strategy in self.strategies.items():
            candidates = strategy.candidates(self.population)
            shares = sorted(self.placement.shares(self._search(name)))
            try:
                for alpha in shares:
                    rng = np.random.default_rng(0)
                    self.population.draw(members_at(alpha, n), rng=rng, among=candidates)
            except ParameterError as error:
                raise ParameterError(f"strategy {name!r}, alpha = {alpha:g}: {error}") from error
            if hasattr(strategy, "signal"):
                strategy.edit(self.population, candidates[:1], rng)
                strategy.signal.apply(self.test.features[:1], population=self.population, rng=rng)
        few = max(20, getattr(self.learner, "clients", None) or 0)
        self.learner.prepare(with_gaps_of(self.population, self.test, few))

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What decides the trials' rows, apart from where they are placed; in JSON's types."""
        return {
            "scheme": SCHEME,
            "population": describe(self.population),
            "test": describe(self.test),
            "learner": describe(self.learner, "learner"),
            "strategies": {
                name: describe(s, f"strategies.{name}") for name, s in self.strategies.items()
            },
            "measures": list(self.measures),
            "seed": self.seed,
        }

    def blocks(self, strategy: str) -> Generator[list[Trial], Sequence[Row], None]:
        """Yield a strategy's trials in blocks, its reference (α = 0) first; takes their rows."""
        search = self._search(strategy)
        placing = self.placement.blocks(search)
        points = [(0.0, 0), *next(placing)]
        with suppress(StopIteration):
            while True:
                rows = yield [self.trial(strategy, alpha, again) for alpha, again in points]
                points = placing.send(
                    [row.outcome(search.measure) for row in rows if not row.error]
                )

    def trials(self) -> list[Trial]:
        """Return the trials that are certain before any is run.

        Those are, for each strategy, its reference (α = 0) and the placement's first block: of a
        grid, everything.
        """
        return [trial for name in self.strategies for trial in next(self.blocks(name))]

    def _search(self, strategy: str) -> Search:
        """Return what the placement is to find for a strategy."""
        does = self.strategies[strategy]
        return Search(
            len(self.population),
            len(does.candidates(self.population)),
            applicable(self.measures, does)[0],
            self.target,
        )

    def trial(self, strategy: str, alpha: float, repetition: int = 0) -> Trial:
        """Return one trial of a named strategy."""
        require_choice("strategy", strategy, self.strategies)
        spec = {
            **self.identity,
            "strategies": self.identity["strategies"][strategy],
            "alpha": alpha,
            "repetition": repetition,
        }
        return Trial(digest(spec), strategy, alpha, repetition)

    @cached_property
    def doubts(self) -> dict[str, list[str]]:
        """What speaks against the strategies' tokens, in sentences, by strategy."""
        return {name: self._doubts(strategy) for name, strategy in self.strategies.items()}

    def _doubts(self, strategy: Strategy) -> list[str]:
        signal = getattr(strategy, "signal", None)
        tokenizer = getattr(self.learner, "tokenizer", None)
        if tokenizer is None or not hasattr(signal, "token"):
            return []
        said = read_token(cast(Any, signal).token, self.population, tokenizer).doubts()
        length = getattr(self.learner, "max_length", None)
        if length is not None:
            lost = marks_lost(signal, self.test, tokenizer, length)
            if lost > 0:
                said.append(
                    f"{100 * lost:.3g}% of the texts lose every mark: the model reads the first "
                    f"{length} tokens. Mark more often, or earlier, or let it read more."
                )
        return said

    def facts(self) -> dict[str, Any]:
        """Return what a report says about the study, in JSON's types."""
        return facts_of(self)
