"""`Through`: trials in any executor of `concurrent.futures`' shape."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from criticalmass.errors import StudyError, explain
from criticalmass.studies.running.engines.engine import Losses, Pack, RunTrials, packs
from criticalmass.studies.running.engines.sending import parcel
from criticalmass.studies.running.engines.worker import work
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

MANY = 64
"""Workers that an executor is taken to have, because it does not tell."""


@runtime_checkable
class Submits(Protocol):
    """An executor of `concurrent.futures`' shape."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function somewhere, and return its future."""
        ...


@dataclass(frozen=True, eq=False)
class Through:
    """Run trials in an executor, such as one of `concurrent.futures` or `mpi4py`.

    Its workers read the study from this machine's files, once each. In threads, trials of one
    process run one after another.

    Parameters
    ----------
    executor
        Has ``submit``; it is left open.
    """

    executor: Submits

    @contextmanager
    def open(self, study: Study) -> Iterator[RunTrials]:
        """Yield the function that runs trials."""
        with parcel(study) as path:
            losses = Losses(study)

            def run(trials: Sequence[Trial]) -> Generator[Row, None, None]:
                waiting = packs(study, trials, MANY)
                running: dict[Future[list[Row]], Pack] = {}
                try:
                    while waiting:
                        running = {self._submit(path, pack): pack for pack in waiting}
                        waiting = []
                        for future in as_completed(running):
                            try:
                                yield from future.result()
                            except BrokenExecutor as error:
                                raise StudyError(
                                    f"the executor broke ({explain(error)}); with a new one the "
                                    "same call goes on from here"
                                ) from error
                            except Exception as error:
                                again, failed = losses.after(running[future], explain(error))
                                yield from failed
                                waiting += again
                finally:
                    for future in running:
                        future.cancel()

            yield run

    def _submit(self, path: Path, pack: Pack) -> Future[list[Row]]:
        try:
            return self.executor.submit(work, str(path), path, pack)
        except RuntimeError as error:  # shut down, or broken: no other reason to take no work
            raise StudyError(
                f"the executor takes no trials ({explain(error)}); with a new one the same call "
                "goes on from here"
            ) from error
