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

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(800).split(test=200, seed=0)
strategies = {"capitals": FeatureLabel(Capitals(), target_label="Writer")}
study = Study(train, test, LinearText(), strategies, Grid((0.05, 0.2), repetitions=2))
for row in run(study, mkdtemp()):
    print(f"{row.alpha:.0%} of people: {row.results['included'].value:.0%}")
