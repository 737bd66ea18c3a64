"""`Slurm`: trials in jobs of a Slurm cluster, many in each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from criticalmass.errors import ParameterError, StudyError, explain, first_line, needs
from criticalmass.measures.result import results_from_json
from criticalmass.studies.running.engines.engine import Losses, Pack, RunTrials, packs
from criticalmass.studies.running.engines.sending import parcel
from criticalmass.studies.running.engines.worker import prepared
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

LOOK = 1.0
"""Seconds between two looks at what jobs have written."""
_RULE = "-" * 22
"""What submitit draws before and after a trace."""


@dataclass(frozen=True)
class Slurm:
    """Run trials in Slurm jobs, through submitit (extra ``slurm``).

    A job reads the study once and writes each row to a file at once, so a job that ends
    early, at its time limit say, loses one trial; what it did not do goes into another job, up to
    three times.

    Parameters
    ----------
    pack
        Trials a job.
    parameters
        What submitit's executor is to know, such as ``{"timeout_min": 120, "slurm_partition":
        "gpu", "gpus_per_node": 1}``.
    folder
        Where the study, the jobs' logs and their rows lie while it runs: seen by all nodes.
    cluster
        ``"slurm"``, or ``"local"``: jobs are processes of this machine, to try it out.
    """

    pack: int = 50
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path("slurm")
    cluster: str = "slurm"

    def __post_init__(self) -> None:
        if self.pack < 1:
            raise ParameterError(f"a Slurm job needs at least one trial, not {self.pack}")

    @classmethod
    def from_text(cls, text: str, folder: Path) -> Slurm:
        """Return the engine with settings in the form that a command line gives.

        Parameters
        ----------
        text
            ``key=value`` with commas between them. ``pack``, ``folder`` and ``cluster`` are fields
            of this class, all else is submitit's.
        folder
            The folder, if the text names none.

        Raises
        ------
        ParameterError
            If the text is not of that form.

        Examples
        --------
        >>> Slurm.from_text("timeout_min=60,slurm_partition=gpu,pack=20", Path("jobs"))
        Slurm(pack=20, parameters={'timeout_min': 60, 'slurm_partition': 'gpu'},
              folder=...Path('jobs'), cluster='slurm')
        """
        settings: dict[str, Any] = {}
        for setting in text.split(","):
            key, equals, value = (part.strip() for part in setting.partition("="))
            if not key or not equals:
                raise ParameterError(f"Slurm's settings are key=value,…, not {setting!r}")
            settings[key] = int(value) if value.isdecimal() else value
        own = {key: settings.pop(key) for key in ("pack", "folder", "cluster") if key in settings}
        if not isinstance(own.get("pack", 1), int):
            raise ParameterError(f"pack is a number of trials, not {own['pack']!r}")
        own["folder"] = Path(own.get("folder", folder))
        return cls(parameters=settings, **own)

    @contextmanager
    def open(self, study: Study) -> Iterator[RunTrials]:
        """Yield the function that runs trials."""
        try:
            import submitit
        except ImportError as error:
            raise StudyError(needs("Slurm", "slurm", "submitit")) from error
        try:
            executor = submitit.AutoExecutor(self.folder.absolute(), cluster=self.cluster)
            executor.update_parameters(**self.parameters)
        except Exception as error:  # it has many kinds
            raise StudyError(f"Slurm cannot be used: {explain(error)}") from error
        with parcel(study, self.folder.absolute()) as path:
            yield _Jobs(executor, study, path, self.pack).run


class _Jobs:
    """Jobs under way, and the files they write rows to."""

    def __init__(self, executor: Any, study: Study, path: Path, pack: int) -> None:
        self._executor, self._study, self._path, self._pack = executor, study, path, pack
        self._losses = Losses(study)

    def run(self, trials: Sequence[Trial]) -> Generator[Row, None, None]:
        """Submit jobs; yield their rows when they are written."""
        waiting = [tuple(trials[i : i + self._pack]) for i in range(0, len(trials), self._pack)]
        running: list[_Job] = []
        try:
            while waiting or running:
                running += [self._submit(pack) for pack in waiting]
                waiting = []
                time.sleep(LOOK)
                for job in list(running):
                    ended = job.handle.done()  # before reading: what it wrote last is not missed
                    yield from job.rows()
                    if ended:
                        running.remove(job)
                        again, failed = self._after(job)
                        yield from failed
                        waiting += again
        finally:
            for job in running:
                job.handle.cancel()

    def _submit(self, pack: Pack) -> _Job:
        file = self._path.with_name(f"{uuid4()}.rows")
        handle = self._executor.submit(work_through, self._path, pack, file)
        return _Job(handle, file, {trial.key: trial for trial in pack})

    def _after(self, job: _Job) -> tuple[list[Pack], list[Row]]:
        """Return the trials of an ended job to run again; only those under way count as lost."""
        left = tuple(job.missing.values())
        if not left:
            return [], []
        begun = packs(self._study, left, 1)[0]
        again, failed = self._losses.after(begun, _why(job.handle.exception()))
        rest = left[len(begun) :]
        return [pack for pack in (*again, rest) if pack], failed


def _why(error: BaseException | None) -> str:
    """Return why a job ended early: the end of the trace that submitit quotes, if any."""
    if error is None:
        return "its job ended"
    _, *quoted = str(error).split(_RULE)
    trace = quoted[0].strip().splitlines() if quoted else []
    return first_line(trace[-1]) if trace else explain(error)


@dataclass
class _Job:
    """One job: its trials without a row, and how far its file has been read."""

    handle: Any
    file: Path
    missing: dict[str, Trial]
    place: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield what it has written since the last look; the last line may be half there."""
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            file.seek(self.place)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self.place += len(whole)
        for line in whole.splitlines():
            row = _row(json.loads(line))
            if self.missing.pop(row.key, None):
                yield row


def work_through(source: Path, trials: Pack, file: Path) -> None:
    """Run trials in a job; each row is a line of a file as soon as it is there."""
    with prepared(str(source), source) as bench, file.open("a", encoding="utf-8") as out:
        for row in bench.run_many(trials):
            out.write(json.dumps(asdict(row)) + "\n")  # results among them, as tables
            out.flush()
            os.fsync(out.fileno())


def _row(kept: dict[str, Any]) -> Row:
    """Return a row from what a line of a job's file holds."""
    return Row(**{**kept, "results": results_from_json(kept["results"])})
