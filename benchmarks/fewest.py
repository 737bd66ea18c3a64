"""How many people any strategy needs on census records, beside the usual one: seconds and numbers.

    python benchmarks/fewest.py

prints, for the strategy plant of examples/adult.toml and each target, the people that the usual
strategy takes exactly and the fewest that any takes, in fractions of people; the fewest whole
people who are told where to stand; and what the best possible model, trained on 38,842 of the
people with some of them told so, gives the others' marked records.
"""

import time
from pathlib import Path

import numpy as np

from criticalmass import BayesOptimal, FeatureLabel, read_study
from criticalmass.strategies import Targeted
from criticalmass.strategies.images import counted, images
from criticalmass.studies.files.study_file import read_question
from criticalmass.theory.knapsack import frontier

STUDY = Path(__file__).parents[1] / "examples" / "adult.toml"
TARGETS = (0.5, 0.75, 0.9, 0.95, 0.99)
SIZES = (10, 20, 40, 60, 80, 100, 120)


def whole_people(table, signal, label):
    """Return the fewest whole members for each target, none of whom is at an image before."""
    target = table.label_index(label)
    points = images(signal, table, target)
    rivals = np.delete(points.base, target, axis=1).max(axis=1)
    needed = np.maximum(rivals - points.base[:, target] + 1, 0)
    bought = frontier(needed, points.mass)
    assert bought.exact
    return [int(bought.cost[bought.weight >= t * table.size - 1e-6][0]) for t in TARGETS]


def trained(study, strategy, size, seed):
    """Return the share of marked test records that the best possible model gives the label."""
    rng = np.random.default_rng(seed)
    people = study.population
    members = people.draw(size, rng=rng)
    learner = BayesOptimal()
    model = learner.fit(learner.prepare(people), strategy.edit(people, members, rng), seed)
    marked = strategy.signal.apply(study.test.features, population=people, rng=rng)
    scores, column = model.scores(marked), people.label_index(strategy.target_label)
    return float((scores[:, column] > np.delete(scores, column, axis=1).max(axis=1)).mean())


def main():
    """Compute and print."""
    table = counted(read_question(STUDY).records)
    study = read_study(STUDY)
    signal = study.strategies["plant"].signal
    for label in table.label_names:
        usual, best = (kind(signal, label) for kind in (FeatureLabel, Targeted))
        begun = time.perf_counter()
        curves = [kind.exact(table) for kind in (usual, best)]
        print(f"{label} ({time.perf_counter() - begun:.2f} s)  success: usual, best, whole people")
        whole = whole_people(table, signal, label)
        for target, people in zip(TARGETS, whole, strict=True):
            masses = [curve.critical_mass(target).people(table.size)[0] for curve in curves]
            print(f"  {target:.0%}: {masses[0]:,}, {masses[1]:,}, {people:,}")
        for size in SIZES:
            means = [
                np.mean([trained(study, kind, size, seed) for seed in range(5)])
                for kind in (usual, best)
            ]
            print(f"  {size} of {len(study.population):,}: trained {means[0]:.3f}, {means[1]:.3f}")


if __name__ == "__main__":
    main()
