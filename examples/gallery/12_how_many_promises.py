"""
How many must promise so that enough act
========================================

Some who promise do not act. The number of promises counts in both: what is not known of the
critical mass, and what is not known of the people.
"""

# %%
# What the critical mass may be, each number as probable as another (here made up; a study gives
# such draws).

import numpy as np

from criticalmass.incentives import FollowThrough, Pledge

needed = np.random.default_rng(0).lognormal(np.log(130), 0.1, 2000)
unknown = Pledge(needed, FollowThrough(), most=20_000)
print("nothing known of the people:", unknown.number)

# %%
# After a campaign in which most kept their promise, fewer promises are enough.

experienced = Pledge(needed, FollowThrough().after(kept=46, broken=9), most=20_000)
print("46 kept, 9 broken:", experienced.number)

# %%
# How probable is it that so many promises are enough?

import matplotlib.pyplot as plt

promises = np.arange(100, 401, 10)
figure, axes = plt.subplots()
for name, pledge in (("nothing known", unknown), ("46 kept, 9 broken", experienced)):
    axes.plot(promises, [pledge.chance(int(number)) for number in promises], label=name)
axes.axhline(0.95, linestyle="--", color="grey")
axes.set(xlabel="promises", ylabel="probability that enough act")
axes.yaxis.set_major_formatter("{x:.0%}")
legend = axes.legend()
