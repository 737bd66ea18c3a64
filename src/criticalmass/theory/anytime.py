"""Certificates that may be looked at while people join, as often as anybody likes.

Members are a random sample and join in random order. Their label beats another one, y, at an image
iff θ = T_y − T_{y*} of everybody's records there is below c = M + A_y − A_{y*}, which is known and
never falls as members join: what is won stays won. A non-negative martingale of the records in
their order tells whether θ < c, at every n at once (Ville 1939).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from criticalmass.arrays import Array, Mask, Rows
from criticalmass.errors import ParameterError
from criticalmass.theory.certificate import Terms

BETS = 2.0 ** -np.arange(1, 9)
"""Stakes of the eight bets that are mixed."""


def log_wealth(steps: ArrayLike, at: ArrayLike, people: int, size: int, least: float) -> float:
    """Return ln K_n(c): how strongly the records speak against θ ≥ c.

    K_n(c) is the mean over stakes λ of Π (1 + λ (m_i − Z_i)), where m_i is the mean of what is left
    if the sum over everybody is c. It is a martingale at c = θ, and rises in c.

    Parameters
    ----------
    steps
        Those Z_i that are not 0, each 1 or −1, in the order in which members joined, (hits,).
    at
        Which members they are, counted from 1, (hits,).
    people
        The number of members so far, n.
    size
        Number of all people, N; an upper limit of it will do if ``least`` is no smaller than the
        sum of the steps up to any member.
    least
        The number c.

    Returns
    -------
    float
        Infinite where c is more than could be.

    Examples
    --------
    Of 1,000 people 100 have joined, none with another label at the image. That 200 of the others
    have it is out of the question, that 10 have it is not:

    >>> [round(log_wealth([], [], 100, 1000, c), 1) for c in (200, 10)]
    [7.9, 0.1]
    """
    z, where = np.asarray(steps, dtype=float), np.asarray(at, dtype=np.int64)
    if len(z) and (where.min() < 1 or where.max() > people):
        raise ParameterError("members' places lie between 1 and their number")
    before = np.concatenate([[0.0], np.cumsum(z)])
    rest = least - before
    # left to be drawn before the first and after the last member of each run of Z = 0
    first = size - np.concatenate([[0], where])
    last = size - np.concatenate([where - 1, [people]])
    if (rest > last).any():  # even if all who are left counted, the sum would not be reached
        return float("inf")
    # a sum below what those left can bring is raised to it; at c = θ there is none
    floor = np.maximum(rest, -last)
    stakes = BETS[:, None]
    moved = stakes * floor
    runs = np.where(
        first > last,
        gammaln(first + 1 + moved)
        - gammaln(last + 1 + moved)
        - gammaln(first + 1)
        + gammaln(last + 1),
        0.0,
    )
    means = floor[:-1] / last[:-1]
    factors = 1 + stakes * (means - z)
    with np.errstate(divide="ignore"):
        logs = runs.sum(axis=1) + np.log(factors).sum(axis=1)
    return float(np.logaddexp.reduce(logs) - np.log(len(BETS)))


@dataclass(frozen=True, eq=False)
class Joining:
    """Members' own records in the order in which they joined.

    Parameters
    ----------
    led
        The image that each is led to, −1 for none that is asked about, (members,).
    own
        The image at which each stands already, −1 for none, (members,).
    label
        The label of each, (members,).
    acting
        Who of them acts, (members,): all, or the holders of y* only.
    """

    led: Rows
    own: Rows
    label: Rows
    acting: Mask

    def certified(
        self,
        people: int,
        target: int,
        labels: int,
        terms: Terms,
        *,
        unplant: bool = False,
        reported: Rows | None = None,
    ) -> Mask:
        """Return which images are certified when so many have joined.

        Look as often as you like, stop when you like: with the confidence of the terms no image
        that is ever certified is lost, then or with more members.

        Parameters
        ----------
        people
            How many have joined.
        target
            The label y*, which is to be given, or not to be given.
        labels
            Number of labels.
        terms
            What is asked for: the number of images must be known, and the firm the best possible.
        unplant
            Whether y* is not to be given.
        reported
            Then the label that members report at each image, (images,); by default any that does.

        Examples
        --------
        The first 300 of 1,000 people are led to one image, where nobody stands:

        >>> first = np.zeros(300, int)
        >>> joined = Joining(first, first - 1, first, np.ones(300, bool))
        >>> [joined.certified(n, 0, 2, Terms(1000, images=1)).item() for n in (50, 100)]
        [False, True]
        """
        if terms.images is None or terms.epsilon:
            raise ParameterError(
                "to look while people join, the number of images must be known, and epsilon be 0"
            )
        led, own, label = self.led[:people], self.own[:people], self.label[:people]
        listed = self.acting[:people] & (led >= 0)
        acting = np.bincount(led[listed], minlength=terms.images)
        others = [y for y in range(labels) if y != target]
        enough = np.log(terms.images * len(others) / (0.9 * terms.missed))
        sure = np.zeros((terms.images, len(others)), dtype=bool)
        for image in range(terms.images):
            there = np.flatnonzero(own == image)
            for rival, y in enumerate(others):
                plus, minus = (target, y) if unplant else (y, target)
                step = np.where(label[there] == plus, 1.0, np.where(label[there] == minus, -1.0, 0))
                sure[image, rival] = (
                    self._against_rival(there, step, int(acting[image]), people, terms) >= enough
                )
        if unplant and reported is not None:
            at = np.arange(terms.images)
            return np.asarray(sure[at, np.searchsorted(others, reported)])
        return np.asarray(sure.any(axis=1) if unplant else sure.all(axis=1))

    def _against_rival(
        self, there: Rows, step: Array, acting: int, people: int, terms: Terms
    ) -> float:
        """Return how strongly members at an image speak against a rival's being ahead.

        People who work against it may take votes away and give them to the rival, or leave the
        wanted label's own votes uncounted: the better of two limits, each half as often missed.
        """
        hit, rival = step != 0, step > 0
        least = acting + step.sum() - 2 * terms.against
        both = log_wealth(step[hit], there[hit] + 1, people, terms.size, least)
        if not terms.against:
            return both
        least = acting + rival.sum() - terms.against
        alone = log_wealth(step[rival], there[rival] + 1, people, terms.size, least)
        return max(both, alone) - float(np.log(2))

    def led_elsewhere(self, certified: Mask, terms: Terms) -> float:
        """Return the share of everybody who are led to images not certified, at most, at all times.

        Parameters
        ----------
        certified
            Which images are certified, (images,); they may depend on all who joined.
        terms
            What is asked for; a tenth of what may be missed is for this, over all sets of images.
        """
        assert terms.images is not None
        if certified.all():
            return 0.0
        if not certified.any():
            return 1.0
        people = len(self.led)
        inside = (self.led >= 0) & certified[self.led]
        at = np.flatnonzero(~inside) + 1
        enough = np.log((2.0**terms.images - 2) / (0.1 * terms.missed))
        low, high = len(at), terms.size - people + len(at) + 1  # more than that cannot be
        while high - low > 1:
            middle = (low + high) // 2
            refuted = log_wealth(np.ones(len(at)), at, people, terms.size, middle) >= enough
            low, high = (low, middle) if refuted else (middle, high)
        return min(high / terms.size, 1.0)
