"""`Bench`: runs trials, each a pure function of its spec.

The only place where population, strategy, learner and success meet.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from criticalmass.arrays import Rows
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population, members_at
from criticalmass.data.records import Features
from criticalmass.errors import DataError, StudyError, explain, first_line
from criticalmass.learners.learner import (
    Model,
    ParametricModel,
    Prepared,
    StepwiseLearner,
)
from criticalmass.measures.evaluation import Evaluation, predicted
from criticalmass.measures.numbers import mean_error
from criticalmass.measures.quality import quality
from criticalmass.strategies.marking import Marking
from criticalmass.strategies.steering.kinds import Aiming, Answers, Responding, Steering
from criticalmass.strategies.strategy import Strategy
from criticalmass.studies.identity.describe import stable_seed
from criticalmass.studies.running.marks import mark_of, with_marks
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial


class _Ground:
    """The records that trials train on, made ready, and others as models of them read these."""

    def __init__(self, study: Study, population: Population) -> None:
        self.population = population
        with threadpool_limits(1):
            self.prepared: Prepared = study.firm.prepare(population)
        self.test = self.prepared.encode(study.test.features)
        self.plain = self.test
        if study.marked is not None:
            self.plain = self.prepared.encode(study.marked.features)
        self._marked: dict[str, object] = {}

    def marked(self, key: str, features: Features) -> object:
        """Return records with the mark, encoded once for all trials of a signal."""
        if key not in self._marked:
            self._marked[key] = self.prepared.encode(features)
        return self._marked[key]


class Bench:
    """A study made ready to run trials in this process: what they share is computed once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._firm = study.firm
        self._marks: dict[str, Features] = {}
        self._numbers = study.population.holds == "numbers"
        if not study.resampled:
            _ = self._everyone

    @cached_property
    def _everyone(self) -> _Ground:
        """The study's own records."""
        return _Ground(self.study, self.study.population)

    @property
    def prepared(self) -> Prepared:
        """The study's own records, made ready by the learner."""
        return self._everyone.prepared

    @cached_property
    def _reference(self) -> NDArray[np.float64] | None:
        """A model's scores of unmarked test records without a collective; None if it fails.

        It is trained once for all trials of this process, before the first of them, and with a seed
        of its own: trials without a collective then say what training anew changes.
        """
        study = self.study
        try:
            with _watched():
                ground, seed = self._everyone, stable_seed(str(study.seed), "reference")
                model = self._firm.fit(ground.prepared, Edit.nothing(study.population), seed)
                return model.scores(ground.test)
        except Exception:  # trials fail likewise, and their rows say why
            return None

    def run(self, trial: Trial) -> Row:
        """Return the row of one trial; if it fails, the row says why."""
        _ = self._reference
        begun = time.perf_counter()
        row = self._empty(trial)
        try:
            with _watched() as caught:
                ground = self._ground(trial)
                row = self._recruitable(row, ground)
                model, changed = self._fit(trial, row, ground)
                row = self._measured(row, model, changed, ground)
        except Exception as error:
            return replace(row, error=explain(error), seconds=time.perf_counter() - begun)
        return replace(row, warning=_in_one_line(caught), seconds=time.perf_counter() - begun)

    def run_many(self, trials: Sequence[Trial]) -> Iterator[Row]:
        """Return the rows of trials, trained together as the learner can; they are those of `run`.

        The seconds of trials that were trained together are shared among them.
        """
        together = self.study.at_once
        for begin in range(0, len(trials), together):
            yield from self._together(trials[begin : begin + together])

    def _together(self, trials: Sequence[Trial]) -> list[Row]:
        if len(trials) == 1:
            return [self.run(trial) for trial in trials]
        _ = self._reference
        begun = time.perf_counter()
        rows = [self._empty(trial) for trial in trials]
        try:
            with _watched() as caught:
                ground = self._everyone
                edits = [
                    self._edit(trial, row, ground) for trial, row in zip(trials, rows, strict=True)
                ]
                models = self._firm.fit_many(ground.prepared, edits, [row.seed for row in rows])
                rows = [
                    self._measured(row, model, len(edit.rows), ground)
                    for row, model, edit in zip(rows, models, edits, strict=True)
                ]
        except Exception:
            caught = []
            rows = []
        if caught or not rows:  # one of them is to blame: alone it is seen which
            return [self.run(trial) for trial in trials]
        seconds = (time.perf_counter() - begun) / len(rows)
        return [replace(row, seconds=seconds) for row in rows]

    def planned(self, trial: Trial) -> tuple[Row, Edit]:
        """Return a trial's row without results, and the edit of its collective: nothing is trained.

        For who trains the model elsewhere. A study whose trials draw populations of their own, or
        whose members answer the firm's steps, has no such edit.
        """
        row = self._empty(trial)
        return row, self._edit(trial, row, self._ground(trial))

    def measure(self, strategy: str, edit: Edit, seed: int = 0) -> Row:
        """Return the row of a training run with an edit that is given rather than drawn.

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
        _ = self._reference
        begun = time.perf_counter()
        members, size = len(edit.members), len(self.study.population)
        row = Row("", strategy, members / size, 0, members / size, members, seed=seed)
        with _watched() as caught:
            model = self._firm.fit(self.prepared, edit, seed)
            row = self._measured(row, model, len(edit.rows), self._everyone)
        return replace(row, warning=_in_one_line(caught), seconds=time.perf_counter() - begun)

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

    def _ground(self, trial: Trial) -> _Ground:
        """Return the records that a trial trains on: the study's, or its own drawn from them."""
        if not self.study.resampled:
            return self._everyone
        records = self.study.population
        rng = np.random.default_rng(trial.seed("population"))
        drawn = records.take(np.sort(rng.integers(len(records), size=len(records))))
        return _Ground(self.study, drawn)

    def _recruitable(self, row: Row, ground: _Ground) -> Row:
        """Return the row of a collective that a population drawn for it can have."""
        if not self.study.resampled or not row.members:
            return row
        candidates = self.study.strategy(row.strategy).candidates(ground.population)
        members = min(row.members, len(candidates))
        return replace(row, members=members, alpha=members / len(ground.population))

    def _measured(self, row: Row, model: Model, changed: int, ground: _Ground) -> Row:
        """Return the row with a model's successes and quality."""
        study = self.study
        strategy = study.strategy(row.strategy)
        unmarked = model.scores(ground.test)
        plain = unmarked if study.marked is None else model.scores(ground.plain)
        marked = plain
        if isinstance(strategy, Marking):
            marked = model.scores(self._with_marks(strategy, ground))
        for scores, records in (
            (unmarked, study.test),
            (plain, study.judged),
            (marked, study.judged),
        ):
            expected = (len(records), len(records.label_names))
            if scores.shape != expected:
                raise DataError(
                    f"the model's scores are of shape {scores.shape}; one row per test record and "
                    f"one column per label make {expected}"
                )
            if np.isnan(scores).any() and not self._numbers:
                raise DataError("the model's scores are not numbers")
        evaluation = self._evaluation(strategy, model, marked, plain)
        return replace(
            self._quality(row, unmarked),
            changed=changed,
            n=len(study.judged),
            results={
                name: study.measure(name).result(evaluation)
                for name in study.measures_of(row.strategy)
            },
            otherwise=self._otherwise(strategy, unmarked),
        )

    def _evaluation(
        self,
        strategy: Strategy,
        model: Model,
        marked: NDArray[np.float64],
        plain: NDArray[np.float64],
    ) -> Evaluation:
        """Return one model as the measures judge it."""
        study, label = self.study, strategy.target_label
        known = study.test if study.marked is None else None
        return Evaluation(
            marked=_read_only(marked),
            plain=_read_only(plain),
            target=None if label is None else study.population.label_index(label),
            label_sets=study.test.label_sets,
            wanted_number=strategy.wanted_number,
            held=None if known is None or self._numbers else known.held,
            values=known.values if known is not None and self._numbers else None,
            parameters=model.parameters if isinstance(model, ParametricModel) else None,
            steered=self._share(strategy, model) if isinstance(strategy, Aiming) else None,
        )

    def _quality(self, row: Row, unmarked: NDArray[np.float64]) -> Row:
        """Return the row with how well the model does on unmarked test records."""
        test = self.study.test
        if self._numbers:
            return replace(row, mean_error=mean_error(unmarked[:, 0], test.values))
        found = quality(unmarked, test.held, label_sets=test.label_sets)
        return replace(row, accuracy=found.accuracy, precision=found.precision, recall=found.recall)

    def _otherwise(self, strategy: Strategy, unmarked: NDArray[np.float64]) -> float:
        """Return the share of unmarked test records that are predicted unlike the reference's."""
        reference, wanted = self._reference, strategy.wanted_number
        if reference is None:
            return float("nan")
        if wanted is not None:
            return float(wanted.differs(unmarked[:, 0], reference[:, 0]).mean())
        sets = self.study.test.label_sets
        others = predicted(unmarked, label_sets=sets) != predicted(reference, label_sets=sets)
        return float(others.any(axis=1).mean())

    def _share(self, strategy: Aiming, model: Model) -> float:
        """Return the share of the way, or of the gain, that a model's parameters give."""
        if not isinstance(model, ParametricModel):
            raise StudyError(f"{type(model).__name__} has no parameters that could be steered")
        return strategy.aim(self.study.population).share(model.parameters)

    def _fit(self, trial: Trial, row: Row, ground: _Ground) -> tuple[Model, int]:
        """Return the firm's trained model, and how many records changed."""
        strategy = self.study.strategy(trial.strategy)
        if trial.alpha > 0 and isinstance(strategy, Responding):
            return self._answered(strategy, self._members(trial, row, ground), row)
        edit = self._edit(trial, row, ground)
        return self._firm.fit(ground.prepared, edit, row.seed), len(edit.rows)

    def _answered(self, strategy: Responding, members: Rows, row: Row) -> tuple[Model, int]:
        """Return the model of a firm whose every step these members answer."""
        firm = self._firm
        if not isinstance(firm, StepwiseLearner):
            raise StudyError(f"{type(firm).__name__} shows nobody its steps")
        answers = strategy.respond(self.study.population, members, learning_rate=firm.learning_rate)
        model = firm.descend(self.prepared, members, answers, row.seed)
        if isinstance(answers, Answers) and (missed := answers.explain(model.path)):
            warnings.warn(missed, stacklevel=1)  # caught in `run`: the row tells it
        return model, len(members)

    def _edit(self, trial: Trial, row: Row, ground: _Ground) -> Edit:
        """Return the edit of a trial's collective."""
        population, strategy = ground.population, self.study.strategy(trial.strategy)
        if trial.alpha == 0:
            return Edit.nothing(population)
        if not isinstance(strategy, Marking | Steering):
            raise StudyError(f"{type(strategy).__name__} changes no records before training")
        rng = np.random.default_rng(trial.seed("edit"))
        return strategy.edit(population, self._members(trial, row, ground), rng)

    def _members(self, trial: Trial, row: Row, ground: _Ground) -> Rows:
        """Return the rows of the people whom a trial draws."""
        return ground.population.draw(
            row.members,
            rng=np.random.default_rng(trial.seed("members")),
            among=self.study.strategy(trial.strategy).candidates(ground.population),
        )

    def _with_marks(self, strategy: Marking, ground: _Ground) -> object:
        """Return what success is measured on, marked once: all trials of a signal share it."""
        key = mark_of(self.study, strategy)
        if key not in self._marks:
            self._marks[key] = with_marks(self.study, strategy)
        return ground.marked(key, self._marks[key])


def _read_only(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores that no measure can change for those after it."""
    view = scores.view()
    view.flags.writeable = False
    return view


@contextmanager
def _watched() -> Iterator[list[warnings.WarningMessage]]:
    """Compute in one thread, and collect warnings.

    Sums are then added in one order, so every machine gets the same row.
    """
    with threadpool_limits(1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def _in_one_line(caught: Sequence[warnings.WarningMessage]) -> str:
    """Return warnings in one line, each once."""
    return "; ".join(sorted({first_line(warning.message) for warning in caught}))
