"""
How a group grows by itself
===========================

Where costs differ, the first members are those whom joining costs least. Whether the group then
grows to everybody or falls back to nobody depends on its size.
"""

# %%
# Success in proportion to the square of the share, and costs spread evenly.

import numpy as np

from criticalmass.curves import PathCurve
from criticalmass.incentives import Dynamics

shares = np.linspace(0, 1, 1001)
curve = PathCurve(shares, shares**2)
dynamics = Dynamics(curve, np.linspace(0.02, 0.5, 1000))
for each in dynamics.equilibria():
    print(each.people, "people:", "stays" if each.stable else "tips over")

# %%
# The smallest group from which the rest follows without a push:

print(dynamics.smallest_seed(), "people are a seed")

# %%
# Where the line is above the diagonal, more people want to be in than are.

from criticalmass.pages.figures.joining import plot_dynamics

ax = plot_dynamics(dynamics)
