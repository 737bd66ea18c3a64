"""Do intervals hold the critical mass of a measure that gives real numbers?

    python benchmarks/real_measures.py
    python benchmarks/real_measures.py --adaptive

Studies are simulated whose truth is known: a value rises, or falls, with ln α along a normal law,
an exponential or a straight piece; trials shift it sideways and scatter around it, and the test
records they share shift all of it. Printed is how often the interval holds the critical mass of new
records, and how wide it is (the ratio of its ends, at the median).
"""

import argparse
import math
from itertools import product

import numpy as np
from scipy.special import ndtr

from criticalmass import Adaptive
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.fitting import fit_rising
from criticalmass.measures.measure import MeasureWords
from criticalmass.measures.result import Real
from criticalmass.measures.scale import scale_of
from criticalmass.studies.placement import Search, Tried

SHARES = np.geomspace(0.001, 0.3, 8)
SHAPES = {
    "normal law": lambda x: ndtr((x + 4.0) / 0.8),
    "exponential": lambda x: 1 - np.exp(-np.exp(0.8 * (x + 4.0))),
    "straight": lambda x: np.clip((x + 5.5) / 3.0, 0, 1),
}
KINDS = {
    "mean score, up": (-2.0, 3.0, 1.5),
    "AUC, up": (0.5, 0.98, 0.8),
    "rank, down": (14.0, 1.5, 4.0),
}
"""The value without a collective, that with everybody, and the target."""


def simulated(rng, shape, floor, top, *, shift, scatter, error):
    """Return a study: what a trial of a share gives, of which 0 is nobody."""
    span = top - floor
    records = rng.normal(0, error * abs(span))  # all trials share the test records

    def trial(share):
        risen = float(shape(math.log(share) + rng.normal(0, shift))) if share else 0.0
        value = floor + span * risen + records + rng.normal(0, scatter * abs(span))
        return Real(value, error * abs(span))

    return trial


def truth(shape, floor, top, target, shift):
    """Return the share at which the mean over trainings is the target."""
    grid = np.linspace(math.log(1e-4), 0, 4001)
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    risen = sum(w * shape(grid + shift * z) for z, w in zip(nodes, weights, strict=True))
    risen /= weights.sum()
    return math.exp(np.interp((target - floor) / (top - floor), risen, grid))


def on_a_grid(study, scale_at):
    """Return the results of a fixed grid: eight shares, three times each."""
    return [(0.0, study(0.0)), *((share, study(share)) for share in SHARES for _ in range(3))]


def adaptive(study, scale_at):
    """Return the results where `Adaptive` places trials of 10,000 people."""
    placement, found = Adaptive(low=0.0005, high=0.5), [[(0.0, 0, study(0.0))]]
    while True:
        scale, wanted = scale_at([result for block in found for _, _, result in block])
        search = Search(10_000, 10_000, "simulated", wanted)
        tried = [
            [Tried(share, again, scale.outcome(share, result)) for share, again, result in block]
            for block in found
        ]
        points = placement.next_block(search, tried if len(found) > 1 else [])
        if not points:
            return [(share, result) for block in found for share, _, result in block]
        found.append([(share, again, study(share)) for share, again in points])


def held(rng, place, shape, kind, studies, **noise):
    """Return how often intervals hold the truth, and the median ratio of their ends."""
    floor, top, target = kind
    measure = MeasureFacts(
        "simulated", MeasureWords("", ""), "real", lower_is_better=top < floor,
        limits=(-math.inf, math.inf),
    )  # fmt: skip
    right, widths = 0, []
    alpha = truth(shape, floor, top, target, noise["shift"])

    def scale_at(results):
        scale = scale_of(measure, results, target)
        return scale, scale.success(target)

    for _ in range(studies):
        study = simulated(rng, shape, floor, top, **noise)
        found = place(study, scale_at)
        scale, wanted = scale_at([result for _, result in found])
        outcomes = [scale.outcome(share, result) for share, result in found]
        curve, _ = fit_rising(outcomes, "simulated", 1.0, wanted)
        mass = curve.critical_mass(wanted)
        right += mass.low <= alpha <= mass.high
        widths.append(mass.high / max(mass.low, 1e-9))
    return right, float(np.median(widths))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=50, help="of each of 18 kinds")
    parser.add_argument("--adaptive", action="store_true", help="place trials one block at a time")
    chosen = parser.parse_args()
    rng, total = np.random.default_rng(0), 0
    noises = ((0.15, 0.005), (0.0, 0.04), (0.3, 0.02))
    for turn, (error, (shift, scatter)) in enumerate(product((0.02, 0.0), noises)):
        for number, (name, kind) in enumerate(KINDS.items()):
            shape = list(SHAPES)[(turn + number) % len(SHAPES)]
            right, width = held(
                rng, adaptive if chosen.adaptive else on_a_grid, SHAPES[shape], kind,
                chosen.studies, shift=shift, scatter=scatter, error=error,
            )  # fmt: skip
            total += right
            print(
                f"error {error:4.2f}  shift {shift:4.2f}  scatter {scatter:5.3f}  {name:15s} "
                f"{shape:12s} held {right}/{chosen.studies}, ends {width:.2f} times apart",
                flush=True,
            )
    print(f"held {total} of {18 * chosen.studies}")


if __name__ == "__main__":
    main()
