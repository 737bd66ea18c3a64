"""
The best possible model, trained
================================

The exact curve of whole people says what the best possible model reaches on average, over who
happens to join. Train that model, and the trials scatter around the curve.
"""

# %%
# A made-up table.

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
# One trial at each of ten sizes; success is measured on the population itself.

from tempfile import mkdtemp

from criticalmass import BayesOptimal, FeatureLabel, Grid, SetColumns, Study, run

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
study = Study(
    population=people,
    test=people,
    learner=BayesOptimal(),
    strategies={"badge": strategy},
    placement=Grid.logarithmic(low=0.001, high=0.02, points=10, repetitions=1),
)
rows = run(study, mkdtemp())
exact = strategy.exact(people, in_people=True)
for row in rows:
    if row.alpha > 0:
        expected = exact.success(row.alpha).item()
        reached = row.results["included"].value
        print(f"{row.members:3} members: {reached:.2f}, on average {expected:.2f}")
