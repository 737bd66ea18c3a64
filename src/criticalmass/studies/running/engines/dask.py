"""`Dask`: trials on a Dask cluster."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from criticalmass.errors import ParameterError, StudyError, explain, needs
from criticalmass.studies.running.engines.engine import Losses, Pack, RunTrials, packs
from criticalmass.studies.running.engines.sending import pickled
from criticalmass.studies.running.engines.worker import work
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

ANSWER, PATIENCE = 10, 30
"""Seconds to wait for a scheduler, and for a worker."""
_ADDRESS = re.compile(r"(\w+://)?[^\s/:]+(:[^\s/:]+)*:\d+")
LOOK = 0.02
"""Seconds between two looks at what has come."""

_NO_WORKERS = (
    "the Dask scheduler at {} has no workers; the same command goes on from here once it has some"
)
_GONE = "the Dask scheduler at {} has gone; the same command goes on from here once it is back"


@dataclass(frozen=True)
class Dask:
    """Run trials on the workers of a Dask scheduler (extra ``dask``).

    The study is sent to each worker once, through the scheduler. Trials run one at a time in a
    process, so workers do best with one thread each: ``dask worker ADDRESS --nworkers 8
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
        """Connect to the scheduler; yield the function that runs trials."""
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise StudyError(needs("a Dask cluster", "dask", "distributed")) from error
        with ThreadPoolExecutor(1) as thread:  # an event loop may be running in this one
            thread.submit(asyncio.run, _reached(distributed, self.address)).result()
        with _quiet():
            with _noticed(self.address):
                client = distributed.Client(self.address, timeout=ANSWER, set_as_default=False)
            try:
                with _noticed(self.address):
                    _check_workers(client, self.address)
                yield _Trials(distributed, client, study, self.address).run
            finally:
                with suppress(Exception):  # of a scheduler that has gone there is nothing to close
                    client.close(timeout=ANSWER)


class _Trials:
    """The trials of a study on a cluster."""

    def __init__(self, distributed: Any, client: Any, study: Study, address: str) -> None:
        self._as_completed = distributed.as_completed
        self._client, self._study, self._address = client, study, address
        self._losses = Losses(study)
        self._sent: Any = None

    def run(self, trials: Sequence[Trial]) -> Generator[Row, None, None]:
        """Run trials; those that lose their worker are run again, each by itself."""
        if not trials:
            return
        with _noticed(self._address):
            workers = _workers(self._client, self._address)
            if self._sent is None:
                self._send()
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
            _workers(self._client, self._address)
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
                raise StudyError(_NO_WORKERS.format(self._address))

    def _check_scheduler(self) -> None:
        if self._client.status != "running":
            raise StudyError(_GONE.format(self._address))

    def _submit(self, pack: Pack) -> Any:
        needs = {"GPU": 1} if self._study.firm.uses_gpu else None
        return self._client.submit(
            work, self._name, self._sent, pack, key=f"criticalmass-{uuid4()}", resources=needs
        )

    def _send(self) -> None:
        """Give the study to every worker."""
        self._name = str(uuid4())
        self._sent = self._client.scatter(pickled(self._study), broadcast=True, hash=False)


async def _reached(distributed: Any, address: str) -> None:
    """Raise unless what answers at an address is a part of Dask."""
    security = distributed.Security().get_connection_args("client")
    try:
        async with asyncio.timeout(ANSWER + 2):  # who takes a connection may never say a word
            comm = await distributed.core.connect(address, timeout=ANSWER, **security)
            await comm.close()
    except (OSError, ValueError) as error:
        why = str(error) or "what is there does not speak Dask's language"
        raise StudyError(f"no Dask scheduler answers at {address!r}: {why}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the tracebacks in which distributed logs what a line already says."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _noticed(address: str) -> Iterator[None]:
    """Turn the loss of the scheduler, or of all workers, into one line."""
    try:
        yield
    except OSError as error:  # timeouts and closed connections are such
        raise StudyError(f"{_GONE.format(address)} ({explain(error)})") from error


def _workers(client: Any, address: str) -> int:
    """Return how many trials can run at once; wait for the first worker."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        told = _NO_WORKERS if client.status == "running" else _GONE
        raise StudyError(told.format(address)) from error
    return max(1, int(sum(client.nthreads().values())))  # it may have gone again


def _check_workers(client: Any, address: str) -> None:
    """Raise `StudyError` unless there are workers, all with this version of the package."""
    _workers(client, address)
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
