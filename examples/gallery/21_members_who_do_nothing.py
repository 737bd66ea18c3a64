"""
Members who do nothing
======================

Some join and forget. A curve of members who all act becomes one of members of whom a share does
not, with nothing trained again.
"""

# %%

from criticalmass.incentives import PartlyActing
from criticalmass.theory import FeatureLabelBound

bound = FeatureLabelBound(uniqueness=0.001)
for inactive in (0.0, 0.2, 0.5, 0.8):
    curve = PartlyActing(bound, inactive)
    people, *_ = curve.critical_mass(0.9).people(10_000)
    print(f"{inactive:.0%} do nothing: {people} of 10,000 people must join")

# %%

from criticalmass.pages.figures.success import Line, plot_success

lines = [
    Line(f"{inactive:.0%} do nothing", PartlyActing(bound, inactive))
    for inactive in (0.0, 0.5, 0.8)
]
ax = plot_success(lines, target=0.9, population_size=10_000)
