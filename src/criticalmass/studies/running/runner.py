"""Running a study: the trials that its store does not have, wherever they are to run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from criticalmass.errors import ParameterError, StudyError, StudyWarning
from criticalmass.fields import check_value
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.studies.identity.own_code import changed_code
from criticalmass.studies.running.engines import Engine, Here, Pool, Through
from criticalmass.studies.running.engines.executor import Submits
from criticalmass.studies.running.engines.pool import check_jobs
from criticalmass.studies.running.guessing import first_guesses
from criticalmass.studies.running.marks import marked
from criticalmass.studies.running.notebook_bar import notebook_bar
from criticalmass.studies.store.sqlite import FILE
from criticalmass.studies.store.store import Store
from criticalmass.studies.study import SCHEMES, Study
from criticalmass.studies.trial import Row, Trial

Watch = Callable[[int, int, Row | None], None]
Guesses = Mapping[str, FirstGuess]


def run(
    study: Study,
    folder: str | Path,
    *,
    jobs: int = 1,
    engine: Engine | Executor | None = None,
    watch: Watch | None = None,
    guessed: Callable[[Guesses], None] | None = None,
) -> list[Row]:
    """Run the trials that a study's store lacks, and return all rows.

    Trials that failed before are tried again. Rows do not depend on where trials run, nor on how
    often the study was stopped: each block of trials follows from the rows of those before it.

    Parameters
    ----------
    study
        What to run.
    folder
        Where the store is, or is to be made. A store of an earlier version goes on by the rule of
        draws that it was begun with (``Study.scheme``).
    jobs
        Number of processes; with 1, trials run in this one.
    engine
        Where trials run, in place of ``jobs``: one of `criticalmass.studies.running.engines`, or an
        executor of `concurrent.futures`' shape.
    watch
        Called as ``watch(done, total, row)`` at the start (with None) and after each trial; a study
        that places its trials as it goes has more in total after each block. By default a notebook
        shows a bar, and a script nothing.
    guessed
        Called before the trials begin, with the first guesses by strategy that placement begins
        around (`criticalmass.studies.first_guesses`), if there are any. A store keeps them; one
        that was begun without them goes on without.

    Returns
    -------
    list of Row
        All rows of the study's trials, old and new.

    Raises
    ------
    StoreError
        If the folder holds another study's store, a damaged one, or one that another process is
        writing to.
    StudyError
        If the engine cannot be got, or is lost; or if no trial of a collective gave a result, with
        the first reason: all rows are in the store, and the next run tries the failed ones again.

    Warns
    -----
    StudyWarning
        If all trials of a strategy failed, and not those of another; or if the code of a class of
        your own has changed since some of the trials were run.
    """
    if not isinstance(study, Study):
        raise ParameterError(f"run takes a Study; read_study makes one of a file, as of {study!r}")
    where = _engine(jobs, engine)
    with ExitStack() as stack:
        watch = watch or stack.enter_context(notebook_bar())
        new = not (Path(folder) / FILE).exists()
        if not new:
            study = _as_begun(study, folder)
        study.check()
        if new:
            _keep(study)
        facts = facts_of(study)
        answered = not new and _answered(folder, facts)
        if not new and not answered:
            _keep(study)
        run_trials = stack.enter_context(where.open(study)) if new else None  # or make no store
        guesses = _guesses(study) if new else {}
        store = stack.enter_context(Store.create(folder, facts))
        stack.enter_context(store.writing())
        stack.enter_context(store.keeping_fits())
        for warning in changed_code(store.facts().code):
            warnings.warn(warning, StudyWarning, stacklevel=2)
        rows = {row.key: row for row in store.rows() if not row.error}
        if answered:
            if watch:
                watch(len(rows), len(rows), None)
            return _in_order(rows.values())
        if new:
            store.keep_guesses(guesses)
        guesses = store.guesses()
        plan = _Plan(study, rows, guesses)
        if guessed and guesses and plan.missing:
            guessed(guesses)
        done = sum(trial.key in rows for trial in plan.trials)
        store.expect(len(plan.trials))
        if watch:
            watch(done, len(plan.trials), None)
        while missing := plan.missing:
            run_trials = run_trials or stack.enter_context(where.open(study))
            with closing(run_trials(missing)) as arriving:
                for row in arriving:
                    store.add(row)
                    rows[row.key] = row
                    done += 1
                    if watch:
                        watch(done, len(plan.trials), row)
            if lost := sum(trial.key not in rows for trial in missing):
                raise StudyError(f"the engine gave no rows of {lost} trials")
            plan.go_on()
            store.expect(len(plan.trials))
        store.finish()
        planned = _in_order(rows[trial.key] for trial in plan.trials)
        _tell_failures(planned)
        return planned


def _keep(study: Study) -> None:
    """Let the firm read, once for all processes, what all trials share."""
    more = [] if study.marked is None else [study.marked]
    study.firm.keep(study.population, study.test, *more, *marked(study))


def _as_begun(study: Study, folder: str | Path) -> Study:
    """Return the study with the rule of draws that its store was begun with."""
    with Store.open(folder) as store:
        scheme = store.facts().identity.get("scheme")
    return replace(study, scheme=scheme) if scheme in SCHEMES else study


def _guesses(study: Study) -> Guesses:
    """Return the study's first guesses; none where that fails: trials will say why, if they do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return first_guesses(study)
        except Exception:
            return {}


