"""`Certificate`: what members' own records guarantee, whatever the others' records are.

Nobody knows P₀. But n members, a random sample of N people, pool their records and know of every
image x̃ how many of them are led there, M, and how many of their own records lie there with each
label, A_y. They have prediction limits of the B_y of others: `criticalmass.intervals`. Their label
wins at x̃ wherever M + L(A_{y*}) > max U(A_y), whatever P₀ is.

Gauthier, Bach and Jordan (ICML 2025, *Statistical Collusion by Collectives on Learning Platforms*)
bound the same with Hoeffding's inequality on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array, Mask, Rows
from criticalmass.errors import ParameterError
from criticalmass.intervals import fewest_others, most_others, upper_limit
from criticalmass.theory.parameters import check_confidence

Counts = NDArray[np.int64]
FEW_IMAGES = 30
"""With more images the mass of those not certified is read off members set aside."""


@dataclass(frozen=True)
class Terms:
    """What a certificate is asked for.

    Parameters
    ----------
    size
        Number of all people, members among them: N.
    confidence
        Probability with which what is guaranteed for everybody holds, in (0, 1).
    images
        How many images there are, if that was known before anybody looked at members' records.
    epsilon
        How far the firm may be from the best possible model: its contamination, below ½.
    against
        At most so many of the others may do anything at all to prevent it: m.
    """

    size: int
    confidence: float = 0.95
    images: int | None = None
    epsilon: float = 0.0
    against: int = 0

    def __post_init__(self) -> None:
        check_confidence(self.confidence)
        if self.confidence == 1:
            raise ParameterError("no sample makes anything certain: confidence lies below 1")
        if not 0 <= self.epsilon < 0.5:
            raise ParameterError(f"epsilon lies in [0, 0.5), not {self.epsilon:g}")
        if self.against < 0:
            raise ParameterError(
                f"the number of people who work against it is 0 or more, not {self.against:,}"
            )
        if self.images is not None and self.images < 1:
            raise ParameterError(f"a signal leads to at least 1 image, not {self.images}")

    @property
    def missed(self) -> float:
        """The probability δ with which what is said may be wrong."""
        return 1 - self.confidence

    @property
    def sets_aside(self) -> bool:
        """Whether some members are to be set aside, because there are many images."""
        return self.images is None or self.images > FEW_IMAGES


@dataclass(frozen=True, eq=False)
class Pool:
    """Members' records as they were before acting, by the points that members are led to.

    Parameters
    ----------
    own
        Members' own records at each point by label, (points, k): A.
    led
        Members that the signal leads there, (points,).
    acting
        How many of those will be there with the wanted label, (points,): M.
    people
        Number of these members, n.
    aside
        Of members who were set aside: how many are led to each point, (points,).
    set_aside
        How many were. They act as well.
    """

    own: Counts
    led: Counts
    acting: Counts
    people: int
    aside: Counts
    set_aside: int = 0


@dataclass(frozen=True, eq=False)
class Certificate:
    """What is guaranteed for everybody, and at which images.

    Parameters
    ----------
    terms
        What was asked for.
    pool
        Members' records.
    wanted
        The label that members report at each point, (points,).
    fewest
        Others who hold that label there, at least, (points,).
    most
        Others there of each label, at most, (points, k).
    margin
        Votes by which the wanted label is ahead of the strongest rival at the worst, (points,).
        The point is certified where that is positive.
    rival
        The label that stands in the way, or would be the next to, (points,).
    uncertified
        Share of everybody led to points that are not certified, at most.
    """

    terms: Terms
    pool: Pool
    wanted: Rows
    fewest: Counts
    most: Counts
    margin: Array
    rival: Rows
    uncertified: float

    @property
    def certified(self) -> Mask:
        """Which points are certified, (points,)."""
        return np.asarray(self.margin > 0)

    @property
    def success(self) -> float:
        """The success that is guaranteed for everybody, with the confidence of the terms."""
        return 1 - self.uncertified

    def judged(self, margin: Array) -> Certificate:
        """Return the certificate with other margins, and what then is not certified."""
        share = _uncertified(self.pool, self.terms, margin > 0)
        return replace(self, margin=margin, uncertified=share)

    @property
    def people(self) -> int:
        """Number of members, those set aside among them."""
        return self.pool.people + self.pool.set_aside


def certify_planting(
    pool: Pool, target: int, terms: Terms, *, staying: bool = False
) -> Certificate:
    """Certify points at which the model will give a label that members plant.

    Parameters
    ----------
    pool
        Members' records; ``acting`` are all that are led there, or the holders of y* only.
    target
        Column of y*.
    terms
        What is asked for.
    staying
        Whether members without y* stay where they are and keep their labels: the
        feature-only strategy. Otherwise they leave the images, or report y*.

    Examples
    --------
    100 people of 1,000 are members. The signal leads all to one image, where 3 members stood with
    another label:

    >>> pool = Pool(np.array([[0, 3]]), np.array([100]), np.array([100]), 100, np.zeros(1, int))
    >>> certificate = certify_planting(pool, 0, Terms(1000, images=1))
    >>> certificate.success, certificate.most[0, 1].item(), certificate.margin.item()
    (1.0, 80, 20.0)
    """
    points, k = pool.own.shape
    missed = limit_missed(pool, terms, k)
    most = _most(pool, terms, missed)
    fewest = _fewest(pool, terms, missed)[:, target]
    wanted = np.full(points, target)
    stays = pool.own if staying else np.zeros_like(pool.own)
    rivals = np.ones((points, k), dtype=bool)
    return certificate_of(pool, terms, wanted, fewest, most, stays, rivals)


def certify_unplanting(
    pool: Pool, target: int, terms: Terms, reported: Rows | None = None
) -> Certificate:
    """Certify points at which the model will not give y*.

    Parameters
    ----------
    pool
        Members' records.
    target
        Column of y*.
    terms
        What is asked for.
    reported
        Column of the label ŷ that members report at each point, (points,), which may depend on all
        members' records. None: the one that most of them have there, y* apart.

    Examples
    --------
    >>> pool = Pool(np.array([[8, 3, 0]]), np.array([90]), np.array([90]), 100, np.zeros(1, int))
    >>> certificate = certify_unplanting(pool, 0, Terms(1000, images=2))
    >>> certificate.wanted.item(), certificate.rival.item(), certificate.margin.item()
    (1, 0, -65.0)
    """
    points, k = pool.own.shape
    # limits: most of y*, fewest of every other label; with ε also most of every other label
    missed = limit_missed(pool, terms, k if not terms.epsilon else 2 * k - 1)
    most = _most(pool, terms, missed)
    if reported is None:
        others = pool.own.copy()
        others[:, target] = -1
        reported = others.argmax(axis=1)
    wanted = reported
    fewest = _fewest(pool, terms, missed)[np.arange(points), wanted]
    rivals = np.zeros((points, k), dtype=bool)
    rivals[:, target] = True
    return certificate_of(pool, terms, wanted, fewest, most, np.zeros_like(pool.own), rivals)


def certify_cells(pool: Pool, wanted: Rows, terms: Terms) -> Certificate:
    """Certify points where members report labels that their own votes chose, one for each point.

    Any label may be the chosen one, so nothing is made of others who hold it.
    """
    if not terms.sets_aside:
        raise ParameterError(
            "where members' votes choose labels, images are not counted beforehand"
        )
    points, k = pool.own.shape
    missed = limit_missed(pool, terms, k)
    most = _most(pool, terms, missed)
    nothing = np.zeros_like(pool.own)
    rivals = np.ones((points, k), dtype=bool)
    return certificate_of(pool, terms, wanted, nothing[:, 0], most, nothing, rivals)


def members_success(pool: Pool, rivals: int, terms: Terms, *, staying: bool = False) -> float:
    """Return the success that members reach at least among themselves: of those who act.

    A point is lost only where the others' rivals are as many as the members led there, so all who
    are lost together are no more than all of the others' rivals: one limit, however many images.

    Parameters
    ----------
    pool
        Members' records, nobody set aside.
    rivals
        Members whose own records lie at any image with a label that stands in the way.
    terms
        What is asked for; the statement has a confidence of its own.
    staying
        Whether those members stay where they are and keep their labels.

    Examples
    --------
    >>> pool = Pool(np.array([[0, 3]]), np.array([300]), np.array([300]), 300, np.zeros(1, int))
    >>> round(members_success(pool, 3, Terms(1000)), 3)
    0.933
    """
    acting = int(pool.acting.sum())
    if not acting:
        return 0.0
    odds = terms.epsilon / (1 - terms.epsilon)
    others = int(most_others(rivals, pool.people, _among(pool, terms), terms.missed))
    lost = (1 + odds) / (1 - odds) * (others + terms.against + rivals * staying)
    return max(0.0, 1 - lost / acting)


def _among(pool: Pool, terms: Terms) -> int:
    """Return how many people the members that are counted were drawn from."""
    among = terms.size - pool.set_aside
    if among < pool.people:
        raise ParameterError(
            f"a population of {terms.size:,} cannot have {pool.people + pool.set_aside:,} members"
        )
    return among


def _fewest(pool: Pool, terms: Terms, missed: float) -> Counts:
    """Return others of each label at least: 0 with many images, to need no limit for each."""
    if terms.sets_aside:
        return np.zeros_like(pool.own)
    counts, place = np.unique(pool.own, return_inverse=True)
    fewest = fewest_others(counts, pool.people, _among(pool, terms), missed)
    return np.asarray(fewest[place].reshape(pool.own.shape))


def limit_missed(pool: Pool, terms: Terms, limits: int) -> float:
    """Return the probability with which a single limit may be missed.

    With few images that were known, there are so many limits at each. Otherwise only those pairs of
    a point and a label count where more records are than U(0) allows, because others cannot be
    missed: they are at most N / (U(0) + 1), however many images there are.
    """
    if terms.images is not None and not terms.sets_aside:
        if len(pool.led) > terms.images:
            raise ParameterError(
                f"members are led to {len(pool.led)} images, and {terms.images} were said to be all"
            )
        return 0.9 * terms.missed / (terms.images * limits)
    among = _among(pool, terms)
    total, least = 0.8 * terms.missed, 1e-300

    def enough(missed: float) -> bool:
        pairs = among // (int(most_others(0, pool.people, among, missed)) + 1)
        return missed * pairs <= total

    low, high = np.log(least), np.log(total)
    if enough(total):
        return total
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if enough(float(np.exp(middle))) else (low, middle)
    return float(np.exp(low))


def _most(pool: Pool, terms: Terms, missed: float) -> Counts:
    """Return others of each label at most; equal counts are worked out once."""
    counts, place = np.unique(pool.own, return_inverse=True)
    most = most_others(counts, pool.people, _among(pool, terms), missed)
    return np.asarray(most[place].reshape(pool.own.shape))


def certificate_of(
    pool: Pool,
    terms: Terms,
    wanted: Rows,
    fewest: Counts,
    most: Counts,
    stays: Counts,
    rivals: Mask,
) -> Certificate:
    """Return the certificate of contests: each wanted label against the rivals of its point."""
    points = np.arange(len(wanted))
    odds = terms.epsilon / (1 - terms.epsilon)
    mine = pool.acting + np.maximum(fewest - terms.against, 0)
    theirs = (stays + most).astype(float)
    theirs[points, wanted] = 0
    everybody = mine + theirs.sum(axis=1) + terms.against
    ahead = (mine - odds * everybody - terms.against)[:, None] - theirs
    against = rivals.copy()
    against[points, wanted] = False
    ahead = np.where(against, ahead, np.inf)
    rival = ahead.argmin(axis=1)
    margin = ahead[points, rival]
    return Certificate(
        terms, pool, wanted, fewest, most, margin, rival, _uncertified(pool, terms, margin > 0)
    )


def _uncertified(pool: Pool, terms: Terms, certified: Mask) -> float:
    """Return the share of everybody who are led to points that are not certified, at most."""
    if not certified.any():
        return 1.0
    if terms.sets_aside:
        if not pool.set_aside:
            return 1.0
        missing = pool.set_aside - int(pool.aside[certified].sum())
        share = float(upper_limit(missing, pool.set_aside, 1 - 0.2 * terms.missed))
        # of these very N, those counted among members are known
        counted = pool.people - int(pool.led[certified].sum())
        of_all = (counted + share * (terms.size - pool.people)) / terms.size
        return max(share, min(of_all, 1.0))
    assert terms.images is not None
    if certified.sum() == terms.images:
        return 0.0
    missing = pool.people - int(pool.led[certified].sum())
    level = 0.1 * terms.missed / (2.0**terms.images - 2)
    return float(upper_limit(missing, pool.people, 1 - level))
