"""How many people it takes at four sizes of one population, and the first guess beside it.

    CRITICALMASS_DATA=FOLDER python benchmarks/sizes.py [--only resumes] [--out FOLDER]

The résumé corpus (a bag of words; a mark that no text carries, and a word that one text in twenty
holds) and UCI Adult (a logistic regression; an occupation of 12 people in the whole training set,
and one of 1,156). The penalty is fixed (C = 1), or grows with the records as weight decay on the
mean loss does: C = 1500 / N, l2 = 1 / 1500.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from criticalmass import (
    Adaptive,
    FeatureLabel,
    InsertToken,
    LinearText,
    RiskMinimizer,
    ScikitLearner,
    SetColumns,
    Study,
    run,
)
from criticalmass.answers.size_law import size_law_of
from criticalmass.datasets import adult, resumes
from criticalmass.studies import Store
from criticalmass.studies.sizes import at_size

TO = 10_000_000
PLACEMENT = Adaptive(most=16)
BASE = 1500
"""Both ways of scaling the penalty are the same at this size."""


def of_resumes():
    """Return the study of each learner: rare marks with both penalties, a common word with one."""
    train, test = resumes().split(test=4783, seed=0)
    test = test.take(np.arange(1000))  # success on so many is known to 2 % or so

    def mark(token):
        return FeatureLabel(InsertToken(token, every=20), "Database_Administrator")

    rare, common = {"a rare mark": mark("־")}, {"a common word": mark("dashboard")}
    study = Study(train, test, LinearText(), rare, PLACEMENT, measures=("included",), seed=2023)
    sizes = (1500, 5000, 15_000, 25_000)
    yield "résumés, bag of words, C = 1", sizes, lambda n: study
    yield (
        "résumés, bag of words, C = 1500 / N",
        sizes[:3],
        lambda n: replace(study, learner=LinearText(C=BASE / n)),
    )
    yield "résumés, bag of words, C = 1", sizes[:3], lambda n: replace(study, strategies=common)


def of_adult():
    """Return the study of each learner."""
    train, test = adult().split(test=10_000, seed=0)

    def mark(occupation):
        return FeatureLabel(SetColumns({"occupation": occupation}), ">50K")

    marks = {"a rare job": mark("Armed-Forces"), "a common job": mark("Tech-support")}
    learner = ScikitLearner(LogisticRegression(max_iter=2000))
    study = Study(train, test, learner, marks, PLACEMENT, measures=("included",))
    sizes = (1500, 5000, 15_000, 38_842)
    yield "Adult, logistic regression, C = 1", sizes, lambda n: study
    decayed = replace(study, learner=RiskMinimizer(l2=1 / BASE))
    yield "Adult, logistic regression, l2 = 1 / 1500", sizes, lambda n: decayed


def measure(title, sizes, study_of, folder):
    """Run a study at its sizes, and print the guess, the critical mass and the law."""
    folders, guesses, seconds = [], {}, {}
    for size in sizes:
        begun = time.process_time()
        place = Path(folder) / str(size)
        study = at_size(study_of(size), size)
        run(study, place)
        with Store.open(place) as store:
            guesses[size] = store.guesses()
        folders.append(place)
        print(f"# {title}: {size:,} done", file=sys.stderr, flush=True)
        seconds[size] = time.process_time() - begun
    for answer in size_law_of(folders, to=TO):
        print(f"{title}: {answer.strategy}")
        for found in answer.findings:
            size = found.facts.population.size
            guess = guesses[size].get(answer.strategy)
            people, low, high = found.mass.people(size) if found.mass else (None, None, None)
            print(
                f"  N = {size:6,d}: guess {guess.people if guess else '–':>5}, measured {people}"
                f" ({low} to {high}), {found.trials} trials, {seconds[size]:.0f} s"
            )
        if answer.numbers is None:
            print("  no law")
            continue
        b, there = answer.law.exponent, answer.law.at(TO)
        print(
            f"  b = {b.value:.2f} ({b.low:.2f} to {b.high:.2f}), {answer.law.verdict.name}; at "
            f"{TO:,}: {there.union.low:,.0f} to {there.union.high:,.0f}, without a law "
            f"{there.envelope[0]:,.0f} to {there.envelope[1]:,.0f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("resumes", "adult"))
    parser.add_argument("--out")
    options = parser.parse_args()
    parts = {"adult": of_adult, "resumes": of_resumes}
    for name, part in parts.items():
        if options.only in (None, name):
            for number, (title, sizes, study_of) in enumerate(part()):
                with tempfile.TemporaryDirectory() as made:
                    place = Path(options.out or made) / f"{name}{number}"
                    measure(title, sizes, study_of, place)


if __name__ == "__main__":
    main()
