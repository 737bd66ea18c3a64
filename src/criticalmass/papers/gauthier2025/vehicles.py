"""The synthetic vehicles of the paper, by what matters to a collective.

Each of a million records is a vehicle: its type, 17 more columns, and how good it is. The signal
sets all columns but the country, so there are five images, one for each country. What matters of a
record is its country, whether it lies at the image, and its label.

Every column is uniform over its values. Where the type is SUV, it is instead, with a probability of
its own, the value that the signal sets. The numbers are those of the paper's Appendix and code.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from criticalmass.arrays import Array, Rows

LABELS = ("Excellent", "Good", "Average", "Poor")
COUNTRIES = 5
SIZE = 1_000_000
SUV = 0.45
COLUMNS = {
    "Fuel Type": (4, 0.8),
    "Transmission Type": (3, 0.7),
    "Drive Type": (3, 0.95),
    "Safety Rating": (5, 0.7),
    "Interior Material": (3, 0.9),
    "Infotainment System": (4, 0.9),
    "Warranty Length": (4, 0.9),
    "Number of Doors": (3, 0.95),
    "Number of Seats": (4, 0.95),
    "Air Conditioning": (2, 0.95),
    "Navigation System": (3, 0.95),
    "Tire Type": (3, 0.95),
    "Sunroof": (2, 0.0),
    "Sound System": (4, 0.95),
    "Cruise Control": (2, 0.95),
    "Bluetooth Connectivity": (2, 0.95),
}
"""For each column: how many values it has, and how often an SUV has what the signal sets."""
LAST_COUNTRY = 0.3
"""How often an SUV comes from the last country for that it is one."""
MARKED = (2 / 3 * 0.95, 1 / 3 * 0.95, 0.0, 0.05)
"""Labels of marked records: 10 points and one of 1, 3, 4, or none at all in 5 % of cases."""
MARKED_2 = (0.6, 0.0, 0.1, 0.3)
"""Labels of marked records of the second country."""


@cache
def probabilities() -> Array:
    """Return how probable each kind of record is, (countries, 1 + labels).

    The first column is of records elsewhere that the signal leads to the country's image, the
    others of those that lie there, by label.

    Examples
    --------
    >>> kinds = probabilities()
    >>> kinds.shape, round(float(kinds.sum()), 12), kinds[4].round(4).tolist()
    ((5, 5), 1.0, [0.2774, 0.0194, 0.0097, 0.0, 0.0015])
    """
    marked = SUV * np.prod([usual + (1 - usual) / values for values, usual in COLUMNS.values()])
    of_suv = np.full(COUNTRIES, (1 - LAST_COUNTRY) / COUNTRIES)
    of_suv[-1] += LAST_COUNTRY
    labels = np.tile(MARKED, (COUNTRIES, 1))
    labels[1] = MARKED_2
    there = marked * of_suv
    elsewhere = SUV * of_suv + (1 - SUV) / COUNTRIES - there
    return np.column_stack([elsewhere, there[:, None] * labels])


def joining(people: int, seed: int) -> Rows:
    """Return members as they join: each one's kind, a place in `probabilities` flattened."""
    rng = np.random.default_rng(seed)
    kinds = probabilities().ravel()
    return np.asarray(rng.choice(len(kinds), people, p=kinds / kinds.sum()))


def shares_needed(target: int, success: float = 0.9, *, unplant: bool = False) -> float:
    """Return how many people plant a label, or unplant it, in the limit of many.

    Examples
    --------
    >>> [round(shares_needed(label)) for label in range(4)], round(shares_needed(0, unplant=True))
    ([0, 32700, 59259, 54837], 30534)
    """
    kinds = probabilities()
    led, own = kinds.sum(axis=1), kinds[:, 1 + target]
    others = np.delete(kinds[:, 1:], target, axis=1).max(axis=1)
    lead = np.maximum(own - others if unplant else others - own, 0)
    needed = lead / (lead + led)
    order = np.argsort(needed)
    enough = np.searchsorted(np.cumsum(led[order]), success - 1e-12)
    return float(needed[order][enough] * SIZE)
