"""How often the 95 % interval of a critical mass holds, where the model is not quite true.

    python benchmarks/coverage.py

The posterior takes each trial's scatter for beta-binomial. In these simulated studies it is not:
members shift the curve sideways, by a normal amount in ln α, and all trials share their n test
records, each of which succeeds from some height of the curve on. The truth is where the mean
success of trials on new records reaches the target. 100 studies a line: ten log-spaced shares,
three repetitions.
"""

import math

import numpy as np
from scipy.special import expit

from criticalmass import FittedCurve, Outcome

TARGETS = (0.5, 0.8, 0.9)
STUDIES = 100
GRID = np.geomspace(1e-4, 1e-1, 10)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
FINE = np.linspace(-14, 0, 4000)


def study(rng, n, largest_shift):
    """Return the outcomes of one study, and its true critical masses."""
    midpoint = rng.uniform(np.log(3e-4), np.log(3e-2))
    width = np.exp(rng.uniform(np.log(0.2), np.log(1.2)))
    floor, ceiling = rng.uniform(0, 0.15), rng.uniform(0.92, 1)
    shift = rng.uniform(largest_shift / 5, largest_shift)
    heights = np.sort(rng.random(n))

    def success(log_alpha):
        return floor + (ceiling - floor) * expit((log_alpha - midpoint) / width)

    outcomes = [Outcome(0, int(np.searchsorted(heights, floor)), n)]
    for alpha in [*GRID] * 3:
        reached = success(np.log(alpha) + shift * rng.normal())
        outcomes.append(Outcome(alpha, int(np.searchsorted(heights, reached)), n))
    mean = success(FINE[:, None] + shift * NODES) @ (WEIGHTS / WEIGHTS.sum())
    truth = {
        t: math.exp(FINE[np.argmax(mean >= t)]) if mean[-1] >= t else math.inf for t in TARGETS
    }
    return outcomes, truth


def main():
    print("records  shift up to  " + "  ".join(f"target {t}" for t in TARGETS))
    for n in (200, 1000, 4000):
        for largest_shift in (0.15, 0.3):
            held = dict.fromkeys(TARGETS, 0)
            for seed in range(STUDIES):
                outcomes, truth = study(np.random.default_rng(seed), n, largest_shift)
                curve = FittedCurve.fit(outcomes)
                for target in TARGETS:
                    mass = curve.critical_mass(target)
                    held[target] += mass.low <= truth[target] <= mass.high
            shares = "  ".join(f"{held[t] / STUDIES:10.2f}" for t in TARGETS)
            print(f"{n:7d}  {largest_shift:11.2f}  {shares}", flush=True)


if __name__ == "__main__":
    main()
