"""`Pool`: trials in worker processes of this machine."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from criticalmass.errors import ParameterError, StudyError, explain
from criticalmass.studies.running.engines.engine import Losses, Pack, RunTrials, packs
from criticalmass.studies.running.engines.sending import parcel
from criticalmass.studies.running.engines.worker import work
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

MOST_JOBS = 1000
"""Processes, at most."""
ALIVE = ".alive"
"""Ending of the file by which the first worker of a pool says that workers do start."""
STARTS = 10
"""So many pools in a row may end before any of their workers has started."""

_NO_GUARD = (
    "worker processes die as they start; a script that runs a study with jobs needs "
    '`if __name__ == "__main__":` around it'
)
_NO_STARTS = (
    "worker processes ended before they had started, {} times in a row; the same command goes on "
    "from here once there is memory and room on the disk for them"
)


Lost = deque[tuple[Pack, str]]
"""Packs that lost their worker, and why."""


@dataclass(frozen=True)
class Pool:
    """An engine of several processes, which live until all is done.

    A worker that dies costs the trials under way a second run, each by itself; one that loses its
    worker three times becomes a failed row. Workers that are killed before one has started cost
    nothing: others are started.

    Parameters
    ----------
    jobs
        Number of processes.
    """

    jobs: int

    def __post_init__(self) -> None:
        check_jobs(self.jobs)

    @contextmanager
    def open(self, study: Study) -> Iterator[RunTrials]:
        """Yield the function that runs trials; the first trial starts the workers."""
        with parcel(study) as path:
            workers = _Workers(path, self.jobs)
            losses = Losses(study)

            def run(trials: Sequence[Trial]) -> Generator[Row, None, None]:
                alone: Lost = deque()
                yield from workers.run(deque(packs(study, trials, self.jobs)), self.jobs, alone)
                while alone:  # whoever kills its worker again has nobody beside it to take along
                    again, failed = losses.after(*alone.popleft())
                    yield from failed
                    yield from workers.run(deque(again), 1, alone)

            try:
                yield run
            finally:
                workers.end()


def check_jobs(jobs: int) -> None:
    """Raise `ParameterError` for a number of processes that no machine runs."""
    if not 1 <= jobs <= MOST_JOBS:
        raise ParameterError(f"jobs must be at least 1 and at most {MOST_JOBS:,}, not {jobs}")


class _Workers:
    """A pool of processes that is started when it is needed, and anew when it breaks."""

    def __init__(self, path: Path, jobs: int) -> None:
        self._path, self._jobs = path, jobs
        self._pool: ProcessPoolExecutor | None = None
        self._before: set[BaseProcess] = set()
        self._started: set[BaseProcess] = set()
        self._in_vain = 0

    def run(self, waiting: deque[Pack], at_once: int, lost: Lost) -> Iterator[Row]:
        """Run packs, so many at once; those under way when a worker dies are lost.

        Where no worker had started, nothing was under way: it waits for the next workers.
        """
        running: dict[Future[list[Row]], Pack] = {}
        try:
            while waiting or running:
                try:
                    while waiting and len(running) < at_once:
                        self._submit(waiting[0], running)
                        waiting.popleft()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        error = future.exception()
                        if isinstance(error, BrokenProcessPool):
                            raise error
                        pack = running.pop(future)
                        if error is None:
                            yield from future.result()
                        else:  # it could not make the study ready: out of memory, say
                            lost.append((pack, explain(error)))
                except BrokenProcessPool:
                    if self._had_started():
                        lost.extend((pack, "killed, or out of memory") for pack in running.values())
                    else:
                        waiting.extendleft(reversed(running.values()))
                    running.clear()
        finally:
            if running:  # Ctrl-C: wait for nothing under way
                self._kill()

    def _submit(self, pack: Pack, running: dict[Future[list[Row]], Pack]) -> None:
        with _uninterrupted():
            if self._pool is None:
                self._before = set(multiprocessing.active_children())
                self._started = set()
                self._alive.unlink(missing_ok=True)
                self._pool = ProcessPoolExecutor(
                    self._jobs,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_start_worker,
                    initargs=(self._alive,),
                )
            try:
                future = self._pool.submit(work, str(self._path), self._path, pack)
            except OSError as error:
                if error.errno is not None:  # the system lends no more processes, say
                    raise
                raise BrokenProcessPool("it closed its pipes at that moment") from error
            running[future] = pack
            self._started |= self._children()

    def _had_started(self) -> bool:
        """Clear a broken pool away; return whether one of its workers had started.

        Raises
        ------
        StudyError
            If none had, and others would not either.
        """
        self._kill()
        if self._alive.exists():
            self._in_vain = 0
            return True
        self._in_vain += 1
        if any((worker.exitcode or 0) > 0 for worker in self._started):  # by themselves, not killed
            raise StudyError(_NO_GUARD) from None
        if self._in_vain == STARTS:
            raise StudyError(_NO_STARTS.format(STARTS)) from None
        return False

    @property
    def _alive(self) -> Path:
        return self._path.with_suffix(ALIVE)

    def _children(self) -> set[BaseProcess]:
        return set(multiprocessing.active_children()) - self._before

    def _kill(self) -> None:
        for child in self._children():
            child.kill()
        self.end()

    def end(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: workers started meanwhile leave it to the driver."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _start_worker(alive: Path) -> None:
    """Set a worker up: say that it lives, leave Ctrl-C to the driver, and die with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    alive.touch()
    _follow_driver()


def _follow_driver() -> None:
    """End this worker at once when its driver has ended, by a thread that waits for that.

    The thread goes before the interpreter does: one that still waits then keeps alive what this
    file has imported, and DuckDB complains of that on the terminal, type by type.
    """
    driver = multiprocessing.parent_process()
    assert driver is not None
    leaving, leave = multiprocessing.Pipe(duplex=False)

    def follow() -> None:
        if driver.sentinel in connection.wait([driver.sentinel, leaving]):
            os._exit(1)

    def stop() -> None:
        leave.send(None)
        thread.join()

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    atexit.register(stop)
