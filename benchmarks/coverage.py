"""How often the 95 % interval of a critical mass holds, where members shift the curve.

    python benchmarks/coverage.py

Simulated studies (`Shifted` of `benchmarks/platforms.py`), 100 a line: ten log-spaced shares, three
repetitions. All trials share their test records, which the posterior knows of the target alone.
"""

import numpy as np

from criticalmass.fitting import FittedCurve
from platforms import Curve, Shifted

TARGETS = (0.5, 0.8, 0.9)
STUDIES = 100
GRID = np.geomspace(1e-4, 1e-1, 10)


def platform(rng, records, largest_shift):
    """A simulated platform."""
    curve = Curve(
        midpoint=rng.uniform(np.log(3e-4), np.log(3e-2)),
        width=np.exp(rng.uniform(np.log(0.2), np.log(1.2))),
        floor=rng.uniform(0, 0.15),
        ceiling=rng.uniform(0.92, 1),
    )
    noise = rng.uniform(largest_shift / 5, largest_shift)
    return Shifted(rng, curve, noise=noise, records=records)


def main():
    print("records  shift up to  " + "  ".join(f"target {t}" for t in TARGETS))
    for n in (200, 1000, 4000):
        for largest_shift in (0.15, 0.3):
            held = dict.fromkeys(TARGETS, 0)
            for seed in range(STUDIES):
                simulated = platform(np.random.default_rng(seed), n, largest_shift)
                curve = FittedCurve.fit([simulated.trial(alpha) for alpha in (0, *[*GRID] * 3)])
                for target in TARGETS:
                    mass = curve.critical_mass(target)
                    held[target] += mass.low <= simulated.critical_mass(target) <= mass.high
            shares = "  ".join(f"{held[t] / STUDIES:10.2f}" for t in TARGETS)
            print(f"{n:7d}  {largest_shift:11.2f}  {shares}", flush=True)


if __name__ == "__main__":
    main()
