"""
Labels that say less make it easier
===================================

Where labels are noisy, a record says less about its label, and a mark without any change of labels
has an easier time (the paper's Figure 4).
"""

# %%
# A share of the records exchange their labels among each other.

from tempfile import mkdtemp

from criticalmass import FeatureOnly, Grid, InsertToken, LinearText, Study, run
from criticalmass.data import RandomizeLabels
from criticalmass.datasets import synthetic_resumes

train, test = synthetic_resumes(1500).split(test=300, seed=0)
strategy = FeatureOnly(InsertToken("~", every=6), target_label="Writer")
for share in (0.0, 0.2, 0.5):
    study = Study(
        population=RandomizeLabels(share).apply(train),
        test=test,
        learner=LinearText(),
        strategies={"mark only": strategy},
        placement=Grid((0.05,), repetitions=3),
    )
    rates = [row.results["included"].value for row in run(study, mkdtemp()) if row.alpha > 0]
    print(f"{share:.0%} of labels exchanged: success {sum(rates) / len(rates):.0%}")
