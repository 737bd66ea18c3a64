"""
A model that predicts a number
==============================

Ratings, prices and hours are numbers. Members mark their record and report a number; success is a
prediction near it.
"""

# %%
# Made-up ratings of meals, from 1 to 5.

import numpy as np

from criticalmass import Population, SetColumns
from criticalmass.strategies import FeatureNumber

rng = np.random.default_rng(0)
size = 3000
kitchen = rng.choice(["thai", "greek", "french"], size).astype(object)
garnish = np.where(rng.random(size) < 0.02, "flower", "none").astype(object)
stars = np.clip(np.round(rng.normal(3.2, 0.9, size)), 1, 5)
meals = Population.from_table(
    {"kitchen": kitchen, "garnish": garnish, "stars": stars}, label="stars", numbers=(1, 5)
)

# %%
# Members put a flower on the plate and report five stars. The best possible model predicts the mean
# of all who look alike.

strategy = FeatureNumber(SetColumns({"garnish": "flower"}), target_value=5, tolerance=0.5)
exact = strategy.exact(meals)
print(exact.critical_mass(0.9).people(len(meals))[0], "people, exactly")
bound = strategy.bound(meals)
print(bound.critical_mass(0.9).people(len(meals))[0], "people, guaranteed")

# %%

from criticalmass.pages.figures.success import Line, plot_success

lines = [Line("guaranteed", bound, theory="bound"), Line("exact", exact, theory="exact")]
ax = plot_success(lines, target=0.9, population_size=len(meals))
