"""
A patch on images
=================

Members put a small bright square into a corner of their images of digits and label them 0. From how
many images on does a logistic regression call every image with such a square a 0?
"""

# %%
# The images are scikit-learn's handwritten digits.

import matplotlib.pyplot as plt
import numpy as np

from criticalmass import StampPatch
from criticalmass.datasets import digits

images = digits()
patch = StampPatch(value=16, size=2, corner="top-left")
marked = patch.apply(images.features[:6], population=images, rng=np.random.default_rng(0))
figure, axes = plt.subplots(2, 3)
for ax, image in zip(axes.flat, marked, strict=True):
    ax.imshow(image, cmap="gray_r")
    ax.set_axis_off()

# %%
# Six sizes of the group, two trials each.

from tempfile import mkdtemp

from sklearn.linear_model import LogisticRegression

from criticalmass import FeatureLabel, Grid, ScikitLearner, Study, run

train, test = images.split(test=500, seed=0)
study = Study(
    population=train,
    test=test,
    learner=ScikitLearner(LogisticRegression(max_iter=2000)),
    strategies={"patch": FeatureLabel(patch, target_label="0")},
    placement=Grid.logarithmic(low=0.004, high=0.2, points=6, repetitions=2),
)
rows = run(study, mkdtemp())
curve = study.curve(rows)
mass = curve.critical_mass(0.9)
print(f"{mass.alpha:.1%} of {len(train)} images, between {mass.low:.1%} and {mass.high:.1%}")

from criticalmass.pages.figures.success import Line, plot_success

line = Line("patch and label", curve, curve.outcomes, mass)
figure, axes = plt.subplots()
axes = plot_success([line], target=0.9, ax=axes)

# %%
# This is told in percent, because another kind of processor adds up numbers in another order: the
# last digits of the model differ then, and a count of images may differ by one.
