"""How often intervals hold the critical mass of a typical sample, not of the sample that was had.

    CRITICALMASS_DATA=FOLDER python benchmarks/resampled.py [--studies N]

Samples of 2,000 of UCI Adult's records, with 1,000 others to measure on. The truth is where the
mean success of 80 fresh samples, one trial each at every share, reaches 0.9. Every further sample
has an ordinary study and one of resampled populations, on the same grid; of the second the interval
is printed as it is fitted, and as it is for a typical population (`FittedCurve.fit(…,
resampled=True)`).
"""

import argparse

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB

from criticalmass import FeatureLabel, FittedCurve, Grid, ScikitLearner, SetColumns, Study
from criticalmass.datasets import adult
from criticalmass.studies import Bench

TARGET = 0.9
TRUTHS = 80
SHARES = (0.004, 0.006, 0.009, 0.0135, 0.02, 0.03, 0.045)
GRID = Grid.logarithmic(low=0.002, high=0.128, points=7, repetitions=4)
MARK = SetColumns({"occupation": "Armed-Forces", "workclass": "Without-pay"})
LEARNERS = {
    "naive Bayes": ScikitLearner(BernoulliNB()),
    "logistic": ScikitLearner(LogisticRegression(max_iter=300)),
}


def study_of(everyone, seed, learner, *, resampled):
    """Return the study of a sample of its own."""
    rows = np.random.default_rng(seed).permutation(len(everyone))[:3000]
    train, test = everyone.take(rows).split(test=1000, seed=0)
    strategies = {"mark": FeatureLabel(MARK, ">50K")}
    return Study(train, test, learner, strategies, GRID, seed=seed, resampled=resampled)


def typical(everyone, learner):
    """Return where the mean success of fresh samples reaches the target, with its interval."""
    rates = []
    for seed in range(10_000, 10_000 + TRUTHS):
        study = study_of(everyone, seed, learner, resampled=False)
        bench = Bench(study)
        rates.append([bench.run(study.trial("mark", a)).rate("included") for a in SHARES])
    again = np.random.default_rng(0).integers(TRUTHS, size=(1000, TRUTHS))
    ends = np.quantile([_reached(np.array(rates)[rows]) for rows in again], (0.025, 0.975))
    return _reached(np.array(rates)), ends


def _reached(rates):
    """Return the share at which the mean of trials (samples, shares) reaches the target."""
    means = logit(rates.mean(axis=0))
    return float(np.exp(np.interp(logit(TARGET), means, np.log(SHARES))))


def fitted(study):
    """Return the curve of a study's trials."""
    rows = list(Bench(study).run_many(study.trials()))
    assert not any(row.error for row in rows)
    return FittedCurve.fit(row.outcome("included") for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=20)
    count = parser.parse_args().studies
    everyone = adult()
    for name, learner in LEARNERS.items():
        truth, ends = typical(everyone, learner)
        low, high = 2000 * ends
        print(f"{name}: a typical sample takes {2000 * truth:.1f} people ({low:.1f} to {high:.1f})")
        masses = {"ordinary": [], "resampled": [], "for a typical one": []}
        sigmas, levels = [], []
        for seed in range(count):
            curve = fitted(study_of(everyone, seed, learner, resampled=True))
            sigmas.append(np.median(curve.parameters[:, 4]))
            levels.append(np.sqrt(np.median(curve.parameters[:, 5]) * TARGET * (1 - TARGET)))
            ordinary = fitted(study_of(everyone, seed, learner, resampled=False))
            wider = FittedCurve.fit(curve.outcomes, resampled=True)
            curves = (ordinary, curve, wider)
            for key, each in zip(masses, curves, strict=True):
                masses[key].append(each.critical_mass(TARGET))
        for key, found in masses.items():
            holds = np.mean([mass.low <= truth <= mass.high for mass in found])
            spread = np.log([mass.alpha / truth for mass in found])
            wide = np.median([mass.high / mass.low for mass in found])
            print(
                f"  {key:18}  holds {holds:.2f}  upper / lower end {wide:5.2f}  "
                f"estimate / typical {np.exp(spread.mean()):.2f} (spread in logs "
                f"{spread.std():.3f})",
                flush=True,
            )
        print(
            f"  a resampled trial is shifted by {np.median(sigmas):.3f} in logs, and by "
            f"{np.median(levels):.3f} in success",
            flush=True,
        )


main()
