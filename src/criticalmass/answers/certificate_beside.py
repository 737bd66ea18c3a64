"""`certify_with_others`: what members' own records guarantee beside collectives that are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from criticalmass.answers.certificate import Certified
from criticalmass.answers.kept_certificate import Form
from criticalmass.arrays import Rows
from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import Coarsen, DropColumn
from criticalmass.strategies import Collective, FeatureLabel, NoTheory, Recruits, strategy_of
from criticalmass.strategies.kinds import kind_of
from criticalmass.theory.certificate import Counts, Pool, Terms
from criticalmass.theory.certificate_beside import OtherGroup, certify_beside


def certify_with_others(
    strategy: Recruits,
    members: Population,
    population_size: int,
    others: Sequence[Collective],
    known: Population,
    confidence: float = 0.95,
    success: float = 0.9,
) -> Certified:
    """Return what members' own records guarantee beside other collectives that are known.

    Our members and the others' are random samples of everybody, and different people. Nothing else
    is known of the others' records: what they send is predicted from ours.

    Parameters
    ----------
    strategy
        Ours: a `FeatureLabel` that recruits everyone.
    members
        The members' records as they are before anybody acts, one label each.
    population_size
        Number of all people, members of all collectives among them.
    others
        The other collectives: such strategies, with their shares of everybody.
    known
        Records known before, such as those of a study: where our signal leads them are the images
        that are asked about, 29 at most.
    confidence
        Probability with which what is guaranteed for everybody holds.
    success
        The success that is wanted.

    Raises
    ------
    NoTheory
        If one of the strategies is of another kind, or its signal leaves something to chance.
    DataError
        If records hold sets of labels, or nobody knows one of the labels.
    ParameterError
        If our signal leads known records to more images, or there are too few people.

    Examples
    --------
    >>> from criticalmass import InsertToken
    >>> people = Population.from_texts(["i cook", "i write"] * 500, ["cook", "writer"] * 500)
    >>> ours, theirs = (FeatureLabel(InsertToken("~"), label) for label in people.label_names)
    >>> rivals = [Collective(theirs, 0.05)]
    >>> made = certify_with_others(ours, people, 10_000, rivals, known=people)
    >>> round(made.success, 2), made.certificate.most.max().item() >= 250  # half of 500 at each
    (0.99, True)
    >>> certify_with_others(ours, people, 10_000, [Collective(theirs, 0.1)], people).success
    0.0
    """
    ours, theirs = _planting(strategy), [_planting(other.strategy) for other in others]
    if members.label_sets:
        raise DataError(
            f"{members.name} holds sets of labels; beside others one label each is needed"
        )
    images = _distinct(_led(ours, known))
    if len(images) > 29:
        raise ParameterError(
            "beside other collectives at most 29 images can be counted beforehand, and the known "
            f"records are led to {len(images):,}: name fewer columns in population.columns"
        )
    own, led = (_places(images, each) for each in (members.features, _led(ours, members)))
    standing = np.zeros((len(images), len(members.label_names)), dtype=np.int64)
    label = members.held.argmax(axis=1)
    np.add.at(standing, (own[own >= 0], label[own >= 0]), 1)
    here = _count(led, len(images))
    pool = Pool(standing, here, here, len(members), np.zeros_like(here))
    groups = [
        OtherGroup(
            round(other.share * population_size),
            _count(_places(images, _led(each, members)), len(images)),
            members.label_index(each.target_label),
        )
        for other, each in zip(others, theirs, strict=True)
    ]
    terms = Terms(population_size, confidence, len(images) + 1)  # and all others are one more
    target = members.label_index(ours.target_label)
    made = certify_beside(pool, target, terms, groups)
    return Certified(
        Form.PLANT,
        made,
        images,
        members.label_names,
        ours.target_label,
        None,
        len(members),
        success,
        None,
    )


def _planting(strategy: Recruits) -> FeatureLabel:
    """Return a strategy that plants labels, or raise `NoTheory`."""
    does = strategy_of(strategy)
    if not isinstance(does, FeatureLabel) or does.recruit != "everyone":
        raise NoTheory(
            "certificates beside other collectives are for feature-label with everyone recruited: "
            f"not {kind_of(does)}; name other strategies, or leave out recruit, inactive and "
            "mislabel"
        )
    if isinstance(does.signal, (DropColumn, Coarsen)):
        raise NoTheory(
            f"{type(does.signal).__name__} makes its map from the records it is given, so members "
            "cannot know everybody's"
        )
    return does


def _led(strategy: FeatureLabel, people: Population) -> Features:
    """Return where a strategy's signal leads records."""
    once, again = (
        strategy.signal.apply(people.features, population=people, rng=np.random.default_rng(seed))
        for seed in (0, 1)
    )
    if (np.diff(numbered(once, again), axis=0) != 0).any():
        raise NoTheory(f"{type(strategy.signal).__name__} leaves to chance where it leads a record")
    return once


def _distinct(features: Features) -> Features:
    found: Features = features[np.unique(numbered(features)[0], return_index=True)[1]]
    return found


def _places(points: Features, features: Features) -> Rows:
    """Return which of the points each record is, −1 for none."""
    of_points, of_records = numbered(points, features)
    place = np.full(max(of_points.max(), of_records.max()) + 1, -1)
    place[of_points] = np.arange(len(of_points))
    return np.asarray(place[of_records])


def _count(places: Rows, points: int) -> Counts:
    return np.asarray(np.bincount(places[places >= 0], minlength=points))
