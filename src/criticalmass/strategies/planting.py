"""Strategies that plant a signal (paper, Section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.edit import Edit
from criticalmass.errors import require_choice
from criticalmass.population import Population
from criticalmass.signals import Signal
from criticalmass.strategies.strategy import Recruit, recruits


@dataclass(frozen=True)
class FeatureLabel:
    """Members mark their features and report the target label: h(x, y) = (g(x), y*).

    Where records hold sets of labels, a member's set becomes exactly the target. Paper, equation
    (1); with a token in every text, Strategy 1 of its Section 5.

    Parameters
    ----------
    signal
        How a member's features are marked.
    target_label
        The label y* that members report.
    recruit
        ``"everyone"``: members come from the whole population. ``"target"``: only from records
        that hold the target label already.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    >>> strategy = FeatureLabel(InsertToken("*"), target_label="y")
    >>> edit = strategy.edit(people, np.array([0, 1]), np.random.default_rng(0))
    >>> edit.apply(people).features.tolist(), edit.apply(people).labels[:, 1].tolist()
    (['a *', 'b *', 'c'], [True, True, False])
    """

    signal: Signal
    target_label: str
    recruit: Recruit = "everyone"

    def __post_init__(self) -> None:
        require_choice("recruit", self.recruit, ("everyone", "target"))

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        return recruits(population, self.target_label, self.recruit)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the members' marked records, all with the target label alone."""
        marked = self.signal.apply(population.features[members], population=population, rng=rng)
        labels = np.zeros((len(members), len(population.label_names)), dtype=bool)
        labels[:, population.label_index(self.target_label)] = True
        return Edit.of(population, members, marked, labels)


@dataclass(frozen=True)
class FeatureOnly:
    """Members who hold the target label mark their features; no label changes.

    h(x, y) = (g(x), y*) where y = y*, and (x, y) otherwise. Where records hold sets of labels, the
    members that act are those whose set holds the target. Paper, equation (3); with
    ``recruit="target"`` and a token in every text, Strategy 2 of its Section 5.

    Parameters
    ----------
    signal
        How an acting member's features are marked.
    target_label
        The label y* whose holders act.
    recruit
        ``"everyone"``: members come from the whole population, and those without the target label
        change nothing. ``"target"``: only from records that hold the target label.

    Examples
    --------
    >>> from criticalmass.signals import InsertToken
    >>> people = Population.from_texts(["a", "b", "c"], ["x", "y", "x"])
    >>> strategy = FeatureOnly(InsertToken("*"), target_label="y")
    >>> edit = strategy.edit(people, np.array([0, 1]), np.random.default_rng(0))
    >>> len(edit.members), edit.apply(people).features.tolist()
    (2, ['a', 'b *', 'c'])
    """

    signal: Signal
    target_label: str
    recruit: Recruit = "everyone"

    def __post_init__(self) -> None:
        require_choice("recruit", self.recruit, ("everyone", "target"))

    def candidates(self, population: Population) -> NDArray[np.intp]:
        """Return the rows of the people who may be recruited."""
        return recruits(population, self.target_label, self.recruit)

    def edit(
        self, population: Population, members: NDArray[np.intp], rng: np.random.Generator
    ) -> Edit:
        """Return the marked records of the members who hold the target label."""
        holds = population.labels[members, population.label_index(self.target_label)]
        features = population.features[members].copy()
        if holds.any():
            features[holds] = self.signal.apply(features[holds], population=population, rng=rng)
        return Edit.of(population, members, features, population.labels[members])
