"""Certificates beside other collectives whose strategies and sizes are known.

N people, n members of ours and m_j of every other collective, each a random sample. Those who are
in none, N − n − Σ m_j, stay as they are: of them there are prediction limits L and U as ever, with
N − Σ m_j in place of N. And how many of the m_j the others lead to x̃ is predicted from ours: if a
of our n would be led there by their signal, and b of theirs are, a is Hyp(n + m_j, a + b, n).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from criticalmass.errors import ParameterError
from criticalmass.intervals import fewest_others, most_others
from criticalmass.theory.certificate import (
    Certificate,
    Counts,
    Pool,
    Terms,
    certificate_of,
    limit_missed,
)


@dataclass(frozen=True, eq=False)
class OtherGroup:
    """Another collective that marks records and reports a label.

    Parameters
    ----------
    people
        How many follow it: m_j.
    led
        Our members whom its signal would lead to each point, (points,): a_j.
    label
        The column that its members report.
    """

    people: int
    led: Counts
    label: int


def certify_beside(
    pool: Pool, target: int, terms: Terms, groups: Sequence[OtherGroup]
) -> Certificate:
    """Certify points at which the model will give our label while other collectives act.

    y* wins at x̃ wherever M + L(A_{y*}) + Σ L_j > max_{y≠y*} (U(A_y) + Σ U_j), the sums over groups
    that report y* and y. Each limit is missed with probability .9δ/(|X̃|(|Y| + J)) at most, so all
    hold together with 1 − .9δ.

    Parameters
    ----------
    pool
        Our members' records, nobody set aside.
    target
        Column of y*, which all our members report.
    terms
        What is asked for; its images were known before.
    groups
        The other collectives.

    Raises
    ------
    ParameterError
        If images were not known before, or there are fewer people than members of all groups.

    Examples
    --------
    Of 1,000 people 100 are ours and all are led to one image; a group of 50 leads everybody there,
    too, and reports the other label.

    >>> pool = Pool(np.array([[0, 3]]), np.array([100]), np.array([100]), 100, np.zeros(1, int))
    >>> rival = OtherGroup(50, np.array([100]), 1)
    >>> made = certify_beside(pool, 0, Terms(1000, images=1), [rival])
    >>> made.most[0, 1].item(), made.margin.item()  # 80 alone
    (131, -31.0)
    """
    if terms.sets_aside:
        raise ParameterError(
            "beside other collectives images are counted beforehand: at most 30, from known records"
        )
    others = sum(group.people for group in groups)
    if terms.size - others < pool.people:
        raise ParameterError(
            f"a population of {terms.size:,} cannot have {pool.people:,} members beside {others:,} "
            "of other collectives"
        )
    points, k = pool.own.shape
    missed = limit_missed(pool, terms, k + len(groups))
    among = terms.size - others
    most = most_others(pool.own, pool.people, among, missed)
    fewest = fewest_others(pool.own[:, target], pool.people, among, missed)
    for group in groups:
        both = pool.people + group.people
        if group.label == target:
            fewest = fewest + fewest_others(group.led, pool.people, both, missed)
        else:
            most[:, group.label] += most_others(group.led, pool.people, both, missed)
    rivals = np.ones((points, k), dtype=bool)
    wanted = np.full(points, target)
    stays = np.zeros_like(pool.own)
    return certificate_of(pool, terms, wanted, fewest, most, stays, rivals)
