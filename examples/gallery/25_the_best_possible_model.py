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
# Three trials at each of ten sizes; success is measured on the population itself.
# The exact average stands in brackets.

from tempfile import mkdtemp

from criticalmass import BayesOptimal, FeatureLabel, Grid, SetColumns, Study, run

strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
study = Study(
    population=people,
    test=people,
    learner=BayesOptimal(),
    strategies={"badge": strategy},
    placement=Grid.logarithmic(low=0.001, high=0.02, points=10, repetitions=3),
)
rows = run(study, mkdtemp())
exact = strategy.exact(people, in_people=True)
for number in sorted({row.members for row in rows} - {0}):
    reached = [row.results["included"].value for row in rows if row.members == number]
    expected = exact.success(number / len(people)).item()
    print(f"{number:3} members:", *(f"{rate:.2f}" for rate in reached), f"({expected:.2f})")

# %%

from criticalmass.pages.figures.success import Line, plot_success

trials = study.curve(rows).outcomes
lines = [Line("trained", outcomes=trials), Line("exact, on average", exact, theory="exact")]
ax = plot_success(lines, target=0.9, population_size=len(people))
