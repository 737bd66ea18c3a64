"""`certify`: what members' own records guarantee, before anybody acts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from criticalmass.answers.kept_certificate import Form, KeptCertificate
from criticalmass.arrays import Mask, Rows
from criticalmass.data.population import Population
from criticalmass.data.records import Features, numbered, rows_differ
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import Coarsen, DropColumn, Signal
from criticalmass.signals.signal import Recognizes
from criticalmass.strategies import Erase, FeatureLabel, FeatureOnly, NoTheory, Recruits, Unplant
from criticalmass.strategies.kinds import kind_of, use_instead
from criticalmass.theory.anytime import Joining
from criticalmass.theory.certificate import (
    Certificate,
    Counts,
    Pool,
    Terms,
    certify_planting,
    certify_unplanting,
    members_success,
)
from criticalmass.theory.certified_erasure import certify_erasing
from criticalmass.theory.needed import Needed
from criticalmass.theory.pilot import members_needed, set_aside

MOST_IMAGES = 29
"""With more images in a list it is not used."""


@dataclass(frozen=True, eq=False)
class Certified:
    """What members' records guarantee for everybody and for themselves.

    Parameters
    ----------
    form
        What is certified.
    certificate
        Which points are certified, their limits, and what is guaranteed for everybody.
    points
        The points: images that members are led to; for erasing, records. (points, …).
    labels
        The names of the labels, in the order of the certificate's columns.
    target
        The label y*; None for erasing.
    for_members
        Success at least among the members who act, with the confidence of the terms, a statement
        of its own; None for erasing, and where nobody can tell who carries the signal already.
    acting
        How many members act.
    wanted
        The success that `needed` is asked for.
    needed
        How many members would do; None for erasing.
    """

    form: Form
    certificate: Certificate
    points: Features
    labels: tuple[str, ...]
    target: str | None
    for_members: float | None
    acting: int
    wanted: float
    needed: Needed | None

    @property
    def success(self) -> float:
        """The success guaranteed for everybody."""
        return self.certificate.success

    @property
    def people(self) -> int:
        """How many members there are, those who do not act among them."""
        return self.certificate.people

    @property
    def size(self) -> int:
        """Number of all people, members among them."""
        return self.certificate.terms.size

    @property
    def confidence(self) -> float:
        """Probability with which what is guaranteed for everybody holds."""
        return self.certificate.terms.confidence

    @property
    def kept(self) -> KeptCertificate:
        """The numbers of this, as a store keeps them."""
        return KeptCertificate(
            self.form,
            self.target,
            float(self.success),
            None if self.for_members is None else float(self.for_members),
            self.members_certified,
            float(self.wanted),
            self.needed,
            int(self.people),
            int(self.size),
            float(self.confidence),
        )

    @property
    def members_certified(self) -> float:
        """Share of the members who act that are led to certified points, at least."""
        made = self.certificate
        return float(made.pool.acting[made.certified].sum()) / max(self.acting, 1)


def certify(
    strategy: Recruits,
    members: Population,
    population_size: int,
    confidence: float = 0.95,
    *,
    unplant: bool = False,
    moving_away: bool = False,
    epsilon: float = 0.0,
    against: int = 0,
    known: Population | None = None,
    anytime: bool = False,
    success: float = 0.9,
    seed: int = 0,
) -> Certified:
    """Return what members' own records guarantee, whatever everybody else's records are.

    Members are a random sample of everybody, and the platform's model is the best possible one for
    the records that it then sees, or nearly so.

    Parameters
    ----------
    strategy
        `FeatureLabel`, `FeatureOnly`, `Unplant` or `Erase`.
    members
        The members' records as they are before anybody acts.
    population_size
        Number of all people, members among them; an upper limit is enough without ``against``.
    confidence
        Probability with which what is guaranteed for everybody holds.
    unplant
        For `FeatureLabel`: certify `Unplant` with the same signal and target label instead. Marked
        records are no longer to get the label, and members report another one.
    moving_away
        For `FeatureOnly`: members without the target label leave the images, if they are at one.
    epsilon
        How far the platform's model may be from the best possible one: its contamination.
    against
        At most so many others do whatever they can to prevent it.
    known
        Records that were known before, such as those of a study: where the signal leads them are
        the images that are asked about. Without, and with many of them, a fifth of the members, or
        1,000, are set aside to tell how many people are led elsewhere.
    anytime
        Whether you look while people join, as often as you like, and stop when you like. The
        members are then in the order in which they joined, and ``known`` lists the images.
    success
        The success that the number of members is asked for.
    seed
        Seed of the draw of those who are set aside.

    Raises
    ------
    NoTheory
        If nothing can be certified for such a strategy or signal.
    DataError
        If nobody would act.
    ParameterError
        If the population is smaller than its members, or a number makes no sense.

    Examples
    --------
    >>> from criticalmass import InsertToken
    >>> texts = [f"person {i}" for i in range(5)] * 200
    >>> people = Population.from_texts(texts, ["cook", "nurse"] * 500)
    >>> made = certify(FeatureLabel(InsertToken("~"), "cook"), people, 4000)
    >>> int(made.certificate.certified.sum()), round(made.success, 3), round(made.for_members, 3)
    (5, 0.977, 0.99)
    """
    terms = Terms(population_size, confidence, None, epsilon, against)
    if not 0 < success < 1:
        raise ParameterError(f"success lies between 0 and 1, not {success:g}")
    if population_size < len(members):
        raise ParameterError(
            f"a population of {population_size:,} cannot have {len(members):,} members"
        )
    if against > (outside := population_size - len(members)):
        raise ParameterError(
            f"{against:,} people cannot work against it: of {population_size:,} people {outside:,} "
            "are no members"
        )
    if unplant and not isinstance(strategy, FeatureLabel):
        raise NoTheory(
            'only members who report labels, kind = "feature-label", can unplant one, not '
            f"{kind_of(strategy)}: name such a strategy (--strategy NAME)"
        )
    if moving_away and not isinstance(strategy, FeatureOnly):
        raise NoTheory(
            'only members who keep their labels, kind = "feature-only", move away, not '
            f"{kind_of(strategy)}: name such a strategy (--strategy NAME)"
        )
    if unplant and isinstance(strategy, FeatureLabel):
        strategy = Unplant(strategy.signal, strategy.target_label)
    unplant = isinstance(strategy, Unplant)
    apart = np.random.default_rng(seed).permutation(len(members))
    if isinstance(strategy, Erase):
        if anytime:
            raise NoTheory("what erases a signal is certified at one look only")
        return _erasing(strategy, members, terms, apart, success)
    if not isinstance(strategy, (FeatureLabel, FeatureOnly, Unplant)):
        raise NoTheory(
            f"no certificate is known for {kind_of(strategy)}: {use_instead(strategy)} "
            "(--strategy NAME)"
        )
    if not isinstance(strategy, Unplant) and strategy.recruit == "target":
        raise NoTheory("members who all hold one label cannot tell how many others hold another")
    label, names, target = _labels(members, strategy.target_label)
    led = _led(strategy.signal, members)
    holds = label == target
    acts = holds if isinstance(strategy, FeatureOnly) else np.ones(len(members), dtype=bool)
    if not acts.any():
        raise DataError(f"no member holds the label {strategy.target_label!r}, so nobody would act")

    # points, and who is set aside
    listed = None if known is None else _distinct(_led(strategy.signal, known))
    if listed is not None and len(listed) <= MOST_IMAGES:
        features = listed  # and whatever else there is makes one more
        terms = Terms(population_size, confidence, len(features) + 1, epsilon, against)
        counted, aside = apart, apart[:0]
    else:
        few = int(set_aside(np.array(len(members))))
        counted, aside = apart[few:], apart[:few]
        features = _distinct(led[counted])
    image, own = _places(features, led), _places(features, members.features)

    def pool_of(rows: Rows, others: Rows) -> Pool:
        standing = np.zeros((len(features), len(names)), dtype=np.int64)
        there = rows[own[rows] >= 0]
        np.add.at(standing, (own[there], label[there]), 1)
        here = _count(image[rows], len(features))
        acting = _count(image[rows[acts[rows]]], len(features))
        outside = _count(image[others], len(features))
        return Pool(standing, here, acting, len(rows), outside, len(others))

    pool = pool_of(counted, aside)
    staying = isinstance(strategy, FeatureOnly) and not moving_away
    reported = None
    if isinstance(strategy, Unplant):
        reported = _reported(strategy, features, members, led)
        made = certify_unplanting(pool, target, terms, reported)
    else:
        made = certify_planting(pool, target, terms, staying=staying)
    if anytime:
        if staying:
            raise NoTheory(
                "nothing is known of looking while people join where those without the target "
                "label stay as they are; have them report the label (feature-label)"
            )
        if terms.sets_aside:
            led_to = "are not there" if listed is None else f"are led to {len(listed):,}"
            raise NoTheory(
                "looking while people join takes records known before, such as a study's, that "
                f"are led to {MOST_IMAGES} kinds of marked records or fewer; these {led_to}"
            )
        joined = Joining(image, own, label, acts)
        if reported is not None:  # what is led to no image of the list is never certified
            reported = np.append(reported, 1 if target == 0 else 0)
        sure = joined.certified(
            len(members), target, len(names), terms, unplant=unplant, reported=reported
        )
        made = replace(
            made,
            margin=np.where(sure[:-1], np.maximum(made.margin, 1), np.minimum(made.margin, 0)),
            uncertified=joined.led_elsewhere(sure, terms),
        )
    standing = _standing(strategy.signal, members, led)
    least = None
    if standing is not None:
        rivals = int((standing & (holds if unplant else ~holds)).sum())
        acting = np.array([acts.sum()])
        everyone = Pool(pool.own[:1], acting, acting, len(members), acting * 0)
        least = members_success(everyone, rivals, terms, staying=staying)
    everybody = pool_of(apart, apart[:0])
    if isinstance(strategy, Unplant) and strategy.label is not None:
        pair = [target, members.label_index(strategy.label)] if len(names) > 2 else [0, 1]
        everybody, needed_of = replace(everybody, own=everybody.own[:, pair]), 0
    else:
        needed_of = target
    needed = members_needed(everybody, needed_of, terms, success, staying=staying, unplant=unplant)
    form = Form.UNPLANT if unplant else Form.PLANT
    acting_members = int(acts.sum())
    return Certified(
        form, made, features, names, strategy.target_label, least, acting_members, success, needed
    )


def _erasing(
    strategy: Erase, members: Population, terms: Terms, apart: Rows, success: float
) -> Certified:
    """Return what members guarantee who erase a signal."""
    label, names, _ = _labels(members, None)
    led = _led(strategy.signal, members)
    if rows_differ(
        led, strategy.signal.apply(led, population=members, rng=np.random.default_rng(0))
    ).any():
        raise NoTheory("an erasing map must leave what it leads to as it is, g(g(x)) = g(x)")
    features = _distinct(np.concatenate([members.features, led]))
    cell, image = _places(features, members.features), np.zeros(len(features), dtype=np.intp)
    image[_places(features, led)] = _places(features, led)
    image[cell] = _places(features, led)
    few = int(set_aside(np.array(len(members))))
    own = np.zeros((len(features), len(names)), dtype=np.int64)
    np.add.at(own, (cell[apart[few:]], label[apart[few:]]), 1)
    made = certify_erasing(own, image, _count(cell[apart[:few]], len(features)), terms)
    return Certified(Form.ERASE, made, features, names, None, None, len(members), success, None)


def _labels(members: Population, target: str | None) -> tuple[Rows, tuple[str, ...], int]:
    """Return each member's label, what the labels are called, and which is y*."""
    held = members.held
    if not members.label_sets:
        column = 0 if target is None else members.label_index(target)
        return np.asarray(held.argmax(axis=1)), members.label_names, column
    if target is None:
        raise DataError(f"erasing needs one label per record; {members.name} holds sets of labels")
    holds = held[:, members.label_index(target)]
    return np.where(holds, 0, 1), (target, f"not {target}"), 0


