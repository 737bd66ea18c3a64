"""Running a trial: one training run, a pure function of its spec.

The only place where population, strategy, learner and success meet.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from criticalmass.curves import Outcome
from criticalmass.data.edit import Edit
from criticalmass.data.population import members_at
from criticalmass.errors import DataError, first_line
from criticalmass.measures.measure import MEASURES, STEERED, Evaluation, applicable, quality
from criticalmass.studies.identity.describe import describe, digest, stable_seed
from criticalmass.studies.study import Study, Trial


@dataclass(frozen=True)
class Row:
    """What one trial gave.

    Parameters
    ----------
    key, strategy, asked, repetition
        The trial's spec; ``asked`` is its α as placed.
    alpha
        The realised share: members over the population's size.
    members
        How many people joined.
    changed
        How many of their records really changed.
    seed
        Seed of the learner.
    n
        Number of marked test records.
    successes
        How many of them succeeded, by measure.
    shares
        For measures of the model's parameters: the share of what was wanted, by measure.
    accuracy, precision, recall
        The model's quality on unmarked test records.
    seconds
        Wall time of the trial.
    warning
        What libraries warned of while it ran, and what members could not send; empty if nothing.
    error
        Why the trial failed; empty if it did not. A failed row has no results.
    """

    key: str
    strategy: str
    asked: float
    repetition: int
    alpha: float
    members: int
    changed: int = 0
    seed: int = 0
    n: int = 0
    successes: dict[str, int] = field(default_factory=dict)
    accuracy: float = float("nan")
    precision: float = float("nan")
    recall: float = float("nan")
    seconds: float = float("nan")
    warning: str = ""
    error: str = ""
    shares: dict[str, float] = field(default_factory=dict)

    def rate(self, measure: str) -> float:
        """Return success by one measure, in [0, 1]."""
        return self.shares[measure] if measure in self.shares else self.outcome(measure).rate

    def outcome(self, measure: str) -> Outcome:
        """Return what the trial tells a curve."""
        if measure in self.shares:
            return Outcome(self.alpha, self.shares[measure], 1)
        return Outcome(self.alpha, self.successes[measure], self.n)

    def without_time(self) -> Row:
        """Return the row as it would be on any machine: without the seconds it took."""
        return replace(self, seconds=0.0)


class Bench:
    """A study made ready to run trials in this process: what they share is computed once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        with threadpool_limits(1):
            self.prepared: Any = study.learner.prepare(study.population)
        self._plain: Any = self.prepared.encode(study.test.features)
        self._marked: dict[str, Any] = {}

    def run(self, trial: Trial) -> Row:
        """Run one trial; whatever goes wrong becomes a row that says why."""
        begun = time.perf_counter()
        row = self._empty(trial)
        try:
            with _watched() as caught:
                model, changed = self._fit(trial, row)
                row = self._measured(row, model, changed)
        except Exception as error:
            return replace(row, error=explain(error), seconds=time.perf_counter() - begun)
        said = "; ".join(sorted({first_line(warning.message) for warning in caught}))
        return replace(row, warning=said, seconds=time.perf_counter() - begun)

    def run_many(self, trials: Sequence[Trial]) -> Iterator[Row]:
        """Run trials, as many at once as the learner trains together; the rows are those of `run`.

        The seconds of trials that were trained together are shared among them.
        """
        together = getattr(self.study.learner, "at_once", 1)
        for begin in range(0, len(trials), together):
            yield from self._together(trials[begin : begin + together])

    def _together(self, trials: Sequence[Trial]) -> list[Row]:
        learner: Any = self.study.learner
        if len(trials) == 1 or not hasattr(learner, "fit_many"):
            return [self.run(trial) for trial in trials]
        begun = time.perf_counter()
        rows = [self._empty(trial) for trial in trials]
        try:
            with _watched() as caught:
                edits = [self._edit(trial, row) for trial, row in zip(trials, rows, strict=True)]
                models = learner.fit_many(self.prepared, edits, [row.seed for row in rows])
                rows = [
                    self._measured(row, model, len(edit.rows))
                    for row, model, edit in zip(rows, models, edits, strict=True)
                ]
        except Exception:
            caught = []
            rows = []
        if caught or not rows:  # one of them is to blame: alone it is seen which
            return [self.run(trial) for trial in trials]
        seconds = (time.perf_counter() - begun) / len(rows)
        return [replace(row, seconds=seconds) for row in rows]

    def measure(self, strategy: str, edit: Edit, seed: int = 0) -> Row:
        """Train with an edit that is given rather than drawn; returns what came of it.

        Parameters
        ----------
        strategy
            Whose success is measured.
        edit
            What the firm's data becomes.
        seed
            Seed of the learner.

        Raises
        ------
        Exception
            Whatever the learner raises.
        """
        begun = time.perf_counter()
        members, size = len(edit.members), len(self.study.population)
        row = Row("", strategy, members / size, 0, members / size, members, seed=seed)
        with _watched() as caught:
            model = self.study.learner.fit(self.prepared, edit, seed)
            row = self._measured(row, model, len(edit.rows))
        said = "; ".join(sorted({first_line(warning.message) for warning in caught}))
        return replace(row, warning=said, seconds=time.perf_counter() - begun)

    def _empty(self, trial: Trial) -> Row:
        """Return a row without results."""
        size = members_at(trial.alpha, len(self.study.population))
        return Row(
            key=trial.key,
            strategy=trial.strategy,
            asked=trial.alpha,
            repetition=trial.repetition,
            alpha=size / len(self.study.population),
            members=size,
            seed=trial.seed("learner"),
        )

    def _measured(self, row: Row, model: Any, changed: int) -> Row:
        """Return the row with what a model gives."""
        study = self.study
        strategy: Any = study.strategies[row.strategy]
        label_sets = study.test.label_sets
        plain = model.scores(self._plain)
        marked = plain
        if hasattr(strategy, "signal"):
            marked = model.scores(self._marked_test(row.strategy))
        if np.isnan(marked).any() or np.isnan(plain).any():
            raise DataError("the model's scores are not numbers")
        wanted = strategy.target_label
        evaluation = Evaluation(
            marked=marked,
            plain=plain,
            target=None if wanted is None else study.population.label_index(wanted),
            label_sets=label_sets,
        )
        said = quality(plain, study.test.labels, label_sets=label_sets)
        measures = applicable(study.measures, strategy)
        return replace(
            row,
            changed=changed,
            n=len(study.test),
            successes={
                name: int(MEASURES[name](evaluation).sum()) for name in measures if name in MEASURES
            },
            shares={
                name: strategy.aim(study.population).share(model.parameters)
                for name in measures
                if name in STEERED
            },
            accuracy=said.accuracy,
            precision=said.precision,
            recall=said.recall,
        )

    def _fit(self, trial: Trial, row: Row) -> tuple[Any, int]:
        """Train the firm's model; returns it and how many records changed."""
        learner: Any = self.study.learner
        strategy: Any = self.study.strategies[trial.strategy]
        if trial.alpha == 0 or not hasattr(strategy, "respond"):
            edit = self._edit(trial, row)
            return learner.fit(self.prepared, edit, row.seed), len(edit.rows)
        members = self._members(trial, row)
        answer = strategy.respond(
            self.study.population, members, learning_rate=learner.learning_rate
        )
        model = learner.descend(self.prepared, members, answer, row.seed)
        if hasattr(answer, "explain") and (missed := answer.explain(model.path)):
            warnings.warn(missed, stacklevel=1)  # caught in `run`: the row tells it
        return model, len(members)

    def _edit(self, trial: Trial, row: Row) -> Edit:
        """Return what the collective of a trial changes."""
        strategy: Any = self.study.strategies[trial.strategy]
        if trial.alpha == 0:
            return Edit.nothing(self.study.population)
        rng = np.random.default_rng(trial.seed("edit"))
        edit: Edit = strategy.edit(self.study.population, self._members(trial, row), rng)
        return edit

    def _members(self, trial: Trial, row: Row) -> NDArray[np.intp]:
        strategy = self.study.strategies[trial.strategy]
        return self.study.population.draw(
            row.members,
            rng=np.random.default_rng(trial.seed("members")),
            among=strategy.candidates(self.study.population),
        )

    def _marked_test(self, name: str) -> Any:
        """Return the marked test records, made once: all trials of a signal share them."""
        strategy: Any = self.study.strategies[name]
        signal = strategy.signal
        key = digest([describe(signal), self.study.seed])
        if key not in self._marked:
            marked = signal.apply(
                self.study.test.features,
                population=self.study.population,
                rng=np.random.default_rng(stable_seed(key, "test marks")),
            )
            self._marked[key] = self.prepared.encode(marked)
        return self._marked[key]


@contextmanager
def _watched() -> Iterator[list[warnings.WarningMessage]]:
    """Compute in one thread, and collect warnings.

    Sums are then added in one order, so that every machine gets the same row.
    """
    with threadpool_limits(1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def explain(error: BaseException) -> str:
    """Put an exception into one line."""
    first = first_line(error)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
