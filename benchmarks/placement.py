"""How many runs to know a critical mass within 20 %: adaptive placement against fixed grids.

    python benchmarks/placement.py [--truths N] [--grids N] [--jobs N] [--every N]

Simulated (`benchmarks/platforms.py`): curves that reach S = 0.9 between 0.1 % and 5 %, with a width
from 0.1 to 0.9 in ln α (both log-uniform), a floor up to 0.1 and a ceiling from 0.95; 4,000 test
records. Trials are either "shifted" sideways as the posterior takes them to be, their noise an
error in ln α; or "scattered", beta-binomial, which it does not, their noise the overdispersion ρ.
Grids are log-spaced from 0.03 % to 20 %, all their points once before any again, in the same
analysis; all ways stop at 960 runs. "Runs" are the mean over truths of what it took until the 95 %
interval was within 20 % of the estimate; runs that ended without are counted as they are. "Holds"
is how often the interval then held the truth. After each fit of a grid it goes on without another
for a third of the trials that its interval lacks, if it narrows with their square root.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scipy.special import logit

from criticalmass import Adaptive
from criticalmass.fitting import FittedCurve
from criticalmass.studies.placement import Search, Tried
from platforms import Curve, Scattered, Shifted

TARGET, PEOPLE, RECORDS, PRECISION, MOST = 0.9, 25_000, 4000, 0.2, 960
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
    placement = Adaptive(precision=PRECISION, most=MOST)
    blocks, block = [], [Tried(0.0, 0, truth.trial(0.0))]
    while points := placement.next_block(search, blocks):
        block += [Tried(share, again, truth.trial(share)) for share, again in points]
        blocks.append(block)
        block = []
    outcomes = [point.outcome for block in blocks for point in block]
    return len(outcomes) - 1, *good(outcomes)


def grid(truth, points):
    shares = np.geomspace(0.0003, 0.2, points).tolist()
    outcomes, due = [truth.trial(0.0)], 16
    while True:
        outcomes += [truth.trial(share) for share in shares]
        runs = len(outcomes) - 1
        if runs < min(due, MOST):
            continue
        mass, known = good(outcomes)
        if known or runs >= MOST:
            return runs, mass, known
        due = runs + lacking(runs, mass) / 3


def lacking(runs, mass):
    """How many trials more the interval needs; at most one and a half times as many again."""
    if not mass.reached or mass.low == 0 or np.isinf(mass.high):
        return 1.5 * runs
    off = max(np.log(mass.high / mass.alpha), np.log(mass.alpha / mass.low))
    return min((off / np.log1p(PRECISION)) ** 2 - 1, 1.5) * runs


def one(task):
    kind, noise, seed, grids = task
    found = []
    for way in (adaptive, *[partial(grid, points=points) for points in (10, 20) if grids]):
        truth = platform(kind, noise, seed)
        runs, mass, known = way(truth)
        found.append((runs, mass.low <= truth.critical_mass(TARGET) <= mass.high, known))
    return np.array(found, dtype=float)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--truths", type=int, default=100)
    parser.add_argument("--grids", type=int, default=100, help="of these, with grids as well")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=25, help="truths after which to print")
    asked = parser.parse_args()
    tasks = [(*case, seed, seed < asked.grids) for seed in range(asked.truths) for case in CASES]
    results = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for result in pool.map(one, tasks):
            results.append(result)
            if len(results) % (len(CASES) * asked.every) == 0:
                tell(results)


def tell(results):
    """Print what the truths so far say; ratios are of truths that the grids were tried on."""
    print(f"{len(results) // len(CASES)} truths")
    print("trials     noise  way         runs  of 10-grid's  within 20 %  holds  truths")
    for number, (kind, noise) in enumerate(CASES):
        case = results[number :: len(CASES)]
        both = [found[:, 0] for found in case if len(found) > 1]
        ratios = np.mean(both, axis=0) / np.mean(both, axis=0)[1] if both else np.full(3, np.nan)
        for k, name in enumerate(("adaptive", "10 points", "20 points")):
            some = [found[k] for found in case if len(found) > k]
            if some:
                runs, held, known = np.mean(some, axis=0)
                print(f"{kind:9s}  {noise:5.3f}  {name:9s}  {runs:5.1f}  {ratios[k]:12.2f}  "
                      f"{known:11.2f}  {held:5.2f}  {len(some):6d}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
