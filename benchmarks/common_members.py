"""How many fewer trials a difference between two learners takes when both have the same members.

    CRITICALMASS_DATA=FOLDER python benchmarks/common_members.py [--repetitions N]

Two studies that differ in their learner alone draw the same members for the same share and
repetition. With members of their own, as before, the variance of a difference is the sum of both
variances. What is printed is that sum over the variance of the differences: so many times as many
trials it would take. The interval is from 2,000 resampled sets of repetitions.
"""

import argparse
from dataclasses import replace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from criticalmass import (
    FeatureLabel,
    Grid,
    InsertToken,
    LinearText,
    ScikitLearner,
    SetColumns,
    Study,
)
from criticalmass.datasets import adult, synthetic_resumes
from criticalmass.studies import Bench

LOGISTIC = LogisticRegression(max_iter=300)


def census():
    """Return a study of 2,000 census records; its learner is to be replaced."""
    everyone = adult()
    rows = np.random.default_rng(0).permutation(len(everyone))[:3000]
    train, test = everyone.take(np.sort(rows)).split(test=1000, seed=0)
    mark = SetColumns({"occupation": "Armed-Forces", "workclass": "Without-pay"})
    return Study(
        train, test, ScikitLearner(LOGISTIC), {"mark": FeatureLabel(mark, ">50K")}, Grid((0.5,))
    )


def profiles():
    """Return a study of 2,000 made-up profiles; its learner is to be replaced."""
    train, test = synthetic_resumes(3000).split(test=1000, seed=0)
    return Study(
        train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "Writer")}, Grid((0.5,))
    )


MORE = ScikitLearner(LogisticRegression(C=10, max_iter=300))
TREE = ScikitLearner(DecisionTreeClassifier(min_samples_leaf=5))
BAYES = ScikitLearner(BernoulliNB())
WORDS = ScikitLearner(make_pipeline(TfidfVectorizer(token_pattern=r"\S+"), LOGISTIC))
SETTINGS = (
    (census, ("logistic", ScikitLearner(LOGISTIC)), ("less penalty", MORE), (0.005, 0.01, 0.02)),
    (census, ("logistic", ScikitLearner(LOGISTIC)), ("tree", TREE), (0.005, 0.01, 0.02)),
    (census, ("logistic", ScikitLearner(LOGISTIC)), ("naive Bayes", BAYES), (0.005, 0.01, 0.02)),
    (profiles, ("LinearText", LinearText()), ("C = 0.1", LinearText(C=0.1)), (0.01, 0.03)),
    (profiles, ("LinearText", LinearText()), ("TF-IDF", WORDS), (0.01, 0.03)),
)


def rates(study, alpha, repetitions):
    """Return the success of so many trials of one share."""
    bench = Bench(study)
    rows = list(bench.run_many([study.trial("mark", alpha, k) for k in range(repetitions)]))
    assert not any(row.error for row in rows), rows[0].error
    return np.array([row.rate("included") for row in rows])


def saved(one, other):
    """Return the variance of differences of independent trials over that of these pairs."""
    return (one.var(ddof=1) + other.var(ddof=1)) / (one - other).var(ddof=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repetitions", type=int, default=60)
    count = parser.parse_args().repetitions
    print("records   learners                 share  success    times fewer   correlation")
    known = {}
    for make, one, other, shares in SETTINGS:
        study = make()
        for alpha in shares:
            pair = []
            for name, learner in (one, other):
                key = make.__name__, name, alpha
                if key not in known:
                    known[key] = rates(replace(study, learner=learner), alpha, count)
                pair.append(known[key])
            rng = np.random.default_rng(0)
            again = [
                saved(*(each[rows] for each in pair))
                for rows in rng.integers(count, size=(2000, count))
            ]
            low, high = np.quantile(again, (0.025, 0.975))
            means = " ".join(f"{each.mean():.2f}" for each in pair)
            print(
                f"{make.__name__:9} {one[0] + ', ' + other[0]:24} {alpha:.3f}  {means}  "
                f"{saved(*pair):4.1f} ({low:.1f}-{high:.1f})  {np.corrcoef(pair)[0, 1]:5.2f}",
                flush=True,
            )


main()
