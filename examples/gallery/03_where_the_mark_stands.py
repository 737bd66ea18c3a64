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
# On the left is one marked text, with a short bar for each word and a long one for each mark. On
# the right is the mean success of three trials each.

import matplotlib.pyplot as plt
import numpy as np

figure, (text, success) = plt.subplots(1, 2, sharey=True, width_ratios=(3, 2))
text.set(title="one marked text", xlabel="word of the text", yticks=range(4))
text.set_yticklabels(study.strategies)
success.set(title="success", xlabel="of marked texts", xlim=(-0.05, 1.05), xticks=(0, 0.5, 1))
success.xaxis.set_major_formatter("{x:.0%}")
for place, (name, strategy) in enumerate(study.strategies.items()):
    signal, rng = strategy.signal, np.random.default_rng(0)
    words = np.array(signal.apply(train.features[:1], population=train, rng=rng)[0].split())
    for marks, length, colour in ((False, 0.2, "0.7"), (True, 0.5, "C0")):
        places = np.flatnonzero((words == "~") == marks)
        text.eventplot(
            places, lineoffsets=place, linelengths=length, colors=colour, linewidths=4 * length
        )
    for share, mark in ((0.01, "sC1"), (0.02, "^C2")):
        trials = [row for row in rows if row.strategy == name and row.asked == share]
        rate = np.mean([row.results["included"].value for row in trials])
        print(f"{name:8} {share:.0%} of people: {rate:.0%}")
        label = f"{share:.0%} of people" if place == 0 else None
        success.plot(rate, place, mark, markersize=8, label=label)
text.invert_yaxis()
legend = figure.legend(loc="outside lower right", ncols=2)
