"""How many probes it takes until a verdict, and how often verdicts and limits are wrong.

    python benchmarks/monitoring.py [--campaigns 2000]

Campaigns are simulated whose success rate is known; they look after every probe. "Stops" is the
median number of probes until the verdict against a target of .9, "wrong" how often the verdict is
the other one, and "missed" how often the 95 % limits ever leave the truth out. Beside it stands
Clopper and Pearson's interval, which is made for one look, read after every probe alike. Marked
records are also compared with unmarked ones, in pairs that answer alike three times in four
("matched"), or not ("as they come").
"""

import argparse
import math

import numpy as np

from criticalmass.intervals import lower_limit, upper_limit
from criticalmass.intervals.betting import above, below, difference_above, difference_below

TARGET, ENOUGH, HALF = 0.9, math.log(20), math.log(40)
RATES = {0.99: 400, 0.95: 1500, 0.9: 1500, 0.88: 12_000, 0.85: 2500, 0.5: 100}
"""Success rates, and up to how many probes a campaign looks."""


def first(settled):
    """Return by campaign the first probe at which something is settled, infinite if it never is."""
    return np.where(settled.any(axis=1), settled.argmax(axis=1) + 1.0, np.inf)


def by_counts(evidence, hits, rate):
    """Return evidence by campaign and probe; it is computed once for each pair of counts."""
    n = np.broadcast_to(np.arange(1, hits.shape[1] + 1), hits.shape)
    codes, places = np.unique(n.astype(np.int64) * 100_000 + hits, return_inverse=True)
    return evidence(codes % 100_000, codes // 100_000, rate)[places].reshape(hits.shape)


def one_rate(rng, rate, probes, campaigns):
    """Print what happens with one success rate."""
    hits = np.cumsum(rng.random((campaigns, probes)) < rate, axis=1)
    works = first(by_counts(above, hits, TARGET) >= ENOUGH)
    fails = first(by_counts(below, hits, TARGET) >= ENOUGH)
    wrong = fails < works if rate > TARGET else works < fails
    if rate == TARGET:
        wrong = np.isfinite(np.minimum(works, fails))
    missed = (by_counts(above, hits, rate) >= HALF) | (by_counts(below, hits, rate) >= HALF)
    stops = np.median(np.minimum(works, fails))

    def outside(k, n, truth):
        return (lower_limit(k, n, 0.975) > truth) | (upper_limit(k, n, 0.975) < truth)

    print(
        f"{rate:.2f}   {stops:6.0f}   {wrong.mean():.3f}   {missed.any(axis=1).mean():.3f}   "
        f"{by_counts(outside, hits, rate).any(axis=1).mean():.3f}",
        flush=True,
    )


def differences(rng, campaigns):
    """Print how many pairs it takes to tell marked records from unmarked ones, .6 from .5."""
    pairs, settled = 1200, []
    for matched in (True, False):
        one, other = rng.random((2, campaigns, pairs))
        alike = (rng.random((campaigns, pairs)) < 0.75) & matched
        other = np.where(alike, one, other)
        better = np.cumsum((one < 0.6) & (other >= 0.5), axis=1)
        worse = np.cumsum((one >= 0.6) & (other < 0.5), axis=1)
        of = np.broadcast_to(np.arange(1, pairs + 1), better.shape)
        thin = [slice(i, i + 50) for i in range(0, campaigns, 50)]
        held = [difference_above(better[s], worse[s], of[s], 0.0) for s in thin]
        truth = [
            np.maximum(
                difference_above(better[s], worse[s], of[s], 0.1),
                difference_below(better[s], worse[s], of[s], 0.1),
            )
            for s in thin
        ]
        missed = (np.concatenate(truth) >= HALF).any(axis=1).mean()
        settled.append(np.median(first(np.concatenate(held) >= ENOUGH)))
        name = "matched" if matched else "as they come"
        print(f".6 against .5, {name}: {settled[-1]:.0f} pairs; limits missed {missed:.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--campaigns", type=int, default=2000)
    campaigns = parser.parse_args().campaigns
    rng = np.random.default_rng(0)
    print("rate    stops   wrong   missed  Clopper-Pearson missed")
    for rate, probes in RATES.items():
        one_rate(rng, rate, probes, campaigns)
    differences(rng, min(campaigns, 400))


if __name__ == "__main__":
    main()
