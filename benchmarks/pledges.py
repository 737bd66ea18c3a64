"""How often the pledge number is enough, beside the simple division.

    python benchmarks/pledges.py [--worlds 300]

Simulated campaigns: the critical mass is known up to a factor (its logarithm has a standard
deviation), the share of promises that are kept differs between campaigns as `FollowThrough` says
it does, and of some earlier promises it is known whether they were kept. "Pledge" is the
probability that so many promises are enough, on average over worlds, where 95 % is wanted;
"division" the same for the upper 95 % end of the critical mass divided by the share that is
expected to act, which is what one would do first. "times" is how many times as many people the
pledge number asks for.
"""

import argparse
import math
from itertools import product

import numpy as np
from scipy.stats import binom, norm

from criticalmass.incentives import FollowThrough, Pledge

DRAWS = 2000


def campaign(rng, needed, spread, earlier):
    """Return what promises reach in one world, by either number, and the two numbers."""
    kept_share = rng.beta(3, 1)
    seen = math.log(needed) + rng.normal(0, spread)
    draws = np.exp(seen + spread * norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS))
    kept = int(rng.binomial(earlier, kept_share))
    follow = FollowThrough().after(kept=kept, broken=earlier - kept)
    number = Pledge(draws, follow).number
    simple = math.ceil(np.quantile(draws, 0.975) / follow.mean)
    enough = [binom.sf(needed - 1, n, kept_share) for n in (number, simple)]
    return *enough, number, simple


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=300)
    worlds = parser.parse_args().worlds
    rng, all_of_them = np.random.default_rng(0), []
    print("people  spread  earlier promises  pledge  division  times")
    for needed, spread, earlier in product((30, 300, 3000), (0.05, 0.2, 0.5), (0, 40)):
        found = np.array([campaign(rng, needed, spread, earlier) for _ in range(worlds)])
        pledge, simple = found[:, :2].mean(axis=0)
        times = np.median(found[:, 2] / found[:, 3])
        all_of_them.append((pledge, simple))
        print(
            f"{needed:6d}  {spread:6.2f}  {earlier:16d}  "
            f"{pledge:6.3f}  {simple:8.3f}  {times:5.2f}",
            flush=True,
        )
    mean, least = np.mean(all_of_them, axis=0), np.min(all_of_them, axis=0)
    print(f"on average: pledge {mean[0]:.3f} (least {least[0]:.3f})", end=", ")
    print(f"division {mean[1]:.3f} (least {least[1]:.3f})")


if __name__ == "__main__":
    main()
