"""
Shares and whole people
=======================

Theory speaks of shares of a very large population. In a small one it matters who joins by chance:
the curve of whole people says what n people drawn at random reach on average.
"""

# %%
# A made-up table, of which the first few hundred lines are the whole population.

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
few = people.take(np.arange(400))

# %%

from criticalmass import FeatureLabel, SetColumns

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
in_shares = strategy.exact(few)
in_people = strategy.exact(few, in_people=True)
for name, curve in (("in shares", in_shares), ("in whole people", in_people)):
    print(name, curve.critical_mass(0.9).people(len(few))[0])

# %%
# In shares, a group of any size has somebody of every kind; a few people have not. So the average
# over draws takes more people.

from criticalmass.pages.figures.success import Line, plot_success

lines = [
    Line("in whole people", in_people, theory="exact"),
    Line("in shares", in_shares, theory="limit"),
]
ax = plot_success(lines, target=0.9, population_size=len(few))
