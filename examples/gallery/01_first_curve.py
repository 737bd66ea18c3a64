"""
A first success curve
=====================

How does success depend on the size of the group? Train the platform's model for a few sizes, and a
curve goes through the results.
"""

# %%
# The population is made up: short profiles of freelancers, each with trades as labels. One part is
# what the platform trains on; on the other, success is measured.

from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(1200).split(test=200, seed=0)
print(train.features[0])

# %%
# Members put a mark into their text and report the label that the group wants. The platform trains
# a bag of words. Two trials are run at each of six sizes.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run

study = Study(
    population=train,
    test=test,
    learner=LinearText(),
    strategies={"mark": FeatureLabel(InsertToken("~", every=20), target_label="Writer")},
    placement=Grid.logarithmic(low=0.005, high=0.3, points=6, repetitions=2),
)
rows = run(study, mkdtemp())
curve = study.curve(rows)

# %%
# The critical mass is the smallest share from which nine in ten marked texts get the label.

mass = curve.critical_mass(0.9)
people, low, high = mass.people(len(train))
print(f"{people} of {len(train)} people, between {low} and {high}")

# %%
# The picture shows the curve, its band, and the trials.

from criticalmass.pages.figures.success import Line, plot_success

line = Line("mark and label", curve, curve.outcomes, mass)
ax = plot_success([line], target=0.9, population_size=len(train))
