"""
A learner of your own
=====================

A learner is how the platform trains, and it decides most. Yours is one small class with two
methods, outside of the package. Its contract says whether it keeps its promises, and then the same
strategy is tried against it and against a learner of the package.
"""

# %%
# This firm lets each word of a text vote for the labels of those who use it: naive Bayes. What
# ``fit`` learns from are the records after the members' edit.

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from criticalmass.data import Edit, Features, Population
from criticalmass.learners import AsItIs, Learner


@dataclass(frozen=True, eq=False)
class Votes:
    """A trained model: how much each word speaks for each label."""

    words: CountVectorizer
    votes: NDArray[np.float64]
    before: NDArray[np.float64]

    def scores(self, batch: Features) -> NDArray[np.float64]:
        """Return log odds, (records, labels); a label is predicted above 0."""
        return self.words.transform(batch) @ self.votes + self.before


@dataclass(frozen=True)
class WordVotes(Learner):
    """Naive Bayes on the words of a text, one label at a time."""

    smoothing: float = 1.0

    def prepare(self, population: Population) -> AsItIs:
        """Return the population as it is: nothing is shared between trainings."""
        return AsItIs(population)

    def fit(self, prepared: AsItIs, edit: Edit, seed: int) -> Votes:
        """Return the model of the population with the members' edit."""
        people = edit.apply(prepared.population)
        words = CountVectorizer(binary=True, token_pattern=r"\S+")
        used = words.fit_transform(people.features)
        held = people.labels.astype(float)
        with_it = (used.T @ held + self.smoothing) / (held.sum(axis=0) + 2 * self.smoothing)
        without = (used.T @ (1 - held) + self.smoothing) / (
            (1 - held).sum(axis=0) + 2 * self.smoothing
        )
        odds = held.sum(axis=0) / (1 - held).sum(axis=0)
        return Votes(words, np.log(with_it / without), np.log(odds))

    def in_words(self) -> str:
        """Return what the platform trains."""
        return "a model in which each word votes"


# %%
# The contract needs records, and an edit that changes something. It says nothing if all is well.

from criticalmass import FeatureLabel, InsertToken
from criticalmass.contracts import check_learner
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(2000).split(test=400, seed=0)
mark = FeatureLabel(InsertToken("~", every=6), target_label="Writer")
edit = mark.edit(train, np.arange(20), np.random.default_rng(0))
check_learner(WordVotes(), train, edit)

# %%
# Now the same group acts against both firms, in ten sizes, three trials each.

from tempfile import mkdtemp

import matplotlib.pyplot as plt

from criticalmass import Grid, LinearText, Study, run

sizes = Grid.logarithmic(low=0.002, high=0.9, points=10, repetitions=3)
figure, ax = plt.subplots()
for name, learner in {"words vote": WordVotes(), "bag of words": LinearText()}.items():
    study = Study(train, test, learner, {"mark": mark}, sizes)
    rows = run(study, mkdtemp())
    curve = study.curve(rows)
    people, low, high = curve.critical_mass(0.9).people(len(train))
    print(f"{name}: {people} people, between {low} and {high}")
    shares = np.geomspace(0.002, 0.9, 200)
    (line,) = ax.plot(len(train) * shares, curve.success(shares), label=name)
    tried = [row for row in rows if row.members]
    ax.plot(
        [row.members for row in tried],
        [row.results["included"].value for row in tried],
        "o",
        color=line.get_color(),
        alpha=0.4,
    )
ax.axhline(0.9, color="grey", linewidth=0.8, linestyle="--")
ax.set(xscale="log", xlabel="people who join, of 1,600", ylabel="success", ylim=(0, 1.03))
_ = ax.legend()

# %%
# In a vote each word speaks for itself alone, so the mark has to outvote the rest of the text. A
# logistic regression gives one word as much weight as it needs. Both read the same words, and yet
# the same group takes many times as many people.
