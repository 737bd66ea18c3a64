"""`EmbeddedText` on the résumé corpus: what encoding costs, and a trial beside plain scikit-learn.

    CRITICALMASS_DATA=FOLDER python benchmarks/embedded_text.py [--texts N] [--rounds N]

Encodes ``--encode`` texts anew and counts tokens a second. Then Strategy 1 (Figure 2) on
``--texts`` training résumés whose vectors are kept, for trials of several sizes:

(a) what one would write first: the vectors of the edited texts in place of the others, and one
    `LogisticRegression` a label, from zero weights;
(b) this project in one process, four trials together as a study trains them.

Both look up the same vectors, train all ten labels, and score the marked and the unmarked test
texts, with one thread. They alternate. Each tolerance is that of both. ``--runs`` trials of Figure
2's grid are then run by the pool, with all between two trials included.
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from criticalmass import FeatureLabel, Grid, InsertToken, Study, run
from criticalmass.data.population import members_at
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, TOKEN, Setup
from criticalmass.studies.running.bench import Bench

SIGNAL = InsertToken(TOKEN, every=20)
SHARES = (0.001, 0.003, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)


def edit_of(study, trial):
    """The same members and edit as the study's own trial."""
    members = study.population.draw(
        members_at(trial.alpha, len(study.population)),
        rng=np.random.default_rng(trial.seed("members")),
    )
    strategy = study.strategies[trial.strategy]
    return strategy.edit(study.population, members, np.random.default_rng(trial.seed("edit")))


def plain_trial(study, trial, prepared, tests, tolerance):
    edit = edit_of(study, trial)
    vectors, labels = prepared.vectors.copy(), study.population.labels.copy()
    vectors[edit.rows], labels[edit.rows] = prepared.encode(edit.features), edit.labels
    scores = []
    for holds in labels.T:
        head = LogisticRegression(C=study.learner.C, tol=tolerance, max_iter=5000)
        head.fit(vectors, holds)
        scores.append([head.decision_function(test) for test in tests])
    target = study.population.label_index(study.strategies[trial.strategy].target_label)
    return float((scores[target][0] > 0).mean())


def encoding(setup, texts):
    """Print how fast some texts are encoded by all cores, by precision, into an empty folder."""
    some = setup.halves[1].take(np.arange(texts))
    usual = os.environ.get("CRITICALMASS_CACHE")
    for precision in ("fp32", "bf16"):
        learner = replace(setup.size.learner, precision=precision)
        learner.keep(some.take(np.arange(1)))  # loads the model
        with tempfile.TemporaryDirectory() as folder:
            os.environ["CRITICALMASS_CACHE"] = folder
            encoder = learner._encoder
            tokens = int(encoder._tokens(some.features, np.arange(texts)).length.sum())
            begun = time.perf_counter()
            learner.keep(some)
            seconds = time.perf_counter() - begun
            again = time.perf_counter()
            learner.keep(some)
            again = time.perf_counter() - again
        if usual is None:
            del os.environ["CRITICALMASS_CACHE"]
        else:
            os.environ["CRITICALMASS_CACHE"] = usual
        print(
            f"{precision}: {texts} texts, {tokens:,} tokens in {seconds:.1f} s "
            f"({tokens / seconds:,.0f} tokens a second); from the disk {again:.2f} s",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=25000)
    parser.add_argument("--encode", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--tolerance", type=float, nargs="+", default=[1e-6, 1e-4])
    options = parser.parse_args()
    size = SIZES["embedded", "paper"]
    setup = Setup(replace(size, train=options.texts), Path())
    encoding(setup, options.encode)
    train, test = setup.halves
    strategies = {"mark": FeatureLabel(SIGNAL, CLASSES[0])}
    study = Study(train, test, size.learner, strategies, Grid(SHARES, options.rounds))
    study.learner.keep(train, test)
    begun = time.perf_counter()
    bench = Bench(study)
    print(f"prepares once in {time.perf_counter() - begun:.1f} s, from vectors on the disk")
    prepared = bench.prepared
    marked = SIGNAL.apply(test.features, population=train, rng=np.random.default_rng(0))
    tests = [prepared.encode(marked), prepared.encode(test.features)]
    trials = [trial for trial in study.trials() if trial.alpha]
    for trial in trials:  # their members' texts are encoded before anything is timed
        prepared.encode(edit_of(study, trial).features)
    for tolerance in options.tolerance:
        study = replace(study, learner=replace(size.learner, tolerance=tolerance))
        bench = Bench(study)
        list(bench.run_many(trials[:1]))
        plain, ours = [], []
        for begin in range(0, len(trials), 4):
            some = trials[begin : begin + 4]
            with threadpool_limits(1):
                begun = time.perf_counter()
                first = [plain_trial(study, trial, prepared, tests, tolerance) for trial in some]
                plain.append((time.perf_counter() - begun) / len(some))
            begun = time.perf_counter()
            rows = list(bench.run_many(some))
            ours.append((time.perf_counter() - begun) / len(some))
            for trial, success, row in zip(some, first, rows, strict=True):
                print(
                    f"  α = {trial.alpha:g}: included by (a), (b): {success:.4f}, "
                    f"{row.rate('included'):.4f}"
                )
        print(
            f"tolerance {tolerance:g}: seconds a trial (a) {np.mean(plain):.2f}, "
            f"(b) {np.mean(ours):.2f}; (a)/(b) {np.sum(plain) / np.sum(ours):.1f}",
            flush=True,
        )
    # one trial's parts
    trial = trials[-1]
    begun = time.perf_counter()
    edit = edit_of(study, trial)
    drawn = time.perf_counter()
    prepared.encode(edit.features)
    looked_up = time.perf_counter()
    model = study.learner.fit(prepared, edit, 0)
    trained = time.perf_counter()
    for batch in tests:
        model.scores(batch)
    scored = time.perf_counter()
    print(
        f"parts of a trial of {len(edit.rows):,} members: drawn and edited {drawn - begun:.2f} s, "
        f"vectors looked up {looked_up - drawn:.2f} s, and again in training, with the heads "
        f"{trained - looked_up:.2f} s, scored {scored - trained:.2f} s"
    )
    if options.runs:
        repetitions = max(1, round(options.runs / len(SHARES)))
        study = Study(train, test, size.learner, strategies, Grid(SHARES, repetitions))
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            rows = run(study, Path(folder) / "rows", jobs=2)
            minutes = (time.perf_counter() - begun) / 60
        print(
            f"{len(rows)} trials of Figure 2's grid by two processes, with what their members' "
            f"texts still had to be encoded for: {minutes:.1f} minutes"
        )
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"largest memory of a process: {peak / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
