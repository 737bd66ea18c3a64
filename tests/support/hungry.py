"""A learner that asks for more memory than there is, while a file says so; workers find it here."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from criticalmass import LinearText

TOO_MUCH = 2**55
"""Bytes that no machine has."""


@dataclass(frozen=True)
class Hungry:
    """`LinearText`, which takes too much memory while there is a file.

    Parameters
    ----------
    making_ready
        The file for as long as which it does so when it is to make records ready in a worker.
    training
        The same, of training with a large collective.
    """

    making_ready: str
    training: str

    def prepare(self, population):
        if len(population) > 20:  # no rehearsal
            _eat(self.making_ready)
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        if len(edit.members) > 30:
            _eat(self.training)
        return LinearText().fit(prepared, edit, seed)


def _eat(file):
    if Path(file).exists():
        np.ones(TOO_MUCH, dtype=np.uint8)
