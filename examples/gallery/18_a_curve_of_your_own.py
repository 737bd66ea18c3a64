"""
A success curve of your own
===========================

Theorems, exact values and fits are all success curves. Write two methods, and everything else can
be asked of yours, too.
"""

# %%
# A rule of thumb: success is the share that joined, times ten.

import numpy as np

from criticalmass import CriticalMass
from criticalmass.contracts import check_curve
from criticalmass.curves import SuccessCurve
from criticalmass.curves.curve import checked_shares, checked_target


class TenTimes(SuccessCurve):
    """Success is ten times the share that joins, up to 1."""

    def success(self, alpha):
        """Return the success at shares."""
        return np.minimum(10 * checked_shares(alpha), 1.0)

    def critical_mass(self, target):
        """Return where it reaches a target."""
        return CriticalMass.exactly(target, checked_target(target) / 10)


check_curve(TenTimes())
print(TenTimes().critical_mass(0.9).people(1000)[0], "of 1,000 people")

# %%
# Whether joining pays, and a picture, follow from the same two methods.

from criticalmass import Incentives
from criticalmass.pages.figures.success import Line, plot_success

print(Incentives(cost=0.3).critical_threshold(TenTimes()).people(1000)[0], "people until it pays")
ax = plot_success([Line("a rule of thumb", TenTimes())], target=0.9, population_size=1000)
