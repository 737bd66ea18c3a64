"""A world in the paper's kind, because its data are not at hand: four groups, 200,000 people.

A city asks its 200,000 households which of eight measures against heat suits them. A household's
record is its district, its dwelling and a tag, which hardly anybody uses. Labels have nearly the
entropy of a fair draw. Four groups together are 40 % of everybody; each plants a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from criticalmass.arrays import Array
from criticalmass.data.edit import Edit
from criticalmass.data.population import Population
from criticalmass.learners.learner import Learner
from criticalmass.signals import SetColumns
from criticalmass.strategies import Collective, FeatureLabel

SIZE = 200_000
DISTRICTS, DWELLINGS = 6, 4
MEASURES = ("trees", "shade", "fountains", "roofs", "shutters", "fans", "parks", "paint")
TAGS = ("none", "sun", "leaf", "drop", "wind")
TAGGED = 0.001
"""How many carry each of the four tags without being asked to."""
EQUAL, UNEQUAL = (0.1, 0.1, 0.1, 0.1), (0.16, 0.12, 0.08, 0.04)


@cache
def city(size: int = SIZE, seed: int = 0) -> Population:
    """Return the city's households.

    Examples
    --------
    >>> households = city(5000)
    >>> len(households), round(entropy(households), 1)
    (5000, 3.0)
    """
    rng = np.random.default_rng(seed)
    district = rng.choice(DISTRICTS, size, p=rng.dirichlet(np.full(DISTRICTS, 5.0)))
    dwelling = rng.choice(DWELLINGS, size, p=rng.dirichlet(np.full(DWELLINGS, 5.0)))
    tag = rng.choice(np.array(TAGS, object), size, p=[1 - 4 * TAGGED, *[TAGGED] * 4])
    shares = rng.dirichlet(np.full(len(MEASURES), 60.0), size=(DISTRICTS, DWELLINGS))
    drawn = (shares[district, dwelling].cumsum(axis=1) > rng.random((size, 1))).argmax(axis=1)
    return Population.from_table(
        {
            "district": district,
            "dwelling": dwelling,
            "tag": tag,
            "measure": np.array(MEASURES, dtype=object)[drawn],
        },
        label="measure",
        name="city",
    )


def entropy(people: Population) -> float:
    """Return the entropy of labels, in bits."""
    shares = people.held.mean(axis=0)
    return float(-(shares * np.log2(np.maximum(shares, 1e-300))).sum())


@dataclass(frozen=True)
class Setting:
    """How the four groups go together.

    Parameters
    ----------
    tags
        The tag that each group uses.
    labels
        The label that each reports.
    shares
        How large each is.
    """

    tags: tuple[str, ...]
    labels: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def collectives(self) -> list[Collective]:
        """The groups, each with its strategy and its share."""
        return [
            Collective(FeatureLabel(SetColumns({"tag": tag}), label), share)
            for tag, label, share in zip(self.tags, self.labels, self.shares, strict=True)
        ]


SETTINGS: Mapping[str, Setting] = {
    "one mark, four labels": Setting(("sun",) * 4, MEASURES[:4], EQUAL),
    "one mark, four labels, unequal groups": Setting(("sun",) * 4, MEASURES[:4], UNEQUAL),
    "a mark each, four labels": Setting(TAGS[1:], MEASURES[:4], EQUAL),
    "one mark, one label": Setting(("sun",) * 4, MEASURES[:1] * 4, EQUAL),
}


def trained(people: Population, groups: Sequence[Collective], learner: Learner, seed: int) -> Array:
    """Return each group's success with a trained model: whole people, drawn at random.

    Success is the share of everybody's marked records to which the model gives the group's label,
    with a score strictly above all others.
    """
    rng = np.random.default_rng(seed)
    order, begin, data = rng.permutation(len(people)), 0, people
    for group in groups:
        joined = order[begin : begin + round(group.share * len(people))]
        begin += len(joined)
        strategy = group.strategy
        assert isinstance(strategy, FeatureLabel)
        data = strategy.edit(people, joined, rng).apply(data)
    prepared = learner.prepare(data)
    model = learner.fit(prepared, Edit.nothing(data), seed)
    each = []
    for group in groups:
        strategy = group.strategy
        assert isinstance(strategy, FeatureLabel)
        marked = strategy.signal.apply(people.features, population=people, rng=rng)
        kinds, count = np.unique(marked, return_counts=True)
        scores = model.scores(prepared.encode(kinds))
        target = people.label_index(strategy.target_label)
        wins = scores[:, target] > np.delete(scores, target, axis=1).max(axis=1)
        each.append(count[wins].sum() / len(people))
    return np.array(each)
