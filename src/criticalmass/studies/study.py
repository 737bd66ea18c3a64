"""`Study`: a population, a learner, strategies and where to try them; everything a trial needs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from criticalmass import moved
from criticalmass.curves import FittedSuccess
from criticalmass.curves.curve import checked_target
from criticalmass.data.aligning import aligned, unlabelled
from criticalmass.data.population import Population
from criticalmass.errors import ParameterError, StudyError, require_choice
from criticalmass.fields import check_fields, hint
from criticalmass.incentives import Incentives
from criticalmass.learners.adopted import learner_of
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.learners.learner import Learner, Trains
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.fitting import fit
from criticalmass.measures.known import MEASURES, STEERED
from criticalmass.measures.measure import Measure
from criticalmass.measures.real_curve import RealCurve
from criticalmass.measures.scale import SHARES, Scale, scale_of
from criticalmass.signals.signal import MarksWithToken
from criticalmass.signals.tokens import TokenReading, marks_lost, rare_tokens, read_token
from criticalmass.strategies.adopted import strategy_of
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.reference import with_reference_of
from criticalmass.strategies.strategy import Recruits, Strategy
from criticalmass.strategies.target_label import with_label_of
from criticalmass.studies.adaptive import Adaptive
from criticalmass.studies.identity.describe import describe, digest
from criticalmass.studies.judging import check_measures, described, fits, named, target_of
from criticalmass.studies.placement import Placement, Point, Search, Tried
from criticalmass.studies.rehearsal import rehearse
from criticalmass.studies.trial import Row, Trial

_MAKERS = "Population.from_table, Population.from_texts and Population.from_arrays"
SCHEME = 2
"""Version of the way trials are computed; a change that alters rows raises it."""
OWN_DRAWS = 1
"""The version in which each learner's trials draw members of their own; old stores keep to it."""
SCHEMES = (OWN_DRAWS, SCHEME)
"""Every version by which trials can be computed."""

_DRAWN_BY = ("scheme", "population", "strategies", "alpha", "repetition", "seed")
"""What a trial's members and seeds hang on; the learner, test records and measures are not in it.
Each α has a draw of its own: the members of a smaller collective need not be in a larger one."""


