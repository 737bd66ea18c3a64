"""From how many members on success is guaranteed: the paper's bound, and certificates.

Run it with ``python -m criticalmass.papers.gauthier2025.guarantees``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import median

import numpy as np

from criticalmass.arrays import Rows
from criticalmass.papers.gauthier2025.vehicles import COUNTRIES, LABELS, SIZE, joining
from criticalmass.theory.anytime import Joining
from criticalmass.theory.certificate import Pool, Terms, certify_planting, certify_unplanting

TERMS = Terms(SIZE, 0.95, images=COUNTRIES)
TESTED = 100_000
"""Records that the paper's success is measured on."""
SUCCESS = 0.9
PATHS = 40
UNPLANT = len(LABELS)
"""Number of the task that is no label: nobody's marked record is to be Excellent any more."""
TASKS = (*LABELS, "not Excellent")
Counted = Callable[[Rows, int], float]


def counts(kinds: Rows) -> Rows:
    """Return members at each image: led there, and standing there with each label."""
    each = np.bincount(kinds, minlength=COUNTRIES * (1 + len(LABELS)))
    return np.asarray(each.reshape(COUNTRIES, -1))


def published(kinds: Rows, task: int) -> float:
    """Return the paper's bound (Theorems 3.1 and 3.6, its Appendix B) for these members.

    In unplanting, the first 10,000 members choose the labels that are reported.
    """
    n, delta = len(kinds), 1 - TERMS.confidence
    here = counts(kinds)
    led, own = here.sum(axis=1) / n, here[:, 1:]
    limits = 6 * COUNTRIES if task == UNPLANT else 2 * COUNTRIES * (1 + len(LABELS))
    rest = math.log((2 + limits) / delta)

    def radius(people: int) -> float:
        return math.sqrt(rest / (2 * people))

    if task == UNPLANT:
        choosing = min(10_000, n // 2)
        first = counts(kinds[:choosing])[:, 1:]
        first[:, 0] = -1
        chosen = first.argmax(axis=1)
        seen = counts(kinds[choosing:])[:, 1:] / (n - choosing)
        lead = own[:, 0] / n - seen[np.arange(COUNTRIES), chosen]
        apart = radius(n) + radius(n - choosing)
    else:
        lead = (np.delete(own, task, axis=1).max(axis=1) - own[:, task]) / n
        apart = 2 * radius(n)
    weight = (SIZE - n) / n
    ahead = led - 2 * radius(n) - weight * (lead + apart + 2 * radius(SIZE - n))
    return float(led[ahead > 0].sum() - radius(n) - radius(TESTED))


def certified(kinds: Rows, task: int) -> float:
    """Return what a certificate guarantees for these members."""
    here = counts(kinds)
    led, own = here.sum(axis=1), here[:, 1:]
    pool = Pool(own, led, led, len(kinds), np.zeros_like(led))
    if task == UNPLANT:
        return certify_unplanting(pool, 0, TERMS).success
    return certify_planting(pool, task, TERMS).success


def anytime(kinds: Rows, task: int) -> float:
    """Return the share of images that are certified for members who look while people join."""
    country, place = np.divmod(kinds, 1 + len(LABELS))
    joined = Joining(country, np.where(place, country, -1), place - 1, np.ones(len(kinds), bool))
    target = 0 if task == UNPLANT else task
    sure = joined.certified(len(kinds), target, len(LABELS), TERMS, unplant=task == UNPLANT)
    return float(sure.mean())  # every image weighs more than a tenth, so all are needed


def first(guaranteed: Counted, task: int, seed: int, step: int, coarse: int) -> int:
    """Return the first n from which so much is guaranteed, along one path of joining.

    Every ``coarse``-th n is looked at, and then those before it in steps.
    """
    path = joining(150_000, seed)
    for n in range(coarse, len(path) + 1, coarse):
        if guaranteed(path[:n], task) >= SUCCESS:
            for earlier in range(n - coarse + step, n, step):
                if guaranteed(path[:earlier], task) >= SUCCESS:
                    return earlier
            return n
    raise AssertionError(f"{TASKS[task]} is never guaranteed")


def table(paths: int = PATHS) -> dict[str, tuple[float, float, float]]:
    """Return medians over paths of joining: the paper's bound, certificates, anytime."""
    ways: tuple[tuple[Counted, int], ...] = ((published, 500), (certified, 500), (anytime, 50))
    found = {}
    for task, name in enumerate(TASKS):
        each = [
            median(first(way, task, seed, step, 2500) for seed in range(paths))
            for way, step in ways
        ]
        found[name] = (each[0], each[1], each[2])
    return found


if __name__ == "__main__":
    for name, (bound, certificate, looked) in table().items():
        print(f"{name:14} {bound:9,.0f} {certificate:9,.0f} {looked:9,.0f}")
