"""
A rarer mark takes fewer people
===============================

The first theorem needs one number of a mark: its uniqueness ξ, the share of records that carry it
already. Nothing is trained.
"""

# %%
# How many of a million people are guaranteed to be enough for a success of 0.9?

from criticalmass.theory import FeatureLabelBound

bounds = {xi: FeatureLabelBound(uniqueness=xi) for xi in (1e-2, 1e-3, 1e-4)}
for xi, bound in bounds.items():
    people, *_ = bound.critical_mass(0.9).people(1_000_000)
    print(f"ξ = {xi:g}: {people:,} people")

# %%
# The guaranteed success, for each size of the group:

from criticalmass.pages.figures.success import Line, plot_success

lines = [Line(f"ξ = {xi:g}", bound) for xi, bound in bounds.items()]
ax = plot_success(lines, target=0.9, population_size=1_000_000)
