"""How many runs to know a critical mass within 20 %: adaptive placement against fixed grids.

    python benchmarks/placement.py [--truths N] [--jobs N] [--every N]

Simulated (`benchmarks/platforms.py`): curves that reach S = 0.9 between 0.1 % and 5 %, with a width
from 0.1 to 0.9 in ln α (both log-uniform), a floor up to 0.1 and a ceiling from 0.95; 4,000 test
records. Trials are either "scattered" as the posterior takes them to be, their noise the
overdispersion ρ; or "shifted" sideways, which it does not, their noise an error in ln α. The trials
behind Figures 2 and 3 have a ρ of 0.004 to 0.04, with a transformer up to 0.4; as shifts, 0.05 to
0.5.

Grids are log-spaced from 0.03 % to 20 %, all their points once before any again, in the same
analysis; all ways stop at 400 runs. "Runs" are the mean over truths of what it took until the 95 %
interval was within 20 % of the estimate; runs that ended without are counted as they are. "Holds"
is how often the interval then held the truth.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.special import logit

from criticalmass import Adaptive, FittedCurve
from criticalmass.studies.placement import Search
from platforms import Curve, Scattered, Shifted

TARGET, PEOPLE, RECORDS, PRECISION, MOST = 0.9, 25_000, 4000, 0.2, 400
KINDS = {"scattered": (Scattered, (0.003, 0.02, 0.1)), "shifted": (Shifted, (0.1, 0.2, 0.4))}
CASES = [(kind, noise) for kind, (_, noises) in KINDS.items() for noise in noises]


def platform(kind, noise, seed):
    """A simulated platform."""
    rng = np.random.default_rng(seed)
    mass = np.exp(rng.uniform(np.log(0.001), np.log(0.05)))
    width = np.exp(rng.uniform(np.log(0.1), np.log(0.9)))
    floor, ceiling = rng.uniform(0, 0.1), rng.uniform(0.95, 1)
    midpoint = np.log(mass) - width * logit((TARGET - floor) / (ceiling - floor))
    curve = Curve(midpoint, width, floor, ceiling)
    return KINDS[kind][0](rng, curve, noise=noise, records=RECORDS)


def good(outcomes):
    """The critical mass, and whether it is known well enough."""
    mass = FittedCurve.fit(outcomes).critical_mass(TARGET)
    return mass, mass.reached and mass.within(PRECISION)


def adaptive(truth):
    search = Search(PEOPLE, PEOPLE, "included", TARGET)
    blocks = Adaptive(precision=PRECISION, most=MOST).blocks(search)
    outcomes, points, sent = [truth.trial(0.0)], next(blocks), 0
    while True:
        outcomes += [truth.trial(share) for share, _ in points]
        try:
            points, sent = blocks.send(outcomes[sent:]), len(outcomes)
        except StopIteration:
            return len(outcomes) - 1, *good(outcomes)


def grid(truth, points):
    shares = np.geomspace(0.0003, 0.2, points)
    outcomes = [truth.trial(0.0)]
    while len(outcomes) - 1 < MOST:
        outcomes += [truth.trial(share) for share in shares.tolist()]
        if len(outcomes) <= 16:
            continue
        mass, known = good(outcomes)
        if known:
            break
    return len(outcomes) - 1, mass, known


def one(task):
    found = []
    for way in (adaptive, lambda truth: grid(truth, 10), lambda truth: grid(truth, 20)):
        truth = platform(*task)
        runs, mass, known = way(truth)
        found.append((runs, bool(mass.low <= truth.critical_mass(TARGET) <= mass.high), known))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--truths", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=25, help="truths after which to print")
    asked = parser.parse_args()
    tasks = [(*case, seed) for seed in range(asked.truths) for case in CASES]
    results = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for result in pool.map(one, tasks):
            results.append(result)
            if len(results) % (len(CASES) * asked.every) == 0:
                tell(results)


def tell(results):
    """Print what the truths so far say."""
    print(f"{len(results) // len(CASES)} truths")
    print("trials     noise  way         runs  of 10-grid's  within 20 %  holds")
    for number, (kind, noise) in enumerate(CASES):
        table = np.array(results[number :: len(CASES)], dtype=float)
        runs, held, known = table.mean(axis=0).T
        for k, name in enumerate(("adaptive", "10 points", "20 points")):
            print(f"{kind:9s}  {noise:5.3f}  {name:9s}  {runs[k]:5.1f}  {runs[k] / runs[1]:12.2f}  "
                  f"{known[k]:11.2f}  {held[k]:5.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
