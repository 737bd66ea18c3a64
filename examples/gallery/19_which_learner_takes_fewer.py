"""
Which model takes fewer people?
===============================

You do not know what the platform trains. Ask for two models, and for the ratio of their critical
masses with its interval, rather than comparing two intervals by eye.
"""

# %%
# A bag of words, and the same with a strong penalty, which trusts rare words less.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes
from criticalmass.fitting import ratio

train, test = synthetic_resumes(1500).split(test=300, seed=0)
curves = {}
for name, learner in (("usual", LinearText()), ("strong penalty", LinearText(C=0.1))):
    study = Study(
        population=train,
        test=test,
        learner=learner,
        strategies={"mark": FeatureLabel(InsertToken("~", every=6), target_label="Writer")},
        placement=Grid.logarithmic(low=0.003, high=0.3, points=8, repetitions=2),
    )
    curves[name] = study.curve(run(study, mkdtemp()))
    print(name, curves[name].critical_mass(0.9).people(len(train)))

# %%
# Above one means that the strong penalty takes more people.

times = ratio(curves["strong penalty"], curves["usual"], 0.9, size=len(train))
print(f"{times.value:.2f} times as many people, between {times.low:.2f} and {times.high:.2f}")

from criticalmass.pages.figures.success import Line, plot_success

lines = [Line(name, curve, curve.outcomes) for name, curve in curves.items()]
ax = plot_success(lines, target=0.9, population_size=len(train))
low, high = (curve.critical_mass(0.9).alpha for curve in curves.values())
ax.annotate("", (low, 0.9), (high, 0.9), arrowprops={"arrowstyle": "<->"})
text = ax.text((low * high) ** 0.5, 0.84, f"{times.value:.1f} times", ha="center", va="top")
