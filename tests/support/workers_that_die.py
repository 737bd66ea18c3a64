"""A study whose largest trial kills the process it runs in; a module, so that workers find it."""

import os
import signal
from dataclasses import dataclass

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study
from criticalmass.datasets import synthetic_resumes


@dataclass(frozen=True)
class Deadly:
    """`LinearText`, until the collective is large."""

    def prepare(self, population):
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        if len(edit.members) > 30:
            os.kill(os.getpid(), signal.SIGKILL)
        return LinearText().fit(prepared, edit, seed)


def deadly_study():
    train, test = synthetic_resumes(140).split(test=40, seed=0)
    strategies = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    return Study(
        train, test, Deadly(), strategies, Grid((0.1, 0.15, 0.4, 0.2, 0.25), repetitions=1)
    )
