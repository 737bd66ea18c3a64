"""
Make a model ignore a column
============================

Members report the label that is most likely without what a column says. How many does it take until
the model predicts the same, whatever the column holds?
"""

# %%
# A made-up table in which the town matters, and should not.

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
# "Whatever the column holds" is measured against one town, the reference: does the model predict
# the same for a record as it is, and with the town set to A? Take the value that everybody should
# be treated like; without one it is the most frequent. People who live in A already count as a
# success from the start.
#
# Nobody changes a feature here: members change what they report as their label. Where the model
# predicts the same for so many records already, nobody is needed.

from criticalmass import DropColumn, Erase

strategy = Erase(DropColumn("town", reference="A"), knowledge="known")
print(f"people of town A: {(town == 'A').mean():.0%}")
exact = strategy.exact(people)
for target in (0.9, 0.99, 0.999):
    mass = exact.critical_mass(target)
    print(f"the same for {target:.1%} of records: {mass.people(len(people))[0]} people")

# The curve rises in steps, one for each kind of record whose prediction turns. Its axis begins at
# 90%, because so many records have the same prediction from the first.

from criticalmass.pages.figures.success import Line, plot_success

ax = plot_success([Line("exact", exact, theory="exact")], target=0.99, population_size=len(people))
_ = ax.set(ylim=(0.9, 1.003), yticks=(0.9, 0.92, 0.94, 0.96, 0.98, 1))
