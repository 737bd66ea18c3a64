"""
Does joining pay?
=================

Success is shared by all who join, and joining costs each of them something. Below some size joining
does not pay, and somebody has to bear the difference.
"""

# %%
# The success that a theorem guarantees, and a cost of a fifth of what full success is worth.

from criticalmass import Incentives
from criticalmass.theory import FeatureLabelBound

bound = FeatureLabelBound(uniqueness=0.001)
incentives = Incentives(cost=0.2)
threshold = incentives.critical_threshold(bound)
print(f"from {threshold.people(10_000)[0]} of 10,000 people on, joining pays")

# %%
# The shaded area is what it costs to get there, in units of what full success is worth to a person.

from criticalmass.pages.figures.joining import plot_joining

investment = incentives.investment(bound)
print(f"investment: {investment.value:.5f} for each person of the population")
ax = plot_joining(bound, incentives, population_size=10_000)

# %%
# If people who do not join get half of the success as well, joining pays later.

free = Incentives(cost=0.2, free_ride=0.5).critical_threshold(bound)
print(f"with free riders: from {free.people(10_000)[0]} people on")
