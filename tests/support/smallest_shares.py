"""The smallest share of members that steers a model, found with nothing of the library's own.

The library asks how the firm's gradient changes. Here the question is put the other way round: of
every group a part stays as it is, the others report something else, and the gradient of all records
together is to vanish. What they may report is listed: the records that exist, or, where any numbers
in a box may be reported, many points on the edges of the box, closer together where they are used.
"""

from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.special import expit

MEANS = {"logistic": expit, "squared": lambda eta: eta, "poisson": np.exp}
CLOSER = (0.02, 0.002, 0.0002)


def smallest_share(
    x, y, theta, *, loss, l2, intercept=True, records="observed", labels="free", box=None,
    part=1.0, weights=None,
):  # fmt: skip
    """The least α, nan where nothing does it; labels are numbers, multinomial ones 0, 1, …

    Above 1, so many times as many people would be needed as there are.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    shares = np.full(len(x), 1 / len(x)) if weights is None else weights / np.sum(weights)
    kinds = np.unique(y)
    group = np.searchsorted(kinds, y) if labels == "fixed" else np.zeros(len(x), dtype=int)
    own = slopes(x, y, theta, loss, l2, intercept, kinds)
    staying = np.stack([shares[group == g] @ own[group == g] for g in range(group.max() + 1)])
    size = np.bincount(group, shares)

    def fewest(places):
        reports = np.repeat(kinds, len(places))
        places = np.tile(places, (len(kinds), 1))
        who = np.searchsorted(kinds, reports) if labels == "fixed" else np.zeros_like(reports, int)
        pulls = slopes(places, reports, theta, loss, l2, intercept, kinds)
        alpha, used = programme(pulls, who, staying, size, part)
        return alpha, places[used]

    if records == "observed":
        return fewest(np.unique(x, axis=0))[0]
    low, high = walls(x, records, box)
    highest = np.log(1e4 * max(1, y.max())) if loss == "poisson" else np.inf
    most = np.abs(theta[: len(low)]) @ np.maximum(abs(low), abs(high)) + 9
    far = np.geomspace(9, most, 120)
    wanted = np.concatenate([np.linspace(-9, 9, 181), far, -far, [highest]])
    alpha, used = fewest(on_the_edges(low, high, theta, intercept, wanted, highest))
    for gap in CLOSER:
        eta = ahead(used, intercept) @ theta
        near = eta[:, None] + gap * np.maximum(abs(eta[:, None]) / 9, 1) * np.linspace(-10, 10, 21)
        wanted = np.unique(np.concatenate([wanted, near.ravel(), eta]))
        alpha, used = fewest(on_the_edges(low, high, theta, intercept, wanted, highest))
    return alpha


def programme(pulls, who, staying, size, part):
    """The least α at which all gradients add up to 0, and which reports are used."""
    unit, solved, groups = 1.0, None, len(size)
    for _ in range(3):  # shares in units of about α: then the solver's tolerances suit them
        found = in_units(unit, pulls, who, staying, size, part)
        if found.status != 0:
            break
        solved, alpha = found, unit * float(found.fun)
        if not 0 < alpha < 0.1 * unit:
            break
        unit = alpha
    if solved is None:
        return np.nan, np.arange(len(pulls)) < 0
    return alpha, solved.x[: -groups - 1] > 1e-9


def in_units(unit, pulls, who, staying, size, part):
    """Unknowns: how many report what (c,); the part of each group that leaves (groups,); α."""
    (c, p), groups = pulls.shape, len(size)
    scale = np.linalg.norm(staying.sum(axis=0)) / unit
    equal = np.zeros((p + groups, c + groups + 1))
    equal[:p, :c], equal[:p, c : c + groups] = (pulls / scale).T, -(staying / scale).T
    equal[p + who, np.arange(c)] = 1 / size[who]
    equal[p:, c : c + groups] = -np.eye(groups)
    acting = np.hstack([np.zeros((groups, c)), np.eye(groups), np.full((groups, 1), -part)])
    return linprog(
        np.append(np.zeros(c + groups), 1.0), A_ub=acting, b_ub=np.zeros(groups), A_eq=equal,
        b_eq=np.append(-staying.sum(axis=0) / (scale * unit), np.zeros(groups)), method="highs-ds",
        bounds=[(0, None)] * c + [(0, 1 / unit)] * groups + [(0, None)],
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )  # fmt: skip


def ahead(x, intercept):
    """The numbers, with a 1 behind them if the model has a constant."""
    return np.column_stack([x, np.ones(len(x))]) if intercept else x


def slopes(x, y, theta, loss, l2, intercept, kinds):
    """Each record's gradient, (n, p), of the loss written out: one predictor, or one a label."""
    padded = ahead(x, intercept)
    table = np.reshape(theta, (-1, padded.shape[1]))
    if loss == "multinomial":
        eta = np.column_stack([np.zeros(len(x)), padded @ table.T])
        chances = np.exp(eta - eta.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        off = (chances - (y[:, None] == kinds[None]))[:, 1:]
    else:
        off = (MEANS[loss](padded @ table[0]) - y)[:, None]
    pulled = l2 * table
    if intercept:
        pulled[:, -1] = 0
    return np.concatenate([off[:, k, None] * padded + row for k, row in enumerate(pulled)], axis=1)


def walls(x, records, box):
    """The lowest and the highest number of each column, as the manual says."""
    if box is not None:
        return np.full(x.shape[1], box[0]), np.full(x.shape[1], box[1])
    low, high = x.min(axis=0), x.max(axis=0)
    if records == "bounded":
        return low, high
    far = 100 * np.maximum(np.maximum(high - low, np.maximum(abs(low), abs(high))), 1)
    return -far, far


def on_the_edges(low, high, theta, intercept, wanted, highest):
    """Points on the edges of a box, one for each wanted predictor up to the highest.

    Records with one predictor and one outcome pull alike per unit, so that what a mixture of them
    does, records at the corners of that slice of the box do, and these lie on its edges.
    """
    d = len(low)
    constant = theta[d] if intercept else 0.0
    found = [np.array(list(product(*zip(low, high, strict=True))))]
    for j in np.flatnonzero(theta[:d]):
        others = np.delete(np.arange(d), j)
        for corner in product(*zip(low[others], high[others], strict=True)):
            at = (wanted - constant - theta[others] @ np.array(corner)) / theta[j]
            at = at[(at > low[j]) & (at < high[j])]
            edge = np.empty((len(at), d))
            edge[:, others], edge[:, j] = corner, at
            found.append(edge)
    listed = np.unique(np.concatenate(found), axis=0)
    return listed[ahead(listed, intercept) @ theta <= highest + 1e-9]
