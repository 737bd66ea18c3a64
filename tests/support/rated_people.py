"""People with ratings, and a collective that wants one: labels that are numbers."""

import numpy as np

from criticalmass import Population, SetColumns
from criticalmass.strategies import FeatureNumber

BLUE = SetColumns({"badge": "blue"})
FIVE = FeatureNumber(BLUE, 5, tolerance=0.5)


def rated(count=400, seed=0, numbers=(1, 5)):
    """People with a service and a badge, and a rating that hangs on both."""
    rng = np.random.default_rng(seed)
    service = rng.choice(["clean", "drive", "teach"], count).astype(object)
    badge = rng.choice(["none", "green", "blue"], count, p=[0.8, 0.15, 0.05]).astype(object)
    rating = 3 + (service == "teach") * 0.8 - (badge == "blue") * 0.4 + rng.normal(0, 0.5, count)
    columns = {"service": service, "badge": badge, "rating": np.clip(rating, 1, 5).round(1)}
    return Population.from_table(columns, label="rating", numbers=numbers, name="rated")
