"""How often the ranges of a size law hold, where it is known how the number of people grows.

    python benchmarks/size_coverage.py

Simulated worlds: the critical mass of each size is measured with an error in logarithms, and its
draws scatter around what was measured with the same error. Sizes are spread evenly in logarithms
from 1,500 to 25,000; the platform has 10,000,000 records. Worlds of one kind differ in their
numbers, and in the error of each size.
"""

import numpy as np

from criticalmass.fitting import SizeLaw
from criticalmass.fitting.size_law import HEADS, SHARE, SizeVerdict

WORLDS, DRAWS, TO = 400, 400, 10**7


def power_law(rng):
    b, c = rng.uniform(0, 1), np.exp(rng.uniform(np.log(10), np.log(200)))
    return lambda n: c * (n / 1500) ** b


def heads_and_share(rng):
    heads, share = np.exp(rng.uniform(np.log(10), np.log(200))), 10 ** rng.uniform(-5, -1.5)
    return lambda n: heads + share * n


def whichever_is_less(rng):
    heads, share = np.exp(rng.uniform(np.log(30), np.log(600))), 10 ** rng.uniform(-3, -1.5)
    return lambda n: np.minimum(heads, share * n)


def is_wrong(verdict, people, sizes):
    """Say whether a verdict contradicts how the number grows, from end to end of the sizes."""
    b = np.log(people[-1] / people[0]) / np.log(sizes[-1] / sizes[0])
    match verdict:
        case SizeVerdict.HEADS:
            return b >= HEADS
        case SizeVerdict.SHARE:
            return b <= SHARE
        case SizeVerdict.BETWEEN:
            return not HEADS <= b <= SHARE
    return False


def main():
    print("world              sizes  error   power   h+σN  union  envelope  settled  wrong")
    kinds = {
        "power law": power_law,
        "h + σN": heads_and_share,
        "min(heads, share)": whichever_is_less,
    }
    for name, kind in kinds.items():
        for count in (3, 5):
            for error in (0.05, 0.1, 0.2):
                sizes = np.unique(np.geomspace(1500, 25_000, count).round().astype(int))
                held, rng = np.zeros(6), np.random.default_rng(0)
                for _ in range(WORLDS):
                    world = kind(rng)
                    errors = error * rng.uniform(0.7, 1.4, count)
                    people, there = world(sizes), float(world(TO))
                    measured = np.log(people) + errors * rng.normal(size=count)
                    draws = np.exp(measured + errors * rng.normal(size=(DRAWS, count)))
                    law = SizeLaw(tuple(sizes.tolist()), draws)
                    at = law.at(TO)
                    held += [
                        at.power.low <= there <= at.power.high,
                        at.mixed.low <= there <= at.mixed.high,
                        at.union.low <= there <= at.union.high,
                        at.envelope[0] <= there <= at.envelope[1],
                        law.verdict is not SizeVerdict.NOT_SETTLED,
                        is_wrong(law.verdict, people, sizes),
                    ]
                power, mixed, union, envelope, settled, wrong = held / WORLDS
                print(
                    f"{name:18} {count:5d}  {error:5.2f}  {power:6.3f} {mixed:6.3f} {union:6.3f}  "
                    f"{envelope:8.3f}  {settled:7.3f} {wrong:6.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
