"""
What a theorem reads off records
================================

A bound from records is not a bound with the numbers put in: each number is replaced by the worst
that it may be, so the bound holds for everybody the records stand for, with the confidence asked.
"""

# %%
# The same made-up table as in the other examples on theory.

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
# Each parameter with its value on these records, and its limit.

from criticalmass import FeatureLabel, SetColumns

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
bound = strategy.bound(people)
for estimate in bound.estimates:
    print(f"{estimate.name}: {estimate.value:.4f} here, at worst {estimate.limit:.4f}")
    print(f"    decided by {estimate.driver}")

# %%
# The first is the share of records that carry the mark already. Fewer records say less of it, so
# the limit lies further from the value.

import matplotlib.pyplot as plt

numbers = (250, 500, 1000, 2000, 5000)
marks = [strategy.bound(people.take(np.arange(number))).estimates[0] for number in numbers]
for number, mark in zip(numbers, marks, strict=True):
    print(f"{number:,} records: {mark.value:.2%} here, of everybody at most {mark.limit:.2%}")

figure, axes = plt.subplots()
here, worst = [mark.value for mark in marks], [mark.limit for mark in marks]
axes.plot(numbers, worst, "s-", color="C1", label="of everybody, at worst")
axes.plot(numbers, here, "o-", color="C0", label="of these records")
axes.axhline(0.01, color="grey", linewidth=1, label="of everybody, in truth")
axes.fill_between(numbers, here, worst, color="C1", alpha=0.15)
axes.set(xlabel="records that are known", ylabel="share with the mark", ylim=0, xlim=0)
axes.yaxis.set_major_formatter("{x:.1%}")
axes.xaxis.set_major_formatter("{x:,.0f}")
legend = axes.legend()
