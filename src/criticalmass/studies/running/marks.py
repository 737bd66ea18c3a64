"""The records that success is measured on, with a strategy's mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from criticalmass.data.population import Population
from criticalmass.data.records import Features
from criticalmass.strategies.marking import Marking
from criticalmass.studies.identity.describe import describe, digest, stable_seed
from criticalmass.studies.study import Study


def mark_of(study: Study, strategy: Marking) -> str:
    """Return a name of the marks that a strategy puts on the judged records of a study."""
    return digest([describe(strategy.signal), study.seed])


def with_marks(study: Study, strategy: Marking) -> Features:
    """Return the judged records of a study with a strategy's mark, always the same."""
    return strategy.signal.apply(
        study.judged.features,
        population=study.population,
        rng=np.random.default_rng(stable_seed(mark_of(study, strategy), "test marks")),
    )


def marked(study: Study) -> Iterator[Population]:
    """Yield the judged records of a study with each different mark of its strategies."""
    known = set()
    for strategy in study.strategies.values():
        if isinstance(strategy, Marking) and (name := mark_of(study, strategy)) not in known:
            known.add(name)
            yield replace(study.judged, features=with_marks(study, strategy))
