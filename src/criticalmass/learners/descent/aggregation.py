"""How a firm combines the gradients that its clients send: by their mean, or robustly.

Every rule is a function of the clients' gradients (clients, p), their numbers of records (clients,)
and the share of clients that it should tolerate; it returns one gradient (p,). `AGGREGATIONS` names
the rules. The robust ones give every client one vote, however many records it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import trim_mean

from criticalmass.arrays import Array
from criticalmass.errors import ParameterError

Aggregation = Callable[[Array, Array, float], Array]


def mean(updates: Array, sizes: Array, tolerated: float = 0.0) -> Array:
    """Return the mean over records: a client's weight is its number of records.

    It tolerates nobody: one client can make it anything (Blanchard et al. 2017, Lemma 1).

    Examples
    --------
    >>> mean(np.array([[0.0], [1.0], [5.0]]), np.array([1.0, 2.0, 1.0])).tolist()
    [1.75]
    """
    return np.asarray(sizes @ updates / sizes.sum())


def median(updates: Array, sizes: Array, tolerated: float = 0.0) -> Array:
    """Return the coordinate-wise median of the clients (Yin et al. 2018).

    Examples
    --------
    >>> median(np.array([[0.0], [1.0], [5.0]]), np.ones(3)).tolist()
    [1.0]
    """
    return np.asarray(np.median(updates, axis=0))


def trimmed_mean(updates: Array, sizes: Array, tolerated: float = 0.2) -> Array:
    """Return the mean without the tolerated share of clients at either end of each coordinate.

    ⌊tolerated · clients⌋ are left out at each end (Yin et al. 2018).

    Examples
    --------
    >>> trimmed_mean(np.array([[0.0], [1.0], [2.0], [3.0], [99.0]]), np.ones(5), 0.2).tolist()
    [2.0]
    """
    if not 0 <= tolerated < 0.5:
        raise ParameterError(f"trimmed-mean tolerates a share in [0, 1/2), not {tolerated:g}")
    return np.asarray(trim_mean(updates, tolerated * (1 + 1e-12), axis=0))


def krum(updates: Array, sizes: Array, tolerated: float = 0.2) -> Array:
    """Return the gradient of the client whose nearest fellows are nearest (Blanchard et al. 2017).

    With n clients and f = ⌊tolerated · n⌋, a client's score is the sum of squared distances to its
    n − f − 2 nearest fellows; the lowest score wins, the first of several.

    Raises
    ------
    ParameterError
        If n < 2f + 3, where Krum promises nothing.

    Examples
    --------
    >>> krum(np.array([[0.0], [1.0], [1.5], [2.0], [99.0]]), np.ones(5), 0.2).tolist()
    [1.5]
    """
    n = len(updates)
    byzantine = int(np.floor(tolerated * n * (1 + 1e-12)))
    if byzantine < 0 or n < 2 * byzantine + 3:
        raise ParameterError(
            f"krum needs at least 2f + 3 clients to tolerate f; {n} clients tolerate "
            f"{max((n - 3) // 2, 0)}, not {byzantine}"
        )
    apart = np.sort(cdist(updates, updates, "sqeuclidean"), axis=1)
    # the first column is the client's distance to itself
    scores = apart[:, 1 : n - byzantine - 1].sum(axis=1)
    return np.asarray(updates[scores.argmin()])


AGGREGATIONS: Mapping[str, Aggregation] = MappingProxyType(
    {"mean": mean, "median": median, "trimmed-mean": trimmed_mean, "krum": krum}
)
"""Every rule by its name in studies."""
