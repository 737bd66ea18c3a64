"""`LinearText` against refitting a scikit-learn pipeline, on the real corpus: seconds and success.

    CRITICALMASS_DATA=FOLDER python benchmarks/linear_text.py

One process, one thread, strategies alternating. For each size of the collective (Strategy 1 of the
paper, target Database_Administrator) three ways train on the same edited corpus:

- pipeline: `TfidfVectorizer` and one `LogisticRegression` a label, everything anew, scikit-learn's
  default tolerance: the loop that one would write first;
- LinearText: this project's, to a gradient of 1e-6;
- sublinear: the pipeline with `sublinear_tf=True`, to see what the weighting of terms does.
"""

import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from criticalmass import FeatureLabel, FeatureOnly, InsertToken, LinearText, ScikitLearner
from criticalmass.datasets import resumes
from criticalmass.learners.linear_text.counts import TOKEN
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation

TARGET = "Database_Administrator"
SIGNAL = InsertToken("־", every=20)
CASES = [
    *((FeatureLabel(SIGNAL, TARGET), members) for members in (12, 25, 50, 125, 250)),
    *((FeatureOnly(SIGNAL, TARGET, recruit="target"), members) for members in (277, 831)),
]


def pipeline(**weighting):
    vectorizer = TfidfVectorizer(token_pattern=TOKEN, **weighting)
    return ScikitLearner(make_pipeline(vectorizer, LogisticRegression(max_iter=1000)))


def main():
    train, test = resumes().split(test=4783, seed=0)
    learners = {
        "pipeline": pipeline(),
        "LinearText": LinearText(),
        "sublinear": pipeline(sublinear_tf=True),
    }
    rng = np.random.default_rng(0)
    marked = SIGNAL.apply(test.features, population=train, rng=rng)
    prepared, batches = {}, {}
    for name, learner in learners.items():
        begun = time.perf_counter()
        prepared[name] = learner.prepare(train)
        batches[name] = prepared[name].encode(marked)
        print(f"{name}: prepared once in {time.perf_counter() - begun:.1f} s", flush=True)
    print(f"{'strategy':13s} {'members':>7s} {'learner':11s} {'seconds':>7s} included  top1")
    seconds = {name: [] for name in learners}
    for strategy, size in CASES:
        members = train.draw(size, rng=rng, among=strategy.candidates(train))
        edit = strategy.edit(train, members, rng)
        for name, learner in learners.items():
            begun = time.perf_counter()
            scores = learner.fit(prepared[name], edit, seed=0).scores(batches[name])
            seconds[name].append(time.perf_counter() - begun)
            evaluation = Evaluation(scores, scores, train.label_index(TARGET), label_sets=True)
            rates = [MEASURES[name].judge(evaluation).mean() for name in ("included", "top1")]
            print(
                f"{type(strategy).__name__:13s} {size:7d} {name:11s} {seconds[name][-1]:7.1f} "
                "{:8.3f} {:5.3f}".format(*rates),
                flush=True,
            )
    ratios = np.array(seconds["pipeline"]) / np.array(seconds["LinearText"])
    print(
        f"pipeline / LinearText, seconds a trial: median {np.median(ratios):.1f} "
        f"(from {ratios.min():.1f} to {ratios.max():.1f})"
    )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
