"""Thousands of runs of a bag of words on the résumé corpus: three ways to write the loop.

    CRITICALMASS_DATA=FOLDER python benchmarks/sweep.py [--rounds N] [--runs N] [--tolerance T ...]

25,000 résumés, the whole vocabulary, ten labels, Strategy 1 (the paper's Figure 2). For each trial:

(a) what one would write first: `TfidfVectorizer` and one `LogisticRegression` a label, from zero;
(b) the careful loop: the corpus's tf-idf is cached, edited texts alone are computed, and the
    regressions begin at the model without a collective;
(c) this project, with two processes.

All three edit the texts, train all labels, and score the marked and the unmarked test texts. They
alternate. Each tolerance is that of all three. Then ``--runs`` trials of Figure 2's grid by (c).
"""

import argparse
import time

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from criticalmass import Edit, FeatureLabel, Grid, InsertToken, LinearText, Study
from criticalmass.datasets import resumes
from criticalmass.learners.linear_text.bag import Bag, Batch
from criticalmass.learners.linear_text.counts import TOKEN
from criticalmass.learners.regressions.newton import optimum_of
from criticalmass.studies.running.engines import Pool

LABELS = ("Database_Administrator", "Web_Developer", "Software_Developer")
SIGNAL = InsertToken("־", every=20)
ALPHAS = (0.0004, 0.0008, 0.0012, 0.002, 0.003, 0.005, 0.008, 0.01)


def edit_of(study, trial):
    """The same members and edit as the study's own trial."""
    if trial.alpha == 0:
        return Edit.nothing(study.population)
    rng = np.random.default_rng(trial.seed("members"))
    members = study.population.draw(int(trial.alpha * len(study.population) + 1e-9), rng=rng)
    strategy = study.strategies[trial.strategy]
    return strategy.edit(study.population, members, np.random.default_rng(trial.seed("edit")))


def included(study, trial, scores):
    target = study.population.label_index(study.strategies[trial.strategy].target_label)
    return float((scores[:, target] > 0).mean())


def first_loop(study, trial, marked, tolerance):
    data = edit_of(study, trial).apply(study.population)
    vectorizer = TfidfVectorizer(token_pattern=TOKEN)
    inputs = vectorizer.fit_transform(data.features)
    tests = [vectorizer.transform(texts) for texts in (marked, study.test.features)]
    scores = []
    for held in data.labels.T:
        regression = LogisticRegression(tol=tolerance, max_iter=1000).fit(inputs, held)
        scores.append([regression.decision_function(test) for test in tests])
    return included(study, trial, np.array(scores)[:, 0].T)


class CarefulLoop:
    """Everything that can be kept between trials is."""

    def __init__(self, study, marked):
        self.study = study
        self.bag = Bag.of(study.population.features)
        self.inputs = self.bag.inputs()
        self.start = optimum_of(self.inputs, study.population.labels, 1.0, 1e-7)
        self.tests = [Batch.of(self.bag, texts) for texts in (marked, study.test.features)]

    def trial(self, trial, tolerance):
        edit = edit_of(self.study, trial)
        after = self.bag.edited(edit)
        kept = np.delete(np.arange(len(self.study.population)), after.rows)
        same = sparse.csr_matrix(self.inputs[kept])
        same.resize(len(kept), len(after.idf))
        inputs = sparse.vstack([same, after.inputs], format="csr")
        others = self.study.population.labels[after.rows[len(edit.rows) :]]
        labels = np.vstack([self.study.population.labels[kept], edit.labels, others])
        weights = np.pad(self.start.weights, ((0, len(after.more)), (0, 0)))
        intercepts = self.start.intercepts.copy()
        for j, held in enumerate(labels.T):
            regression = LogisticRegression(tol=tolerance, max_iter=1000, warm_start=True)
            regression.classes_ = np.array([False, True])
            regression.coef_ = weights[None, :, j].copy()
            regression.intercept_ = intercepts[j : j + 1]
            regression.fit(inputs, held)
            weights[:, j], intercepts[j] = regression.coef_[0], regression.intercept_[0]
        scores = [test.scores(weights, intercepts, after.idf, after.more) for test in self.tests]
        return included(self.study, trial, scores[0])


