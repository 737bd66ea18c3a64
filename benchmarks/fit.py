"""Seconds a fit of the posterior takes, by number of trials and of different shares.

    python benchmarks/fit.py

Simulated trials of 1,000 test records, shifted sideways by a normal error in ln α.
"""

import time

import numpy as np
from scipy.special import expit

from criticalmass import Outcome
from criticalmass.fitting.posterior import curve_posterior

ROUNDS = 5


def trials(rng, count, shares, noise):
    alphas = np.exp(rng.uniform(np.log(0.002), np.log(0.05), shares))
    outcomes = [Outcome(0.0, int(rng.binomial(1000, 0.05)), 1000)]
    for alpha in np.resize(alphas, count).tolist():
        rise = expit((np.log(alpha / 0.01) + noise * rng.normal()) / 0.4)
        outcomes.append(Outcome(alpha, int(rng.binomial(1000, 0.05 + 0.93 * rise)), 1000))
    return outcomes


def main():
    print("trials  shares  noise  seconds (all)")
    for count, shares, noise in ((30, 10, 0.1), (96, 40, 0.25), (200, 60, 0.5)):
        outcomes = trials(np.random.default_rng(count), count, shares, noise)
        spent = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            curve_posterior(outcomes)
            spent.append(time.perf_counter() - begun)
        print(f"{count:6d}  {shares:6d}  {noise:5.2f}  {np.median(spent):7.2f} "
              f"({min(spent):.2f}-{max(spent):.2f})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
