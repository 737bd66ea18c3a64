"""What a signal promises."""

from __future__ import annotations

import numpy as np

from criticalmass.contracts.parts import check_part, keeps, same_records
from criticalmass.data.population import Population
from criticalmass.signals import Signal
from criticalmass.signals.signal import ComesOff, TellsMarked


def check_signal(signal: Signal, population: Population) -> None:
    """Check the promises of `Signal` on a population.

    Examples
    --------
    >>> from criticalmass import InsertToken
    >>> check_signal(InsertToken("*"), Population.from_texts(["a b", "c"], ["x", "y"]))
    """
    check_part(signal)
    assert isinstance(signal, Signal), "a signal must have apply(features, *, population, rng)"
    before = population.features.copy()
    with keeps("apply must mark any records of the population"):
        once = signal.apply(before, population=population, rng=np.random.default_rng(0))
        again = signal.apply(before, population=population, rng=np.random.default_rng(0))
    assert same_records(before, population.features), "a signal must not change what it is given"
    assert isinstance(once, np.ndarray), "a signal must return an array, as it got"
    assert len(once) == len(before), "a signal must return as many records as it got"
    assert once.dtype == before.dtype, "a signal must return records of the same kind"
    assert once.shape == before.shape, "a signal must return records of the same shape"
    assert same_records(once, again), "a signal must draw all its randomness from rng"
    with keeps("a signal must accept a batch of no records"):
        none = signal.apply(before[:0], population=population, rng=np.random.default_rng(0))
    assert len(none) == 0, "a signal must return no record of a batch of none"
    if isinstance(signal, TellsMarked):
        with keeps("is_marked must say something of every record"):
            marked = signal.is_marked(once, population=population)
        assert marked.shape == (len(once),), "is_marked must say something of every record"
        assert marked.all(), "is_marked must be true of every record that apply returned"
    if isinstance(signal, ComesOff):
        with keeps("without_mark must take the mark off"):
            plain = signal.without_mark(once, population=population)
            still = signal.is_marked(plain, population=population)
        assert len(plain) == len(once), "without_mark must return as many records as it got"
        assert not still.any() or same_records(plain, before), (
            "without_mark must return records as they were before"
        )
