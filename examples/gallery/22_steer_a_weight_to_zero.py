"""
Steer one weight of a model to zero
===================================

A collective may aim at the model itself: here a logistic regression is to give no weight to one
column. Members report records whose pull cancels everybody else's.
"""

# %%
# Made-up people; the model would use both columns.

import numpy as np

from criticalmass import GradientNeutralizing, Population
from criticalmass.risks import Risk
from criticalmass.strategies import Ignore

rng = np.random.default_rng(0)
columns = rng.normal(size=(400, 2))
scores = columns @ [1.0, 0.7] + rng.logistic(size=400)
people = Population.from_table(
    {
        "skill": columns[:, 0],
        "age": columns[:, 1],
        "hired": np.where(scores > 0, "yes", "no").astype(object),
    },
    label="hired",
)

# %%
# How many of them does it take, if members know how everybody's records pull?

strategy = GradientNeutralizing(Ignore("age"), Risk(l2=0.01), knowledge="known")
exact = strategy.exact(people)
for target in (0.5, 0.9, 1.0):
    print(f"{target:.0%} of the way: {exact.critical_mass(target).people(400)[0]} of 400 people")