def _answered(folder: str | Path, facts: Facts) -> bool:
    """Return whether the same study went to its end in a folder, and no trial failed.

    Then nothing is placed again: another version might fit its curves a little differently.
    """
    with Store.open(folder) as store:
        same = _asked(store.facts()) == _asked(facts)
        return same and store.ended() and not any(row.error for row in store.rows())


def _asked(facts: Facts) -> tuple[object, ...]:
    """Return what trials are placed by, beside the identity of a study."""
    strategies = {
        name: (strategy.measures, strategy.recruitable)
        for name, strategy in facts.strategies.items()
    }
    own = {name: measure.target for name, measure in facts.own_measures.items()}
    return facts.target, own, facts.placement, strategies


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.strategy, row.asked, row.repetition))


def _tell_failures(rows: list[Row]) -> None:
    """Raise if every trial with a collective failed; warn of strategies whose trials all did."""
    failing = {}
    for name in dict.fromkeys(row.strategy for row in rows):
        own = [row for row in rows if row.strategy == name]
        reference = [row for row in own if not row.members]
        tried = [row for row in own if row.members]
        if tried and all(row.error for row in tried):
            failing[name] = own if all(row.error for row in reference) else tried
    if not failing:
        return
    failed = [row for every in failing.values() for row in every]
    if all(row.strategy in failing for row in rows):
        of = "" if len(failed) == len(rows) else " of collectives"
        raise StudyError(f"all {len(failed)} trials{of} failed; the first: {failed[0].error}")
    for name, every in failing.items():
        of = "" if any(not row.members for row in every) else " of collectives"
        warnings.warn(
            f"strategy {name!r}: all {len(every)} trials{of} failed; the first: {every[0].error}",
            StudyWarning,
            stacklevel=3,
        )


class _Plan:
    """The trials of a study, insofar as its rows determine them."""

    def __init__(self, study: Study, rows: Mapping[str, Row], guesses: Guesses) -> None:
        self._study = study
        self._rows = rows
        self._guesses = guesses
        self._blocks = {
            name: [study.next_trials(name, [], guesses.get(name))] for name in study.strategies
        }
        self._ended: set[str] = set()
        self.go_on()

    @property
    def trials(self) -> list[Trial]:
        """All trials that are to have rows, insofar as that is known."""
        return [t for blocks in self._blocks.values() for block in blocks for t in block]

    @property
    def missing(self) -> list[Trial]:
        """The trials to be run next; none at the end."""
        return [
            t for blocks in self._blocks.values() for t in blocks[-1] if t.key not in self._rows
        ]

    def go_on(self) -> None:
        """Place the next block of every strategy whose last block is done."""
        for name, blocks in self._blocks.items():
            while name not in self._ended and all(t.key in self._rows for t in blocks[-1]):
                rows = [[self._rows[trial.key] for trial in block] for block in blocks]
                if block := self._study.next_trials(name, rows, self._guesses.get(name)):
                    blocks.append(block)
                else:
                    self._ended.add(name)


def _engine(jobs: int, engine: Engine | Executor | None) -> Engine:
    check_value("jobs", jobs, int)
    check_jobs(jobs)
    if engine is None:
        return Here() if jobs == 1 else Pool(jobs)
    if jobs > 1:
        raise ParameterError("give either jobs or an engine: an engine knows its own workers")
    if isinstance(engine, Engine):
        return engine
    if isinstance(engine, Submits):
        return Through(engine)
    raise ParameterError(f"an engine runs trials, or is an executor; {engine!r} is neither")
