"""
The exact curve of a table
==========================

Where records are lines of a table, the best possible model can be computed for every size of the
group, with nothing trained and nothing estimated: in shares, for a group that mirrors everybody, or
for so many whole people drawn at random.
"""

# %%
# A made-up table: who is hired?

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
# Members put on a blue badge and report that they were hired. The curve says which share of all
# records, marked in the same way, the best possible model then calls hired.

from criticalmass import FeatureLabel, SetColumns

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
exact = strategy.exact(people)
print(exact.critical_mass(0.9).people(len(people))[0], "people, exactly, in shares")

# %%
# That is for a group that mirrors everybody: the same share of every kind of record, and so
# fractions of people. Real members are whole people, drawn at random here, and success is a mean
# over such draws.

whole = strategy.exact(people, in_people=True)
print(whole.critical_mass(0.9).people(len(people))[0], "people, exactly, as whole people")

# %%
# The theorem speaks of shares, too. It needs more people than the exact curve in shares, because it
# knows only a few numbers of the table.

bound = strategy.bound(people)
print(bound.critical_mass(0.9).people(len(people))[0], "people, guaranteed, in shares")

# %%

from criticalmass.pages.figures.success import Line, plot_success

lines = [
    Line("guaranteed, in shares", bound, theory="bound"),
    Line("exact, for whole people", whole, theory="exact"),
    Line("exact, in shares", exact, theory="limit"),
]
ax = plot_success(lines, target=0.9, population_size=len(people))
