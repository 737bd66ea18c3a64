"""
A measure of your own
=====================

What counts as success is a class with one method, which judges the scores of one model.
"""

# %%
# Here the target label must lead all others by a margin.

from dataclasses import dataclass

import numpy as np

from criticalmass.contracts import check_measure
from criticalmass.measures import CountMeasure, MeasureWords


@dataclass(frozen=True)
class Clearly(CountMeasure):
    """Whether the target label leads every other by a margin."""

    margin: float = 1.0
    needs = "target"

    def judge(self, evaluation):
        """Return where it leads by more."""
        scores = evaluation.marked
        others = np.delete(scores, evaluation.target_column, axis=1)
        return scores[:, evaluation.target_column] > others.max(axis=1) + self.margin

    def in_words(self):
        """Return the measure in words."""
        return MeasureWords("clearly prefers {label} for", "the target label leads clearly")


check_measure(Clearly())

# %%
# The stricter measure takes more people. Both are learnt from the same trials.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(1500).split(test=300, seed=0)
study = Study(
    population=train,
    test=test,
    learner=LinearText(),
    strategies={"mark": FeatureLabel(InsertToken("~", every=6), target_label="Writer")},
    placement=Grid.logarithmic(low=0.002, high=0.1, points=7, repetitions=2),
    measures=("top1", Clearly()),
)
rows = run(study, mkdtemp())

from criticalmass.pages.figures.success import Line, plot_success

lines = []
for name, label in (("top1", "leads"), ("clearly", "leads by a margin")):
    curve = study.curve(rows, measure=name)
    print(f"{label}: {curve.critical_mass(0.9).people(len(train))[0]} people")
    lines.append(Line(label, curve, curve.outcomes))
ax = plot_success(lines, target=0.9, population_size=len(train))
