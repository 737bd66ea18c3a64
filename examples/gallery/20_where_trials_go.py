"""
Where trials are placed
=======================

By default nobody chooses a grid: after a first look, trials go where they tell most about the
critical mass. Here the trials are simulated, so the truth is known.
"""

# %%
# A firm whose success curve we know, asked with 2,000 test records.

import numpy as np

from criticalmass import Adaptive, FittedCurve, Outcome
from criticalmass.studies import Search, Tried

rng = np.random.default_rng(0)
TRUTH = 0.004 * np.sqrt(0.9 / 0.1)  # where 1 / (1 + (0.004 / share)²) is 0.9


def trial(share):
    """Return how many of 2,000 test records got what the collective wants."""
    return Outcome(share, int(rng.binomial(2000, 1 / (1 + (0.004 / share) ** 2))), 2000)


placement, search = Adaptive(most=40), Search(10_000, 10_000, "included", target=0.9)
blocks = []
while points := placement.next_block(search, blocks):
    blocks.append([Tried(share, repetition, trial(share)) for share, repetition in points])
    print(f"block {len(blocks)}:", *(f"{share * 10_000:.0f}" for share, _ in sorted(points)))

# %%
# The truth lies between the ends.

from criticalmass.pages.figures.success import Line, plot_success

first = [tried.outcome for tried in blocks[0]]
later = [tried.outcome for block in blocks[1:] for tried in block]
curve = FittedCurve.fit(first + later)
mass = curve.critical_mass(0.9)
print("estimate, low, high:", mass.people(10_000), "truth:", round(TRUTH * 10_000))

lines = [Line("later trials", curve, later, mass), Line("the first look", outcomes=first)]
ax = plot_success(lines, target=0.9, population_size=10_000)
