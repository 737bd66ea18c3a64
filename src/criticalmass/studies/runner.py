"""Running a study: the missing trials, one after another or in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from pathlib import Path

from criticalmass.errors import ParameterError, StudyError
from criticalmass.population import members_at
from criticalmass.studies.store import Store
from criticalmass.studies.study import Study, Trial
from criticalmass.studies.trial import Bench, Row

LOSSES = 2
"""How often a trial that lost its worker is run again by itself before it counts as failed."""

ALIVE = ".alive"
"""Ending of the file by which the first worker says that workers do start."""

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
    if hasattr(study.learner, "keep") and not Path(folder).exists():  # a new study: check it all
        study.learner.keep(study.population, study.test)
    with Store.create(folder, study.facts()) as store:
        present = {row.key for row in store.rows() if not row.error}
        missing = [trial for trial in wanted if trial.key not in present]
        done = len(wanted) - len(missing)
        if watch:
            watch(done, len(wanted), None)
        rows = _in_pool(study, missing, jobs) if jobs > 1 else _here(study, missing)
        with closing(rows):
            for row in rows:
                store.add(row)
                done += 1
                if watch:
                    watch(done, len(wanted), row)
        keys = {trial.key for trial in wanted}
        return [row for row in store.rows() if row.key in keys]


def _here(study: Study, trials: list[Trial]) -> Generator[Row, None, None]:
    if trials:
        bench = Bench(study)
        yield from map(bench.run, trials)


def _in_pool(study: Study, trials: list[Trial], jobs: int) -> Generator[Row, None, None]:
    """Run trials in worker processes; one that loses its worker is run again by itself."""
    with tempfile.TemporaryDirectory(prefix="criticalmass-") as folder:
        # A path is all that a worker is started with: whatever goes wrong there is noticed here.
        path = Path(folder) / "study.pickle"
        path.write_bytes(pickle.dumps(study))
        suspects: deque[Trial] = deque()
        yield from _with_workers(path, deque(trials), jobs, suspects)
        for suspect in suspects:
            for _ in range(LOSSES):
                lost: deque[Trial] = deque()
                yield from _with_workers(path, deque([suspect]), 1, lost)
                if not lost:
                    break
            else:
                yield _lost(study, suspect)


def _with_workers(
    path: Path, waiting: deque[Trial], jobs: int, suspects: deque[Trial]
) -> Iterator[Row]:
    """Run trials in pools of workers; those under way when a worker dies become suspects."""
    while waiting:
        running: dict[Future[Row], Trial] = {}
        before = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(
            min(jobs, len(waiting)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(path,),
        )
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    with _uninterrupted():
                        running[pool.submit(_work, waiting[0])] = waiting[0]
                    waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    row = future.result()
                    del running[future]
                    yield row
        except BrokenProcessPool:
            if not path.with_suffix(ALIVE).exists():
                raise StudyError(
                    "worker processes die as they start; a script that runs a study with jobs "
                    'needs `if __name__ == "__main__":` around it'
                ) from None
            suspects.extend(running.values())
        finally:
            if running or waiting:  # a worker died, or Ctrl-C: wait for nothing under way
                for child in set(multiprocessing.active_children()) - before:
                    child.kill()
            pool.shutdown(cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off for a moment; a worker started in it never hears of it: the driver acts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _lost(study: Study, trial: Trial) -> Row:
    n = len(study.population)
    size = members_at(trial.alpha, n)
    return Row(
        trial.key, trial.strategy, trial.alpha, trial.repetition, size / n, size,
        seed=trial.seed("learner"),
        error=f"its worker process died {LOSSES + 1} times (killed, or out of memory)",
    )  # fmt: skip


_path: Path
_bench: Bench | None = None


def _start_worker(path: Path) -> None:
    """Set a worker up: know the study, and die with the driver."""
    global _path
    _path = path
    path.with_suffix(ALIVE).touch()
    driver = multiprocessing.parent_process()
    assert driver is not None

    def follow() -> None:
        driver.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _work(trial: Trial) -> Row:
    global _bench
    if _bench is None:
        _bench = Bench(pickle.loads(_path.read_bytes()))
    return _bench.run(trial)
