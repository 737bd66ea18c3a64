"""How often the 95 % interval of the ratio of two critical masses holds.

    python benchmarks/comparing.py [--pairs N] [--jobs N]

Simulated pairs of studies (`benchmarks/platforms.py`) whose curves reach S = 0.9 at 0.2 % to 2 % of
25,000 people, with widths from 0.1 to 0.9 in ln α, a floor up to 0.1 and a ceiling from 0.95. Every
second pair takes equally many people; the ratio of the others is up to 4 or down to a quarter
(log-uniform). Every second two pairs have trials that are "shifted", the others "scattered". Of
1,000 test records each study has its own, or both share them: then their errors are alike, which
the interval does not know. Where members are shared, too, trials of one size and repetition have
the same shift. "Adaptive" is the default placement, "grid" ten log-spaced shares three times.

"Each" is how often the intervals of the two critical masses hold, which that of the ratio is made
of. "Wide" is the factor from the ratio to the ends of its interval (the geometric mean, median over
pairs). "Wrongly" is how often a ratio of 1 was called settled, "rightly" how often one was that is
at least 1.5 or at most 1/1.5, on the right side.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import logit
from scipy.stats import binomtest

from criticalmass import Adaptive
from criticalmass.fitting import FittedCurve, ratio
from criticalmass.fitting.comparing import Verdict
from criticalmass.studies.placement import Search, Tried
from platforms import Curve, Scattered, Shifted

TARGET, PEOPLE, RECORDS = 0.9, 25_000, 1000
GRID = np.geomspace(0.0003, 0.1, 10).tolist()
SETTINGS = [
    ("grid", "own records"),
    ("grid", "shared records"),
    ("grid", "shared members"),
    ("adaptive", "own records"),
    ("adaptive", "shared records"),
]


@dataclass
class Found:
    """What came of one pair."""

    true: float
    low: float
    high: float
    verdict: Verdict
    each: tuple[bool, bool]

    @property
    def holds(self):
        return self.low <= self.true <= self.high

    @property
    def right(self):
        return self.verdict is (Verdict.FEWER if self.true < 1 else Verdict.MORE)


def platforms(share, seed):
    """Two simulated platforms, and how many times as many people the first takes."""
    rng = np.random.default_rng(seed)
    mass = np.exp(rng.uniform(np.log(0.002), np.log(0.02)))
    times = 1.0 if seed % 2 else np.exp(rng.uniform(-np.log(4), np.log(4)))
    shifted = seed % 4 < 2 or share == "shared members"
    noise = np.exp(rng.uniform(*np.log((0.1, 0.4) if shifted else (0.003, 0.1))))
    pair = []
    for middle in (mass * times**0.5, mass / times**0.5):
        width = np.exp(rng.uniform(np.log(0.1), np.log(0.9)))
        floor, ceiling = rng.uniform(0, 0.1), rng.uniform(0.95, 1)
        midpoint = np.log(middle) - width * logit((TARGET - floor) / (ceiling - floor))
        curve = Curve(midpoint, width, floor, ceiling)
        # the same numbers of chance where members are shared
        chance = np.random.default_rng((seed, 0 if share == "shared members" else len(pair)))
        kind = Shifted if shifted else Scattered
        platform = kind(chance, curve, noise=noise, records=RECORDS)
        curve.midpoint += np.log(middle / platform.critical_mass(TARGET))  # shifts move it
        pair.append(platform)
    one, other = pair
    if share != "own records" and shifted:
        other.heights = one.heights
    elif share != "own records":
        other.error = one.error
    return one, other, times


def study(platform, placement):
    """The curve of one study."""
    if placement == "grid":
        return FittedCurve.fit([platform.trial(alpha) for alpha in (0.0, *GRID * 3)])
    search = Search(PEOPLE, PEOPLE, "included", TARGET)
    blocks, block = [], [Tried(0.0, 0, platform.trial(0.0))]
    while points := Adaptive().next_block(search, blocks):
        block += [Tried(share, again, platform.trial(share)) for share, again in points]
        blocks.append(block)
        block = []
    return FittedCurve.fit([point.outcome for block in blocks for point in block])


def one(task):
    (placement, share), seed = task
    first, second, true = platforms(share, seed)
    curves = study(first, placement), study(second, placement)
    found = ratio(*curves, TARGET)
    each = []
    for curve, platform in zip(curves, (first, second), strict=True):
        mass = curve.critical_mass(TARGET)
        each.append(mass.low <= platform.critical_mass(TARGET) <= mass.high)
    return Found(true, found.low, found.high, found.verdict, tuple(each))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    print("placement  what is shared   pairs  holds                each   wide   wrongly   rightly")
    everything = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for setting in SETTINGS:
            found = list(pool.map(one, [(setting, seed) for seed in range(asked.pairs)]))
            everything += found
            tell(*setting, found)
    tell("all", "", everything)


def tell(placement, share, found):
    held = binomtest(sum(pair.holds for pair in found), len(found))
    low, high = held.proportion_ci(method="wilson")
    wide = np.median([(pair.high / max(pair.low, 1e-9)) ** 0.5 for pair in found])
    alike = [pair.verdict in (Verdict.FEWER, Verdict.MORE) for pair in found if pair.true == 1]
    apart = [pair.right for pair in found if abs(np.log(pair.true)) >= np.log(1.5)]
    each = np.mean([pair.each for pair in found])
    print(f"{placement:9s}  {share:15s}  {len(found):5d}  {held.statistic:.3f} "
          f"({low:.3f}-{high:.3f})  {each:.3f}  {wide:4.2f}  {sum(alike)} of {len(alike)}  "
          f"{sum(apart)} of {len(apart)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
