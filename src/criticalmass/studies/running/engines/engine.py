"""What every engine has in common: packs of trials, and lost workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from criticalmass.data.population import members_at
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

LOSSES = 2
"""How often a trial that lost its worker is run again by itself before it counts as failed."""

RunTrials = Callable[[Sequence[Trial]], Generator[Row, None, None]]
"""Runs trials and yields their rows as they arrive, in any order."""

Pack = tuple[Trial, ...]
"""Trials that one call of a worker runs, together where the learner can."""


@runtime_checkable
class Engine(Protocol):
    """A place where trials run."""

    def open(self, study: Study) -> AbstractContextManager[RunTrials]:
        """Make ready to run trials of a study; nothing is started before the first is asked for."""
        ...


def packs(study: Study, trials: Sequence[Trial], workers: int) -> list[Pack]:
    """Return trials in packs for workers: as many as the learner trains at once, none idle.

    Trials of one strategy stay together because they have most in common.
    """
    together = study.at_once
    size = max(1, min(together, -(-len(trials) // workers)))
    return [tuple(trials[i : i + size]) for i in range(0, len(trials), size)]


class Losses:
    """A count of how often each trial lost its worker."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._times: Counter[str] = Counter()

    def after(self, pack: Pack, why: str) -> tuple[list[Pack], list[Row]]:
        """Return which of a lost pack's trials to try again, each alone, and rows of the others."""
        self._times.update(trial.key for trial in pack)
        again: list[Pack] = [(trial,) for trial in pack if self._times[trial.key] <= LOSSES]
        failed = [self._row(t, why) for t in pack if self._times[t.key] > LOSSES]
        return again, failed

    def _row(self, trial: Trial, why: str) -> Row:
        n = len(self._study.population)
        size = members_at(trial.alpha, n)
        return Row(
            trial.key,
            trial.strategy,
            trial.alpha,
            trial.repetition,
            size / n,
            size,
            seed=trial.seed("learner"),
            error=f"its worker was lost {LOSSES + 1} times ({why})",
        )
