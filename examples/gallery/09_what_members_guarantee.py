"""
What members' own records guarantee
===================================

Before anybody acts, and without the platform's records: a certificate says what is guaranteed,
whatever everybody else's records are.
"""

# %%
# Members are a random part of everybody.

import numpy as np

from criticalmass import Population

rng = np.random.default_rng(0)
size = 5000
degree = rng.choice(["none", "school", "college"], size, p=[0.3, 0.5, 0.2]).astype(object)
town = rng.choice(list("ABCDEF"), size).astype(object)
badge = np.where(rng.random(size) < 0.01, "blue", "none").astype(object)
chance = 0.2 + 0.3 * (degree == "college") + 0.1 * (town == "A")
hired = np.where(rng.random(size) < chance, "yes", "no").astype(object)
people = Population.from_table(
    {"degree": degree, "town": town, "badge": badge, "hired": hired}, label="hired"
)

# %%
# The same question for a small and for a larger group.

from criticalmass import FeatureLabel, SetColumns
from criticalmass.answers.certificate import certify
from criticalmass.words.certificate import lines

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
for number in (100, 1500):
    print(f"{number} members:")
    for line in lines(certify(strategy, people.take(np.arange(number)), len(people))):
        print(" ", line)

# %%
# The certificate lies below what the best possible model does, and comes nearer as more people
# join.

import matplotlib.pyplot as plt

exact = strategy.exact(people)
numbers = np.arange(100, 2001, 100)
sure = [certify(strategy, people.take(np.arange(m)), len(people)).success for m in numbers]
figure, axes = plt.subplots()
axes.plot(numbers, exact.success(numbers / len(people)), "k", label="exact")
axes.plot(numbers, sure, "k--", label="guaranteed")
axes.set(xlabel="members, of 5,000 people", ylabel="success", ylim=(-0.02, 1.04))
axes.yaxis.set_major_formatter("{x:.0%}")
legend = axes.legend(loc="center left")
