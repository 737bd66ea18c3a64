"""`Edit`: the few records that a collective changed.

One object serves everyone who needs to know: the firm's data is the population with the edit
applied, a learner re-featurises only the edited rows, and a member is told exactly this change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Mask
from criticalmass.data.population import Labels, Population
from criticalmass.data.records import Features, rows_differ
from criticalmass.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Edit:
    """What members changed: rows of a population with their new features and labels.

    Make one with `Edit.of`, which keeps only the rows that really differ.

    Parameters
    ----------
    members
        Row numbers of everyone who joined, shape (m,); α is m over the population's size.
    rows
        Row numbers that really changed, shape (c,), a subset of ``members``.
    features
        Their new features, first axis c.
    labels
        Their new labels, boolean (c, k), or numbers (c, 1).

    Examples
    --------
    >>> people = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    >>> joined = np.array([0, 1])
    >>> marked = np.array(["a *", "b"], dtype=object)
    >>> edit = Edit.of(people, joined, marked, people.labels[joined])
    >>> len(edit.members), edit.rows.tolist()
    (2, [0])
    >>> edit.apply(people).features.tolist()
    ['a *', 'b', 'c']
    """

    members: NDArray[np.intp]
    rows: NDArray[np.intp]
    features: Features
    labels: Labels

    @property
    def held(self) -> Mask:
        """Which of the labels the changed records hold, boolean (c, k)."""
        return np.asarray(self.labels, dtype=bool)

    @classmethod
    def of(
        cls,
        population: Population,
        members: NDArray[np.intp],
        features: Features,
        labels: Labels,
    ) -> Edit:
        """Compare the members' new records with their old ones and keep those that differ."""
        if not len(members) == len(features) == len(labels):
            raise ParameterError(
                f"an edit of {len(members)} members came with {len(features)} features "
                f"and {len(labels)} label rows"
            )
        differs = rows_differ(population.features[members], features)
        differs |= (population.labels[members] != labels).any(axis=1)
        return cls(members, members[differs], features[differs], labels[differs])

    @classmethod
    def nothing(cls, population: Population) -> Edit:
        """Return the edit of no collective at all: the α = 0 reference."""
        none = np.array([], dtype=np.intp)
        return cls(none, none, population.features[:0], population.labels[:0])

    def apply(self, population: Population) -> Population:
        """Return the data the firm sees: ``population`` with the members' changes."""
        features, labels = population.features.copy(), population.labels.copy()
        features[self.rows], labels[self.rows] = self.features, self.labels
        return replace(population, features=features, labels=labels)
