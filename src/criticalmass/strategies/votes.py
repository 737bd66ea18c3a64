"""What the records at a place hold: the votes from which members agree on a label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from criticalmass.data.records import Features, numbered


def votes_at(
    places: Features, votes: NDArray[np.int64], asked: Features
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the votes at each different place asked about, and which of these each place is.

    Parameters
    ----------
    places
        Where each vote is, (n,).
    votes
        One row of votes for labels for each place, (n, k).
    asked
        Places that are asked about, (m,); they may come again.

    Examples
    --------
    >>> here = np.array(["a", "b", "a"], dtype=object)
    >>> total, place = votes_at(here, np.array([[1, 0], [1, 0], [0, 1]]), here[[1, 0]])
    >>> total[place].tolist()
    [[1, 0], [1, 1]]
    """
    distinct, number = np.unique(numbered(asked)[0], return_index=True)
    of_votes, of_asked = numbered(places, asked[number])
    total = np.zeros((max(of_votes.max(), of_asked.max()) + 1, votes.shape[1]), dtype=np.int64)
    np.add.at(total, of_votes, votes)
    return total[of_asked], np.searchsorted(distinct, numbered(asked)[0])
