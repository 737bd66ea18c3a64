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
reached = {}
for share in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5):
    study = Study(
        population=RandomizeLabels(share).apply(train),
        test=test,
        learner=LinearText(),
        strategies={"mark only": strategy},
        placement=Grid((0.05,), repetitions=3),
    )
    rates = [row.results["included"].value for row in run(study, mkdtemp()) if row.alpha > 0]
    reached[share] = rates
    print(f"{share:.0%} of labels exchanged: success {sum(rates) / len(rates):.0%}")

# %%
# Each dot is one trial, and the line goes through their means.

import matplotlib.pyplot as plt
import numpy as np

figure, axes = plt.subplots()
axes.plot(list(reached), list(reached.values()), "oC0", alpha=0.6)
axes.plot(list(reached), [np.mean(rates) for rates in reached.values()], color="C0")
axes.set(xlabel="labels exchanged", ylabel="success, if 5% of people mark", ylim=(-0.02, 1.04))
axes.xaxis.set_major_formatter("{x:.0%}")
axes.yaxis.set_major_formatter("{x:.0%}")
