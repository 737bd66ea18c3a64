"""Do intervals hold the critical mass of a measure that gives real numbers?

    python benchmarks/real_measures.py --studies 300

Studies are simulated whose truth is known: a value rises, or falls, with ln α along a normal law,
an exponential or a straight piece; trials shift it sideways and scatter around it, and the test
records they share shift all of it. Printed is how often the interval holds the critical mass of new
records, and how wide it is (the ratio of its ends, at the median).
"""

import argparse
import math

import numpy as np
from scipy.special import ndtr

from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.fitting import fit_rising
from criticalmass.measures.measure import MeasureWords
from criticalmass.measures.result import Real
from criticalmass.measures.scale import scale_of

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


def simulated(rng, shape, floor, top, *, shift, scatter, error, repetitions):
    """Return outcomes' shares and results of one study."""
    span = top - floor
    records = rng.normal(0, error * abs(span))  # all trials share the test records
    found = [(0.0, Real(floor + records + rng.normal(0, scatter * abs(span)), error * abs(span)))]
    for share in SHARES:
        for _ in range(repetitions):
            x = math.log(share) + rng.normal(0, shift)
            value = floor + span * float(shape(x)) + records
            noisy = value + rng.normal(0, scatter * abs(span))
            found.append((float(share), Real(noisy, error * abs(span))))
    return found


def truth(shape, floor, top, target, shift):
    """Return the share at which the mean over trainings is the target."""
    grid = np.linspace(math.log(1e-4), 0, 4001)
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    risen = sum(w * shape(grid + shift * z) for z, w in zip(nodes, weights, strict=True))
    risen /= weights.sum()
    return math.exp(np.interp((target - floor) / (top - floor), risen, grid))


def held(rng, shape, kind, studies, **noise):
    """Return how often intervals hold the truth, and the median ratio of their ends."""
    floor, top, target = kind
    measure = MeasureFacts(
        "simulated", MeasureWords("", ""), "real", lower_is_better=top < floor,
        limits=(-math.inf, math.inf),
    )  # fmt: skip
    right, widths = 0, []
    alpha = truth(shape, floor, top, target, noise["shift"])
    for _ in range(studies):
        found = simulated(rng, shape, floor, top, **noise)
        scale = scale_of(measure, [result for _, result in found], target)
        outcomes = [scale.outcome(share, result) for share, result in found]
        wanted = scale.success(target)
        curve, _ = fit_rising(outcomes, "simulated", 1.0, wanted)
        mass = curve.critical_mass(wanted)
        right += mass.low <= alpha <= mass.high
        widths.append(mass.high / max(mass.low, 1e-9))
    return right / studies, float(np.median(widths))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--repetitions", type=int, default=3)
    chosen = parser.parse_args()
    rng = np.random.default_rng(0)
    for error in (0.0, 0.02):
        for shift, scatter in ((0.15, 0.005), (0.0, 0.04), (0.3, 0.02)):
            for name, kind in KINDS.items():
                for shape, law in SHAPES.items():
                    share, width = held(
                        rng, law, kind, chosen.studies, shift=shift, scatter=scatter, error=error,
                        repetitions=chosen.repetitions,
                    )  # fmt: skip
                    print(
                        f"error {error:4.2f} shift {shift:4.2f} scatter {scatter:5.3f} {name:15s} "
                        f"{shape:12s} held {share:5.3f} width {width:6.2f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
