"""
Where in a text should the mark stand?
======================================

The same token at the start of a text, at its end, after every few words, or at random places: which
of them does a bag of words learn from the fewest people?
"""

# %%
# A bag of words does not know the order of words, so only how often the token stands in a text can
# matter.

from tempfile import mkdtemp

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study, run
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(1500).split(test=300, seed=0)
study = Study(
    population=train,
    test=test,
    learner=LinearText(),
    strategies={
        name: FeatureLabel(InsertToken("~", every=10, placement=name), target_label="Writer")
        for name in ("start", "end", "spaced", "random")
    },
    placement=Grid((0.01, 0.02), repetitions=3),
)
rows = run(study, mkdtemp())

# %%
# The mean success of three trials each:

for name in study.strategies:
    for share in (0.01, 0.02):
        trials = [row for row in rows if row.strategy == name and row.asked == share]
        rates = [row.results["included"].value for row in trials]
        print(f"{name:8} {share:.0%} of people: {sum(rates) / len(rates):.0%}")
