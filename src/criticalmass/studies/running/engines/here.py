"""`Here`: trials one after another in this process."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from criticalmass.studies.running.bench import Bench
from criticalmass.studies.running.engines.engine import RunTrials, packs
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial


@dataclass(frozen=True)
class Here:
    """Run trials in this process."""

    @contextmanager
    def open(self, study: Study) -> Iterator[RunTrials]:
        """Yield the function that runs trials; the first trial prepares the study."""
        bench: list[Bench] = []

        def run(trials: Sequence[Trial]) -> Generator[Row, None, None]:
            if trials and not bench:
                bench.append(Bench(study))
            for pack in packs(study, trials, 1):
                yield from bench[0].run_many(pack)

        yield run
