"""`Dask`: trials on a Dask cluster."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from criticalmass.errors import ParameterError, StudyError, needs
from criticalmass.studies.engines.engine import Losses, Pack, RunTrials, packs
from criticalmass.studies.engines.worker import work
from criticalmass.studies.study import Study, Trial
from criticalmass.studies.trial import Row, explain

ANSWER, PATIENCE = 10, 30
"""Seconds to wait for a scheduler, and for a worker."""
_ADDRESS = re.compile(r"(\w+://)?[^\s/:]+(:[^\s/:]+)*:\d+")
LOOK = 0.02
"""Seconds between two looks at what has come."""


@dataclass(frozen=True)
class Dask:
    """Run trials on the workers of a Dask scheduler (extra ``dask``).

    The study is sent to each worker once, through the scheduler. Trials run one at a time in a
    process, so that workers do best with one thread each: ``dask worker ADDRESS --nworkers 8
    --nthreads 1``. A learner that uses a GPU takes workers that have one to give
    (``--resources GPU=1``). Workers need the same version of this package.

    Parameters
    ----------
    address
        Of the scheduler, such as ``"tcp://10.0.0.1:8786"``.
    """

    address: str

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ParameterError(
                f"a Dask scheduler's address is like tcp://10.0.0.1:8786, not {self.address!r}"
            )

    @contextmanager
    def open(self, study: Study) -> Iterator[RunTrials]:
        """Connect to the scheduler; yield what runs trials."""
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise StudyError(needs("a Dask cluster", "dask", "distributed")) from error
        try:
            client = distributed.Client(self.address, timeout=ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise StudyError(f"no Dask scheduler answers at {self.address!r}: {error}") from error
        with client:
            _check_workers(client, self.address)
            yield _Trials(distributed, client, study, self.address).run


class _Trials:
    """A study on a cluster."""

    def __init__(self, distributed: Any, client: Any, study: Study, address: str) -> None:
        self._as_completed = distributed.as_completed
        self._client, self._study, self._address = client, study, address
        self._losses = Losses(study)
        self._sent: Any = None

    def run(self, trials: Sequence[Trial]) -> Generator[Row, None, None]:
        """Run trials; those that lose their worker are run again, each by itself."""
        if not trials:
            return
        if self._sent is None:
            self._send()
        workers = sum(self._client.nthreads().values())
        suspects = yield from self._rows(packs(self._study, trials, workers))
        while suspects:  # whoever kills its worker again has nobody beside it to take along
            suspects += yield from self._rows([suspects.pop(0)])

    def _rows(self, waiting: list[Pack]) -> Generator[Row, None, list[Pack]]:
        """Yield rows of packs as they come; return what is to be run again."""
        suspects: list[Pack] = []
        for pack, result in self._results(waiting):
            if isinstance(result, Exception):
                again, failed = self._losses.after(pack, explain(result))
                suspects += again
                yield from failed
            else:
                yield from result
        return suspects

    def _results(self, waiting: list[Pack]) -> Iterator[tuple[Pack, list[Row] | Exception]]:
        """Submit packs; yield what comes of each, as it comes."""
        if self._sent.status != "finished":  # whoever held the study has died
            self._send()
        running = {self._submit(pack): pack for pack in waiting}
        arriving = self._as_completed(running, loop=self._client.loop)
        look = time.monotonic() + 1
        patient = look + PATIENCE
        while running:
            for future in arriving.next_batch(block=False):
                pack = running.pop(future)
                try:
                    result = future.result()
                except Exception as error:  # what a lost worker, its data or its code raise
                    result = error
                self._check_scheduler()
                yield pack, result
            time.sleep(LOOK)
            self._check_scheduler()
            if (now := time.monotonic()) < look:
                continue
            look = now + 1
            if self._client.nthreads():
                patient = now + PATIENCE
            elif now > patient:
                raise StudyError(
                    f"the Dask scheduler at {self._address} has lost all its workers; the same "
                    "command goes on from here once it has some"
                )

    def _check_scheduler(self) -> None:
        if self._client.status != "running":
            raise StudyError(
                f"the Dask scheduler at {self._address} has gone; the same command goes on from "
                "here once it is back"
            )

    def _submit(self, pack: Pack) -> Any:
        needs = {"GPU": 1} if getattr(self._study.learner, "uses_gpu", False) else None
        return self._client.submit(
            work, self._name, self._sent, pack, key=f"criticalmass-{uuid4()}", resources=needs
        )

    def _send(self) -> None:
        """Give the study to every worker."""
        self._name = str(uuid4())
        self._sent = self._client.scatter(self._study, broadcast=True, hash=False)


def _check_workers(client: Any, address: str) -> None:
    """Raise unless there are workers, all with the version of this package that is here."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise StudyError(f"the Dask scheduler at {address} has no workers") from error
    try:
        theirs = set(client.run(version, "criticalmass").values())
    except Exception as error:
        raise StudyError(
            f"Dask's workers at {address} cannot load criticalmass: {explain(error)}"
        ) from error
    if theirs != {version("criticalmass")}:
        raise StudyError(
            f"Dask's workers have criticalmass {', '.join(sorted(theirs))}, and here it is "
            f"{version('criticalmass')}: rows could differ"
        )
