"""What the firm's data suffer apart from the collective: `RandomizeLabels`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import ParameterError
from criticalmass.fields import check_fields


@dataclass(frozen=True)
class RandomizeLabels:
    """A random share of the records exchange their labels among each other (paper, Figure 4).

    The paper says only that the labels of a random fraction are randomised. Here these records'
    label sets are permuted: each set goes to a record drawn at random among them. Every label and
    every combination of labels stays exactly as frequent as it was; only what a record says of its
    labels is lost. Every record then holds the target label with a probability of about
    ``share`` times the label's frequency at least, which is the positivity p that the theory asks
    for.

    Parameters
    ----------
    share
        Share of the records, in [0, 1].
    seed
        Seed of the choice and of the permutation.

    Examples
    --------
    >>> people = Population.from_texts(list("abcd"), ["x", "x", "y", "z"])
    >>> mixed = RandomizeLabels(1.0, seed=1).apply(people)
    >>> mixed.labels.sum(axis=0).tolist(), people.labels.sum(axis=0).tolist()
    ([2, 1, 1], [2, 1, 1])
    """

    share: float
    seed: int = 0

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.share <= 1:
            raise ParameterError(f"the share of random labels is in [0, 1], not {self.share:g}")

    def apply(self, population: Population) -> Population:
        """Return the population with these labels exchanged, and a note that says so."""
        if self.share == 0:
            return population
        rng = np.random.default_rng(self.seed)
        count = round(self.share * len(population))
        chosen = rng.choice(len(population), count, replace=False)
        labels = population.labels.copy()
        labels[chosen] = labels[rng.permutation(chosen)]
        note = (
            f"The labels of {count:,} of {len(population):,} training records were exchanged among "
            "each other at random."
        )
        return replace(population, labels=labels, notes=(*population.notes, note))
