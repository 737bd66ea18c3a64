"""Seconds that drawing the posterior of a curve takes, by number of trials and of their shares.

    python benchmarks/fit.py

Simulated trials, shifted sideways by a normal error in ln α. Of many trials, which are gathered on
a lattice, it also prints by how much the log likelihood of draws is then off, in standard
deviations over draws, and the interval of the critical mass for 0.9.
"""

import time

import numpy as np
from scipy.special import expit

from criticalmass import Outcome
from criticalmass.fitting import FittedCurve
from criticalmass.fitting.likelihood import Likelihood
from criticalmass.fitting.posterior import LATTICES, curve_posterior

ROUNDS = 5
MANY = (
    (1_000, 60, 1000), (1_000, 1_000, 1000), (10_000, 20, 1000), (10_000, 10_000, 1000),
    (10_000, 20, 200), (10_000, 10_000, 200),
)  # fmt: skip


def trials(rng, count, shares, noise, n=1000):
    alphas = np.exp(rng.uniform(np.log(0.002), np.log(0.05), shares))
    outcomes = [Outcome(0.0, int(rng.binomial(n, 0.05)), n)]
    for alpha in np.resize(alphas, count).tolist():
        rise = expit((np.log(alpha / 0.01) + noise * rng.normal()) / 0.4)
        outcomes.append(Outcome(alpha, int(rng.binomial(n, 0.05 + 0.93 * rise)), n))
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

    print("trials  shares  test records  seconds  processor  off   interval for 0.9")
    for count, shares, n in MANY:
        outcomes = trials(np.random.default_rng(count), count, shares, 0.25, n)
        begun, used = time.perf_counter(), time.process_time()
        draws = curve_posterior(outcomes)
        spent, used = time.perf_counter() - begun, time.process_time() - used
        some = draws[::160]
        off = Likelihood(outcomes, LATTICES[0])(some) - Likelihood(outcomes)(some)
        mass = FittedCurve(draws, n).critical_mass(0.9)
        print(f"{count:6,d}  {shares:6,d}  {n:12d}  {spent:7.1f}  {used:9.1f}  {off.std():.2f}  "
              f"{mass.low:.5f} to {mass.high:.5f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
