"""
A signal of your own
====================

A signal is one small class with one method. The contract that comes with the package says whether
it keeps its promises; then it goes into a study like any other.
"""

# %%
# Members write the first words of their text in capitals.

from dataclasses import dataclass

from criticalmass import Population
from criticalmass.contracts import check_signal


@dataclass(frozen=True)
class Capitals:
    """Write the first words of a text in capitals."""

    words: int = 3

    def apply(self, features, *, population, rng):
        """Return the marked texts."""
        marked = features.copy()
        for row, text in enumerate(features):
            parts = text.split(" ", self.words)
            marked[row] = " ".join([*map(str.upper, parts[: self.words]), *parts[self.words :]])
        return marked

    def in_words(self):
        """Return what members do."""
        return f"write the first {self.words} words of their text in capitals"


check_signal(Capitals(), Population.from_texts(["i cook and bake", "i"], ["a", "b"]))

# %%
# Does a bag of words learn it? It reads texts in small letters, so it cannot see this mark at all.
# What capitals gain with many members, they gain by the labels alone. A token, for comparison, it
# sees well.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes
from criticalmass.pages.figures.success import Line, plot_success

train, test = synthetic_resumes(800).split(test=200, seed=0)
signals = {"capitals": Capitals(), "a token": InsertToken("~", every=10)}
strategies = {name: FeatureLabel(signal, "Writer") for name, signal in signals.items()}
placement = Grid.logarithmic(low=0.01, high=0.4, points=6, repetitions=2)
study = Study(train, test, LinearText(), strategies, placement)
rows = run(study, mkdtemp())
lines = []
for name in strategies:
    curve = study.curve(rows, name)
    print(name, "reaches", f"{curve.success(0.4).item():.0%}", "with 40% of people")
    lines.append(Line(name, curve, curve.outcomes))
ax = plot_success(lines, target=0.9, population_size=len(train))
