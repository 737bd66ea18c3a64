"""
What a label is worth
=====================

A member may mark their text and change its label, or mark it and leave the label alone. How many
people more does it take without the label?
"""

# %%
# Both strategies stand in one study, so both are asked of the same people.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, FeatureOnly, Grid, InsertToken, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(1500).split(test=300, seed=0)
mark = InsertToken("~", every=6)
study = Study(
    population=train,
    test=test,
    learner=LinearText(),
    strategies={
        "mark and label": FeatureLabel(mark, target_label="Writer"),
        "mark only": FeatureOnly(mark, target_label="Writer"),
    },
    placement=Grid.logarithmic(low=0.002, high=0.5, points=8, repetitions=2),
)
rows = run(study, mkdtemp())

# %%
# In the second strategy only members who are writers already do anything; the others count as
# members, but change nothing.

from criticalmass.pages.figures.success import Line, plot_success

lines = []
for name in study.strategies:
    curve = study.curve(rows, name)
    mass = curve.critical_mass(0.9)
    print(name, mass.people(len(train)))
    lines.append(Line(name, curve, mass=mass))
ax = plot_success(lines, target=0.9, population_size=len(train))

# %%
# The three numbers are the estimate and the two ends of its interval.
