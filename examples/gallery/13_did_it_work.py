"""
Did it work? Looking after every probe
======================================

After acting, people look at the platform one record at a time. The verdict may be read after every
look, and looking often does not make it wrong.
"""

# %%
# Made-up probes of a platform that does what is wanted for nearly all marked records.

import numpy as np

from criticalmass.answers.monitoring import monitor
from criticalmass.words.monitoring import lines

seen = np.random.default_rng(5).random(120) < 0.98
for number in (10, 40, 120):
    print(f"after {number} probes: {lines(monitor(seen[:number], target=0.9))[0]}")

# %%
# The rate, its limits at every moment, and the target:

from criticalmass.pages.figures.monitoring import plot_monitoring

ax = plot_monitoring(monitor(seen, target=0.9))
