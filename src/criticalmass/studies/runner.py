"""Running a study: the missing trials, one after another or in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from criticalmass.errors import ParameterError
from criticalmass.population import members_at
from criticalmass.studies.store import Store
from criticalmass.studies.study import Study, Trial
from criticalmass.studies.trial import Bench, Row

LOSSES = 2
"""How often a trial may lose its worker process before it counts as failed."""

Watch = Callable[[int, int, Row | None], None]


def run(
    study: Study, folder: str | Path, *, jobs: int = 1, watch: Watch | None = None
) -> list[Row]:
    """Run the trials of a study that its store does not have yet.

    Trials that failed before are tried again. Rows do not depend on ``jobs``.

    Parameters
    ----------
    study
        What to run.
    folder
        Where the store is, or is to be made.
    jobs
        Number of processes; with 1, trials run in this one.
    watch
        Called as ``watch(done, total, row)`` at the start (with None) and after each trial.

    Returns
    -------
    list of Row
        All rows of the study's trials, old and new.

    Raises
    ------
    StoreError
        If the folder holds another study's store, or a damaged one.
    """
    if jobs < 1:
        raise ParameterError(f"jobs must be at least 1, not {jobs}")
    wanted = study.trials()
    with Store.create(folder, study.facts()) as store:
        present = {row.key for row in store.rows() if not row.error}
        missing = [trial for trial in wanted if trial.key not in present]
        done = len(wanted) - len(missing)
        if watch:
            watch(done, len(wanted), None)
        for row in _in_pool(study, missing, jobs) if jobs > 1 else _here(study, missing):
            store.add(row)
            done += 1
            if watch:
                watch(done, len(wanted), row)
        keys = {trial.key for trial in wanted}
        return [row for row in store.rows() if row.key in keys]


def _here(study: Study, trials: list[Trial]) -> Iterator[Row]:
    if trials:
        bench = Bench(study)
        yield from map(bench.run, trials)


def _in_pool(study: Study, trials: list[Trial], jobs: int) -> Iterator[Row]:
    """Run trials in worker processes, giving those that a dying worker lost to new ones."""
    waiting = deque(trials)
    losses: Counter[str] = Counter()
    while waiting:
        running: dict[Future[Row], Trial] = {}
        with ProcessPoolExecutor(
            min(jobs, len(waiting)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(study,),
        ) as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < jobs:
                        running[pool.submit(_work, waiting[0])] = waiting[0]
                        waiting.popleft()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        row = future.result()
                        del running[future]
                        yield row
            except BrokenProcessPool:
                for trial in running.values():
                    losses[trial.key] += 1
                    if losses[trial.key] > LOSSES:
                        yield _lost(study, trial)
                    else:
                        waiting.append(trial)
            except BaseException:  # Ctrl-C, a full disk: do not wait for trials under way
                for child in multiprocessing.active_children():
                    child.terminate()
                raise


def _lost(study: Study, trial: Trial) -> Row:
    n = len(study.population)
    size = members_at(trial.alpha, n)
    return Row(
        trial.key, trial.strategy, trial.alpha, trial.repetition, size / n, size,
        seed=trial.seed("learner"),
        error=f"its worker process died {LOSSES + 1} times (killed, or out of memory)",
    )  # fmt: skip


_study: Study
_bench: Bench | None = None


def _start_worker(study: Study) -> None:
    """Set a worker up: keep the study, leave Ctrl-C to the driver, and die with it."""
    global _study
    _study = study
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    driver = multiprocessing.parent_process()
    assert driver is not None

    def follow() -> None:
        driver.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _work(trial: Trial) -> Row:
    global _bench
    if _bench is None:
        _bench = Bench(_study)
    return _bench.run(trial)
