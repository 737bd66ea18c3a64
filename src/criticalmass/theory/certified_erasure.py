"""Which records are certified where members erase a signal.

A member at x reports the label ŷ that most members have at g(x). The model predicts the same for x
and g(x) wherever ŷ wins at both; where x = g(x) it does in any case.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from criticalmass.arrays import Rows
from criticalmass.theory.certificate import Certificate, Counts, Pool, Terms, certify_cells


def certify_erasing(own: Counts, image: Rows, aside: Counts, terms: Terms) -> Certificate:
    """Certify cells of records whose prediction will be that of their image.

    Parameters
    ----------
    own
        Members' records of each cell by label, (cells, k).
    image
        The cell that the map leads each to, (cells,); it leads images to themselves.
    aside
        Members who were set aside, by cell, (cells,).
    terms
        What is asked for; its images stay unknown, because cells are many.

    Returns
    -------
    Certificate
        Its points are the cells. ``wanted`` is what members report there.

    Examples
    --------
    Of 1,000 people 500 are members; 200 more were set aside to tell what is not certified.

    >>> own = np.array([[100, 30], [0, 370]])
    >>> made = certify_erasing(own, np.array([1, 1]), np.array([50, 150]), Terms(1000))
    >>> made.wanted.tolist(), made.certified.tolist(), round(made.success, 3)
    ([1, 1], [True, True], 0.977)
    """
    votes = own.copy()
    led = np.zeros_like(own)
    np.add.at(led, image, own)
    nobody = own.sum(axis=1) == 0
    votes[nobody] = led[nobody]
    wanted = votes.argmax(axis=1)[image]
    here = np.asarray(own.sum(axis=1))
    people = int(here.sum())
    pool = Pool(own, here, here, people, aside, int(aside.sum()))
    each = certify_cells(pool, wanted, replace(terms, images=None))
    # both must be won; nothing is asked of a record that is its own image
    both = np.minimum(each.margin, each.margin[image])
    margin = np.where(image == np.arange(len(image)), np.inf, both)
    return each.judged(margin)
