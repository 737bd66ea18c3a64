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

# %%
# Train the model with more and more members, drawn at random, and look at its weights.

import matplotlib.pyplot as plt

from criticalmass.learners import RiskMinimizer

learner = RiskMinimizer(l2=0.01)
prepared = learner.prepare(people)
sizes, order = np.arange(1, 152, 10), rng.permutation(400)
weights = []
for size in sizes:
    edit = strategy.edit(people, order[:size], np.random.default_rng(0))
    weights.append(learner.fit(prepared, edit, seed=0).parameters[:2])

figure, axes = plt.subplots()
axes.plot(sizes, weights, "o-", label=["skill", "age"])
axes.axhline(0, color="grey", linewidth=1)
enough = exact.critical_mass(1.0).people(400)[0]
axes.axvline(enough, color="grey", linewidth=1, linestyle="--")
axes.annotate(f"{enough} people", (enough, 0.4), (4, 0), textcoords="offset points")
axes.set(xlabel="members, of 400 people", ylabel="weight of the column")
legend = axes.legend()