def _reported(strategy: Unplant, points: Features, members: Population, led: Features) -> Rows:
    """Return the column that members report at each point, of those that `_labels` gives."""
    if members.label_sets:  # y*, or not
        return np.ones(len(points), dtype=np.intp)
    return strategy.reported(points, members, led)


def _led(signal: Signal, people: Population) -> Features:
    """Return where a signal leads records, or refuse one whose map members cannot know."""
    if isinstance(signal, (DropColumn, Coarsen)):
        raise NoTheory(
            f"{type(signal).__name__} makes its map from the records it is given, so members "
            "cannot know everybody's; use SetColumns or RedactWords"
        )
    once, again = (
        signal.apply(people.features, population=people, rng=np.random.default_rng(seed))
        for seed in (0, 1)
    )
    if rows_differ(once, again).any():
        raise NoTheory(f"{type(signal).__name__} leaves to chance where it leads a record")
    return once


def _standing(signal: Signal, members: Population, led: Features) -> Mask | None:
    """Return who stands at an image already; None where that cannot be told."""
    if isinstance(signal, Recognizes):
        return np.asarray(signal.carries(members.features, population=members))
    again = signal.apply(led, population=members, rng=np.random.default_rng(0))
    if rows_differ(led, again).any():
        return None
    return np.asarray(~rows_differ(led, members.features))


def _distinct(features: Features) -> Features:
    """Return the different records among some."""
    found: Features = features[np.unique(numbered(features)[0], return_index=True)[1]]
    return found


def _places(points: Features, features: Features) -> Rows:
    """Return which of the points each record is, −1 for none."""
    of_points, of_records = numbered(points, features)
    place = np.full(max(of_points.max(), of_records.max()) + 1, -1)
    place[of_points] = np.arange(len(of_points))
    return np.asarray(place[of_records])


def _count(places: Rows, points: int) -> Counts:
    """Return how many lie at each point; −1 is none."""
    return np.asarray(np.bincount(places[places >= 0], minlength=points))
