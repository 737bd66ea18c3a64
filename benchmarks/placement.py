"""How many runs to know a critical mass within 20 %: adaptive placement against fixed grids.

    python benchmarks/placement.py [--truths N] [--jobs N] [--every N]

Simulated: for each truth a critical mass for S = 0.9, log-uniform from 0.1 % to 5 %, a width from
0.2 to 0.8 in ln α, a floor up to 0.1 and a ceiling from 0.95; trials of 1,000 test records whose
curve is shifted sideways by a normal error in ln α (the noise). Grids are log-spaced from 0.03 % to
20 %, all their points once before any again, in the same analysis, up to 200 runs. "Runs" are the
mean over truths of what it took until the 95 % interval was within 20 % of the estimate, runs that
ended without counted as they are; "holds" is how often the interval then held the truth. All trials
share their test records, as in a study; so does the truth that is to be found.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.special import expit, logit

from criticalmass import Adaptive, FittedCurve, Outcome
from criticalmass.studies.placement import Search

TARGET, PEOPLE, RECORDS, PRECISION, MOST = 0.9, 25_000, 1000, 0.2, 200
NOISES = (0.1, 0.25, 0.5)


class Truth:
    def __init__(self, seed, noise):
        self.rng = np.random.default_rng(seed)
        self.noise = noise
        self.mass = np.exp(self.rng.uniform(np.log(0.001), np.log(0.05)))
        self.width = np.exp(self.rng.uniform(np.log(0.2), np.log(0.8)))
        self.floor, self.ceiling = self.rng.uniform(0, 0.1), self.rng.uniform(0.95, 1)
        height = (TARGET - self.floor) / (self.ceiling - self.floor)
        self.midpoint = np.log(self.mass) - self.width * logit(height)

    def trial(self, share):
        rate = self.floor
        if share:
            at = np.log(share) + self.noise * self.rng.normal()
            rise = expit((at - self.midpoint) / self.width)
            rate = self.floor + (self.ceiling - self.floor) * rise
        return Outcome(share, int(self.rng.binomial(RECORDS, rate)), RECORDS)


def good(outcomes):
    """The critical mass, and whether it is known well enough."""
    mass = FittedCurve.fit(outcomes).critical_mass(TARGET)
    within = 1 + PRECISION
    known = mass.reached and mass.low * within >= mass.alpha and mass.high <= mass.alpha * within
    return mass, known


def adaptive(truth):
    blocks = Adaptive(precision=PRECISION, most=MOST).blocks(
        Search(PEOPLE, PEOPLE, "included", TARGET)
    )
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
    noise, seed = task
    found = []
    for way in (adaptive, lambda truth: grid(truth, 10), lambda truth: grid(truth, 20)):
        truth = Truth(seed, noise)
        runs, mass, known = way(truth)
        found.append((runs, bool(mass.low <= truth.mass <= mass.high), known))
    return noise, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--truths", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=10, help="truths after which to print")
    asked = parser.parse_args()
    tasks = [(noise, seed) for seed in range(asked.truths) for noise in NOISES]
    results = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for result in pool.map(one, tasks):
            results.append(result)
            if len(results) % (len(NOISES) * asked.every) == 0:
                tell(results)


def tell(results):
    """Print what the truths so far say."""
    print(f"{len(results) // len(NOISES)} truths")
    print("noise  way         runs  of 10-grid's  within 20 %  holds")
    for noise in NOISES:
        table = np.array([found for at, found in results if at == noise], dtype=float)
        runs = table[:, :, 0].mean(axis=0)
        for k, name in enumerate(("adaptive", "10 points", "20 points")):
            held, known = table[:, k, 1].mean(), table[:, k, 2].mean()
            print(f"{noise:5.2f}  {name:10s} {runs[k]:5.1f}  {runs[k] / runs[1]:12.2f}  "
                  f"{known:11.2f}  {held:5.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
