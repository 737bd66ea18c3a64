"""How far measured success is from success on everybody, with 50 test records and with 500 marked.

    CRITICALMASS_DATA=FOLDER python benchmarks/marked.py [--studies N]

Samples of 2,000 of UCI Adult's records, 50 test records with labels, 450 more without; the truth is
success of the same model on 10,000 others. Errors are root mean squares over studies.
"""

import argparse
from dataclasses import replace

import numpy as np
from sklearn.naive_bayes import BernoulliNB

from criticalmass import FeatureLabel, Grid, ScikitLearner, SetColumns, Study
from criticalmass.datasets import adult
from criticalmass.studies import Bench

SHARES = (0.004, 0.01, 0.02)
MARK = SetColumns({"occupation": "Armed-Forces", "workclass": "Without-pay"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=40)
    everyone = adult()
    errors = {alpha: [] for alpha in SHARES}
    for seed in range(parser.parse_args().studies):
        rows = np.random.default_rng(seed).permutation(len(everyone))
        study = Study(
            everyone.take(rows[:2000]),
            everyone.take(rows[2000:2050]),
            ScikitLearner(BernoulliNB()),
            {"mark": FeatureLabel(MARK, ">50K")},
            Grid((0.5,)),
        )
        asked = [None, everyone.take(rows[2000:2500]), everyone.take(rows[2500:12500])]
        benches = [Bench(replace(study, marked=marked)) for marked in asked]
        for alpha in SHARES:
            few, more, truth = (
                bench.run(bench.study.trial("mark", alpha)).rate("included") for bench in benches
            )
            errors[alpha].append((few - truth, more - truth, truth))
    for alpha, found in errors.items():
        few, more = np.sqrt(np.mean(np.square(found), axis=0))[:2]
        print(
            f"share {alpha:.3f}: success {np.mean(found, axis=0)[2]:.2f}, error with 50 test "
            f"records {few:.3f}, with 500 marked {more:.3f}; ratio {few / more:.1f}"
        )


main()