def timed(call, *arguments):
    begun = time.perf_counter()
    out = call(*arguments)
    return time.perf_counter() - begun, out


def study_of(halves, tolerance, alphas, repetitions):
    strategies = {label: FeatureLabel(SIGNAL, label) for label in LABELS}
    grid = Grid(alphas, repetitions)
    return Study(*halves, LinearText(tolerance=tolerance), strategies, grid)


def one_pass(careful):
    """Seconds and gigabytes of one product with the matrix, as (b) has it, and its transpose."""
    matrix = careful.inputs
    vector, other = np.ones(matrix.shape[1]), np.ones(matrix.shape[0])
    seconds = min(timed(lambda: (matrix @ vector, matrix.T @ other))[0] / 2 for _ in range(5))
    return seconds, (matrix.data.nbytes + matrix.indices.nbytes) / 1e9


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--tolerance", type=float, nargs="*", default=[1e-4, 1e-6])
    asked = parser.parse_args()
    halves = resumes().split(test=4783, seed=0)
    marked = SIGNAL.apply(halves[1].features, population=halves[0], rng=np.random.default_rng(0))
    study = study_of(halves, 1e-4, ALPHAS, asked.rounds)
    seconds, careful = timed(CarefulLoop, study, marked)
    print(f"(b) prepares once in {seconds:.0f} s", flush=True)
    print("one pass over the matrix: {:.1f} ms for {:.3f} GB".format(
        *(np.array(one_pass(careful)) * (1e3, 1))), flush=True)  # fmt: skip
    for tolerance in asked.tolerance:
        study = study_of(halves, tolerance, ALPHAS, asked.rounds)
        with Pool(2).open(study) as run:
            begun = time.perf_counter()
            list(run([study.trial(label, 0.0) for label in LABELS] * 2))
            print(f"(c) prepares once in {time.perf_counter() - begun:.0f} s", flush=True)
            spent, success = {"a": [], "b": [], "c": []}, {}
            for again in range(asked.rounds):
                trials = [study.trial(LABELS[0], alpha, again) for alpha in ALPHAS]
                seconds, rows = timed(lambda trials=trials: list(run(trials)))
                spent["c"].append(seconds / len(trials))
                ours = {row.key: row.rate("included") for row in rows}
                for place in (1, 5):
                    seconds, rate = timed(careful.trial, trials[place], tolerance)
                    spent["b"].append(seconds)
                    success[trials[place]] = [rate, ours[trials[place].key]]
                seconds, rate = timed(first_loop, study, trials[5], marked, tolerance)
                spent["a"].append(seconds)
                success[trials[5]].insert(0, rate)
            a, b, c = (float(np.median(spent[name])) for name in "abc")
            print(
                f"tolerance {tolerance:g}: seconds a trial (a) {a:.1f}, (b) {b:.2f}, (c) {c:.3f}; "
                f"(a)/(c) {a / c:.0f}, (b)/(c) {b / c:.1f}",
                flush=True,
            )
            for trial, rates in success.items():
                exact = careful.trial(trial, 1e-8)
                said = ", ".join(f"{rate:.4f}" for rate in rates)
                print(f"  α = {trial.alpha:g}: included by {'(a), ' * (len(rates) == 3)}(b), (c): "
                      f"{said}; at the optimum {exact:.4f}", flush=True)  # fmt: skip
            if tolerance == asked.tolerance[-1] and asked.runs:
                repetitions = -(-asked.runs // (len(LABELS) * len(ALPHAS)))
                trials = study_of(halves, tolerance, ALPHAS, repetitions).trials()[: asked.runs]
                seconds, rows = timed(lambda trials=trials: list(run(trials)))
                print(f"{len(rows)} runs of Figure 2's grid: (c) {seconds / 60:.1f} minutes, "
                      f"(a) {a * len(rows) / 3600:.0f} hours at its pace")  # fmt: skip


if __name__ == "__main__":
    main()