@dataclass(frozen=True, eq=False)
class Study:
    """A study of one question: how does success depend on the size of the collective?

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
        Success measures: names (`criticalmass.measures.MEASURES`) or measures of your own; the
        first that fits a strategy is its headline. By default what fits the strategies:
        ``included`` (with sets of labels also ``top1``) where they have a target label, ``erased``
        where they have none.
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
    scheme
        Version of the rule that random draws follow. With 2, the members and seeds of a trial hang
        on population, strategy, share, repetition and seed, so studies that differ in their
        learners alone compare them on the same members. With 1, they hang on all that names the
        trial; `run` turns to it where a folder's store was begun so.
    resampled
        Whether every trial draws a population of its own, of the same size, from the records with
        replacement, and members from that: the question is then asked of populations like this
        one, not of these records alone. The learner is prepared anew in every trial.
    marked
        Records that success is measured on in place of the test records, which still measure the
        models' quality. Their labels are not looked at: give each any one of the population's,
        with its ``label_names``, where nobody knows them. The firm should not train on them.

    Raises
    ------
    StudyError, ParameterError, DataError
        If a field holds what it cannot, or the fields do not fit each other. `check` tries more.

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
    learner: Trains = field(
        metadata=hint(
            "a classifier of scikit-learn goes into ScikitLearner, as in "
            "ScikitLearner(LogisticRegression())"
        )
    )
    strategies: Mapping[str, Recruits] = field(
        metadata=hint('give each a name, as in {"mark": FeatureLabel(InsertToken("~"), "cook")}')
    )
    placement: Placement = field(
        default_factory=Adaptive,
        metadata=hint("it has shares(search) and next_block(search, tried): docs/running.md"),
    )
    measures: tuple[str | Measure, ...] = field(
        default=(), metadata=hint('one measure is ("included",)')
    )
    target: float = 0.9
    incentives: Incentives | None = None
    seed: int = 0
    name: str = "study"
    source: str = field(default="", repr=False)
    scheme: int = SCHEME
    resampled: bool = False
    marked: Population | None = field(
        default=None, metadata=hint("its labels are not looked at; any will do")
    )

    def __post_init__(self) -> None:
        check_fields(self)
        checked_target(self.target)
        if self.scheme not in SCHEMES:
            known = " or ".join(map(str, SCHEMES))
            raise StudyError(f"the scheme of a study is {known}, not {self.scheme}")
        if not self.strategies:
            raise StudyError("a study needs at least one strategy")
        train, test = aligned(self.population, self.test)
        object.__setattr__(self, "population", train)
        object.__setattr__(self, "test", test)
        if self.marked is not None:
            object.__setattr__(self, "marked", unlabelled(train, self.marked))
        called = {
            name: with_reference_of(train, with_label_of(train, part))
            for name, part in self.strategies.items()
        }
        object.__setattr__(self, "strategies", called)
        if not self.measures:
            object.__setattr__(self, "measures", self._fitting_measures())
        object.__setattr__(self, "measures", tuple(map(named, self.measures)))
        check_measures(self.measures, self.target)
        for name in self.strategies:
            if not self.measures_of(name):
                fitting = " or ".join(self.strategy(name).judged_by(label_sets=True))
                raise StudyError(f"strategy {name!r} needs the success measure {fitting}")
        if self.marked is not None and set(self.judges) <= set(STEERED):
            raise StudyError(
                "marked records are for success measures of records; "
                f"{' and '.join(self.judges)} judge the model's parameters: leave them out"
            )
        for name in self.strategies:
            if self.resampled and not isinstance(self.strategy(name), Marking):
                raise StudyError(
                    f"strategy {name!r} aims at parameters of the model of these very records; "
                    "leave out resampled, or mark records: feature-label, feature-only or erase"
                )
            headline = self.measures_of(name)[0]
            if self.incentives is not None and not MeasureFacts.of(self.measure(headline)).is_share:
                raise StudyError(
                    f"incentives take success for a share, from 0 to 1, and {headline!r}, the "
                    f"first measure of strategy {name!r}, gives none: name another before it"
                )
        describe(self.learner, "learner")  # or its trials could not be named
        descriptions = [
            digest(describe(strategy, f"strategies.{name}"))
            for name, strategy in self.strategies.items()
        ]
        if len(set(descriptions)) < len(descriptions):
            raise StudyError("two of the strategies are the same; each needs to differ")

    @property
    def judged(self) -> Population:
        """The records that success is measured on: ``marked`` if there are any, else ``test``."""
        return self.test if self.marked is None else self.marked

    @cached_property
    def firm(self) -> Learner:
        """The learner, with all that it can do declared."""
        return learner_of(self.learner)

    @property
    def at_once(self) -> int:
        """How many trials are trained together: none where each has a population of its own."""
        return 1 if self.resampled else self.firm.at_once

    def strategy(self, name: str) -> Strategy:
        """Return a strategy, with its kind and all that it can do declared."""
        return strategy_of(self.strategies[name])

    @cached_property
    def judges(self) -> dict[str, Measure]:
        """The study's measures by name, the headline first."""
        return {
            measure.name: measure
            for measure in (MEASURES[m] if isinstance(m, str) else m for m in self.measures)
        }

    def measure(self, name: str) -> Measure:
        """Return one of the study's measures."""
        return self.judges[name]

    def measures_of(self, strategy: str) -> tuple[str, ...]:
        """Return the names of the study's measures that make sense for a strategy."""
        followed = self.strategy(strategy)
        asked = followed.judged_by(label_sets=True)
        return tuple(
            name
            for name, measure in self.judges.items()
            if name in asked or fits(measure, followed)
        )

    def _fitting_measures(self) -> tuple[str, ...]:
        sets = self.population.label_sets
        fitting = {
            measure
            for name in self.strategies
            for measure in self.strategy(name).judged_by(label_sets=sets)
        }
        for measure in fitting:
            require_choice("success measure", measure, MEASURES)
        return tuple(sorted(fitting, key=list(MEASURES).index))

    def check(self) -> None:
        """Do on a small scale what trials will do; what cannot work then fails before the start.

        `run` and `read_study` call it. Nothing is trained.

        Raises
        ------
        StudyError, ParameterError, DataError
            If the study could not be run as it stands.
        """
        _ = self._rehearsed

    @cached_property
    def _rehearsed(self) -> bool:
        """Rehearse once, however often it is asked for."""
        rehearse(
            {name: self.strategy(name) for name in self.strategies},
            self.firm,
            self.population,
            self.test,
            self.marked,
            lambda name: self.placement.shares(self.search(name)),
        )
        return True

    @cached_property
    def identity(self) -> dict[str, Any]:
        """All that decides the trials' rows, apart from where they are placed, in JSON's types."""
        asked_later: dict[str, Any] = {}  # where it is not asked, trials keep their keys
        if self.resampled:
            asked_later["resampled"] = True
        if self.marked is not None:
            asked_later["marked"] = describe(self.marked)
        return {
            "scheme": self.scheme,
            "population": describe(self.population),
            "test": describe(self.test),
            "learner": describe(self.learner, "learner"),
            "strategies": {
                name: describe(s, f"strategies.{name}") for name, s in self.strategies.items()
            },
            "measures": [described(measure) for measure in self.measures],
            "seed": self.seed,
            **asked_later,
        }

    def next_trials(
        self, strategy: str, rows: Sequence[Sequence[Row]], guess: FirstGuess | None = None
    ) -> list[Trial]:
        """Return the trials of a strategy that follow from the rows of those before them.

        Parameters
        ----------
        strategy
            Its name.
        rows
            The rows of its trials so far, block by block, as this method gave them.
        guess
            A first guess of its critical mass, around which a placement may begin.

        Returns
        -------
        list of Trial
            A block, the first with the reference (α = 0) at its head; empty at the end.
        """
        search = self.search(strategy)
        good = [row for block in rows for row in block if not row.error]
        scale = self._scale(good, search.measure)
        around = None
        if guess is not None and guess.people:
            around = guess.people / search.size
        target = scale.success(self._wanted(search.measure))
        search = replace(search, target=target, guess=around)
        tried = [
            [
                Tried(
                    row.asked,
                    row.repetition,
                    None if row.error else scale.outcome(row.alpha, row.results[search.measure]),
                )
                for row in block
            ]
            for block in rows
        ]
        points = self.placement.next_block(search, tried)
        placed = Counter((point.alpha, point.repetition) for block in tried for point in block)
        _check_block(points, placed, type(self.placement).__name__)
        reference = [] if rows else [(0.0, 0)]
        return [self.trial(strategy, alpha, again) for alpha, again in (*reference, *points)]

    def trials(self) -> list[Trial]:
        """Return the trials that are certain before any is run.

        Those are, for each strategy, its reference (α = 0) and the placement's first block: of a
        grid, everything.
        """
        return [trial for name in self.strategies for trial in self.next_trials(name, [])]

    def search(self, strategy: str) -> Search:
        """Return the search for the critical mass of a strategy, for its placement."""
        followed = self.strategy(strategy)
        (headline, *_) = self.measures_of(strategy)
        return Search(
            len(self.population),
            len(followed.candidates(self.population)),
            headline,
            self._scale((), headline).success(self._wanted(headline)),
            self._certain(strategy, headline),
        )

    def _certain(self, strategy: str, measure: str) -> float:
        """Return a share with which success is certain by a measure; infinite if none is."""
        certain = self.strategy(strategy).all_succeed and measure in MEASURES
        return 1.0 if certain else math.inf

    def _wanted(self, measure: str) -> float:
        """Return what is wanted by a measure, in its own unit."""
        return target_of(MeasureFacts.of(self.measure(measure)), self.target)

    def _scale(self, rows: Sequence[Row], measure: str) -> Scale:
        """Return the scale on which rows lie by a measure."""
        results = [row.results[measure] for row in rows]
        return scale_of(MeasureFacts.of(self.measure(measure)), results, self._wanted(measure))

    def curve(
        self, rows: Iterable[Row], strategy: str | None = None, measure: str | None = None
    ) -> FittedSuccess:
        """Return the success curve of one strategy, fitted to the rows of its trials.

        What speaks against it is said by `criticalmass.words.answers_in_words`.

        Parameters
        ----------
        rows
            The study's rows, as `run` returns them. Those of other strategies, and of trials that
            failed, are left out.
        strategy
            Its name; may be left out where the study has one only.
        measure
            One of the strategy's success measures; by default the first, its headline.

        Returns
        -------
        FittedCurve, RepeatedCurve or RealCurve
            The curve that the study's report shows: a RepeatedCurve where a model is steered, and
            one in the measure's own unit where that gives real numbers, or lower is better.

        Raises
        ------
        ParameterError
            If there is no such strategy or measure, or several strategies to choose from, or too
            few sizes of collective have been tried.

        Examples
        --------
        >>> import tempfile
        >>> from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, run
        >>> from criticalmass.datasets import synthetic_resumes
        >>> train, test = synthetic_resumes(300).split(test=100, seed=0)
        >>> strategies = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
        >>> study = Study(train, test, LinearText(), strategies, Grid((0.02, 0.1, 0.3)))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     curve = study.curve(run(study, folder))
        >>> curve.critical_mass(0.9).reached
        True
        """
        if strategy is None:
            if len(self.strategies) > 1:
                raise ParameterError(
                    "the study has several strategies, with a curve each; name one of "
                    + ", ".join(self.strategies)
                )
            (strategy,) = self.strategies
        require_choice("strategy", strategy, self.strategies)
        measures = self.measures_of(strategy)
        measure = measures[0] if measure is None else measure
        require_choice(f"success measure of strategy {strategy!r}", measure, measures)

        good = [row for row in rows if row.strategy == strategy and not row.error]
        if any(measure not in row.results for row in good):
            raise ParameterError(f"these rows are of another study: they lack {measure!r}")
        search = self.search(strategy)
        largest = search.recruitable / search.size
        scale = self._scale(good, measure)
        curve = fit(
            [scale.outcome(row.alpha, row.results[measure]) for row in good],
            measure,
            largest,
            certain=self._certain(strategy, measure),
            resampled=self.resampled,
        )
        if curve is None:
            sizes = len({row.members for row in good if row.members})
            raise ParameterError(
                f"too few trials of strategy {strategy!r} for a curve: it takes two sizes of "
                f"collective{', each tried twice' if measure in STEERED else ''}, and there are "
                f"results of {sizes}"
            )
        if scale == SHARES:
            return curve
        return RealCurve(curve, scale, self.measure(measure).limits)

    def trial(self, strategy: str, alpha: float, repetition: int = 0) -> Trial:
        """Return one trial of a named strategy."""
        require_choice("strategy", strategy, self.strategies)
        spec = {
            **self.identity,
            "strategies": self.identity["strategies"][strategy],
            "alpha": alpha,
            "repetition": repetition,
        }
        key = digest(spec)
        if self.scheme == OWN_DRAWS:
            return Trial(key, strategy, alpha, repetition, draws=key)
        common = {name: spec[name] for name in _DRAWN_BY}
        return Trial(key, strategy, alpha, repetition, draws=digest(common))

    def facts(self) -> Any:
        """Return `facts_of` this study: the old name of that, which goes with the next release."""
        return moved.old_method(self, "facts", "studies.facts.facts_of")

    @cached_property
    def doubts(self) -> dict[str, list[str]]:
        """What speaks against the strategies' tokens, in sentences, by strategy."""
        return {name: self._doubts(name) for name in self.strategies}

    @cached_property
    def unseen(self) -> dict[str, str]:
        """The tokens that the firm's model does not see in any text, by strategy."""
        return {
            name: reading.token
            for name, (reading, lost) in self._readings.items()
            if reading.unseen or lost == 1
        }

    @cached_property
    def _readings(self) -> dict[str, tuple[TokenReading, float]]:
        """What the firm makes of each token, and the share of texts that lose every mark."""
        tokenizer, length = self.firm.tokenizer, self.firm.max_length
        found: dict[str, tuple[TokenReading, float]] = {}
        for name in self.strategies if tokenizer is not None else ():
            strategy = self.strategy(name)
            if isinstance(strategy, Marking) and isinstance(strategy.signal, MarksWithToken):
                reading = read_token(strategy.signal.token, self.population, tokenizer)
                lost = 0.0
                if length is not None and not reading.unseen:
                    lost = marks_lost(strategy.signal, self.judged, tokenizer, length)
                found[name] = reading, lost
        return found

    def _doubts(self, name: str) -> list[str]:
        if name not in self._readings:
            return []
        reading, lost = self._readings[name]
        doubts = reading.doubts()
        if reading.unseen and (others := rare_tokens(self.population, self.firm.tokenizer, 1)):
            doubts = [f"{doubts[0]} Put a mark in its place that it sees, such as “{others[0]}”."]
        if lost > 0:
            doubts.append(
                f"{100 * lost:.3g}% of the texts lose every mark: the model reads the first "
                f"{self.firm.max_length} tokens. Mark more often, or earlier, or let it read more."
            )
        return doubts


def _check_block(points: object, placed: Counter[Point], placement: str) -> None:
    """Raise `StudyError` for a block of points that could not be run, or not for the first time.

    Points that were tried before would be tried for ever.
    """
    if not isinstance(points, list | tuple):
        raise StudyError(
            f"{placement} placed {points!r}; next_block returns a list of points, empty at the end"
        )
    for point in points:
        match point:
            case (int() | float() as alpha, int()):
                if not 0 < alpha <= 1:
                    raise StudyError(f"{placement} placed a share of {alpha:g}, which is no share")
            case _:
                raise StudyError(
                    f"{placement} placed {point!r}; a point is a share and a repetition, such as "
                    "(0.1, 0)"
                )
        placed[point] += 1
        if placed[point] > 1:
            raise StudyError(f"{placement} placed {point!r} twice; a point is tried once")
