"""How many members a certificate will take, from a pilot of the first of them."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from criticalmass.arrays import Array
from criticalmass.intervals import upper_limit
from criticalmass.theory.certificate import Counts, Pool, Terms, limit_missed
from criticalmass.theory.needed import Needed

END = 1.645
"""Standard deviations to one end of a range that holds in 90 % of cases."""
GRID = 4000


def members_needed(
    pool: Pool,
    target: int,
    terms: Terms,
    success: float,
    *,
    staying: bool = False,
    unplant: bool = False,
) -> Needed:
    """Return how many members it takes until so much success is guaranteed for everybody.

    The pilot tells of every image and rival about how far the rival is ahead, θ, and how fast
    members' votes grow, h: the certificate comes when n h exceeds what θ can be, given n members.

    Parameters
    ----------
    pool, target, terms, staying
        The pilot, as in `certify_planting`.
    success
        The success wanted for everybody, in (0, 1).
    unplant
        Whether y* is not to be given, as in `certify_unplanting`.

    Examples
    --------
    500 people of 100,000 are in the pilot, all led to one image, where 10 stand with another label:

    >>> pool = Pool(np.array([[0, 10]]), np.array([500]), np.array([500]), 500, np.zeros(1, int))
    >>> members_needed(pool, 0, Terms(100_000, images=1), 0.9)
    Needed(people=2825, low=2047, high=3706)
    """
    n = np.unique(np.geomspace(pool.people, terms.size, GRID).astype(np.int64))
    ahead, spread, growth = _contests(pool, target, terms, staying=staying, unplant=unplant)
    z = math.sqrt(2 * (math.log(1 / limit_missed(pool, terms, pool.own.shape[1])) + 1.3))
    pairs = max(int((spread > 0).sum()), 1)
    ends = (0.0, -float(norm.isf(0.05 / pairs)), END)
    each = [
        _first(
            n,
            _certified(n, q, z, ahead, spread, growth, pool, terms, unplant),
            pool,
            terms,
            success,
        )
        for q in ends
    ]
    return Needed(*each)


def _contests(
    pool: Pool, target: int, terms: Terms, *, staying: bool, unplant: bool
) -> tuple[Array, Array, Array]:
    """Return the lead, its spread and the growth of votes of each rival, (points, rivals)."""
    own = pool.own.astype(float)
    mine, others = own[:, [target]], np.delete(own, target, axis=1)
    wins, loses = (mine, others) if unplant else (others, mine)
    led = pool.acting[:, None]
    ahead = terms.size * (wins - loses) / pool.people + 2 * terms.against
    spread = np.sqrt((wins + loses + 1) / pool.people)
    growth = (led - loses if staying else led + wins - loses) / pool.people
    return ahead, spread, np.broadcast_to(growth, ahead.shape)


def _certified(
    n: Counts,
    q: float,
    z: float,
    ahead: Array,
    spread: Array,
    growth: Array,
    pool: Pool,
    terms: Terms,
    unplant: bool,
) -> Array:
    """Return which points so many members would certify, (numbers, points)."""
    counted = n - set_aside(n) if terms.sets_aside else n
    later = np.sqrt(np.maximum(1 / pool.people - 1 / counted, 0))
    slack = z * np.sqrt(1 / counted - 1 / terms.size) + q * later
    least = ahead[None] + terms.size * spread[None] * slack[:, None, None]
    won = counted[:, None, None] * growth[None] > least
    return np.asarray(won.any(axis=2) if unplant else won.all(axis=2))


def _first(n: Counts, certified: Array, pool: Pool, terms: Terms, success: float) -> int | None:
    """Return the first number of members from which so much would be guaranteed."""
    share = pool.led / pool.people
    open_share = np.maximum(1 - certified @ share, 0)
    if terms.sets_aside:
        telling, level = set_aside(n), 0.2 * terms.missed
    else:
        assert terms.images is not None
        telling, level = n, 0.1 * terms.missed / max(2.0**terms.images - 2, 1)
    left = upper_limit(np.round(open_share * telling), telling, 1 - level)
    if not terms.sets_aside and certified.shape[1] == terms.images:
        left = np.where(certified.all(axis=1), 0.0, left)
    enough = np.flatnonzero(1 - left >= success)
    return int(n[enough[0]]) if len(enough) else None


def set_aside(people: Counts) -> Counts:
    """Return how many members are set aside where there are many images: a fifth, or 1,000."""
    return np.asarray(np.minimum(people // 5, 1000))
