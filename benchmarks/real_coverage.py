"""How often the 95 % interval of a critical mass holds the truth, with learners really trained.

    CRITICALMASS_DATA=FOLDER python benchmarks/real_coverage.py BANKS [--studies N] [--jobs N]

`banks.py` says what is trained on what; the trials of each setting are made once and kept in the
folder BANKS. A study draws its trials from them, and test records of its own from the records held
out. "adaptive" is `Adaptive` as it comes, "grid" ten log-spaced sizes, three trials each, from two
people to the setting's largest collective. The truth is the smallest number of people with whom the
mean success of trials that no study sees, on all records held out, reaches 90 %. Its own standard
error is printed and else ignored.

"holds" is the share of the intervals that hold the truth, with the upper 95 % limit of that share
(Wilson's); "warned" are those whose report has a sentence that doubts the number, by whether the
interval holds or not; "or" is the share that hold or are warned about, with its limit; "bias" the
median of estimate over truth, less one; "width" the median of the interval's upper end over its
lower; "nine in ten" the share of the intervals for nine trainings in ten that hold that truth.
"""

import argparse
import math
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np

from banks import SETTINGS, TARGET, Bank, Draws, Truth
from criticalmass import Adaptive, Grid
from criticalmass.answers.finding import Status, findings
from criticalmass.curves import CriticalMass
from criticalmass.measures import Count
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from criticalmass.studies.placement import Search, Tried
from criticalmass.studies.trial import Row

RECORDS, FEW_RECORDS = 1000, 50
"""Test records of a study, where as many are held out; and of one setting again."""
CASES = [(name, RECORDS) for name in SETTINGS]
CASES.insert(1, ("adult, naive Bayes", FEW_RECORDS))
MEASURE = "included"
WAYS = ("adaptive", "grid")
HEAD = (
    "setting                test  way       trials  holds  limit  warned of right, wrong    or  "
    "limit   bias  width  nine in ten"
)


@dataclass(frozen=True)
class Study:
    """What one study found."""

    trials: int
    estimate: float
    low: float
    high: float
    often_low: float
    often_high: float
    warned: bool

    @property
    def width(self):
        return self.high / max(self.low, 1) if math.isfinite(self.low) else math.inf

    def holds(self, truth):
        return self.low <= truth <= self.high

    def holds_often(self, truth):
        return self.often_low <= truth <= self.often_high


def study(bank, n, way, seed):
    """Return what a study finds."""
    draws = Draws(bank, n, np.random.default_rng(seed))
    placement = Adaptive() if way == "adaptive" else grid(bank)
    search = Search(bank.people, bank.people, MEASURE, TARGET, certain=1.0)
    blocks, block = [], [Tried(0.0, 0, draws.trial(0.0))]
    while points := placement.next_block(search, blocks):
        block += [Tried(alpha, again, draws.trial(alpha)) for alpha, again in points]
        blocks.append(block)
        block = []
    tried = [point for block in blocks for point in block]
    rows = [_row(bank, point) for point in tried]
    (finding,) = findings(_facts(bank, n, way), rows)
    mass, often = finding.mass or UNKNOWN, finding.reliably or UNKNOWN
    # the report's numbers are whole people, rounded up
    people = [math.inf if x is None else x for x in mass.people(bank.people)]
    reliably = [math.inf if x is None else x for x in often.people(bank.people)]
    return Study(len(tried) - 1, *people, reliably[1], reliably[2], warned(finding))


def warned(finding):
    """Return whether the report doubts the number in a sentence of its own."""
    return finding.status is not Status.FOUND or finding.misfit is not None


UNKNOWN = CriticalMass.unreached(TARGET, "too few trials", low=0.0)


def grid(bank):
    sizes = np.geomspace(max(2, bank.sizes[0]), bank.sizes[-1], 10)
    return Grid(tuple(float(size) for size in np.rint(sizes) / bank.people), repetitions=3)


def _row(bank, point):
    outcome = point.outcome
    members = round(outcome.alpha * bank.people)
    return Row(
        f"{members}, {point.repetition}", "mark", point.alpha, point.repetition, outcome.alpha,
        members, n=outcome.n, results={MEASURE: Count(int(outcome.successes), outcome.n)},
    )  # fmt: skip


def _facts(bank, n, way):
    adaptive = Adaptive()
    asked = {"precision": adaptive.precision, "most": adaptive.most} if way == "adaptive" else {}
    return Facts(
        target=TARGET,
        measures=(MEASURE,),
        population=PopulationFacts(kind="table", size=bank.people, test_size=n),
        strategies={"mark": StrategyFacts("yes", (MEASURE,), all_succeed=True)},
        placement=asked,
    )


def wilson(count, of):
    """Return the upper 95 % limit of a share (Wilson's)."""
    z, share = 1.959964, count / of
    middle = share + z**2 / (2 * of)
    return (middle + z * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))) / (1 + z**2 / of)


@cache
def opened(name, folder):
    return Bank.of(name, folder)


def one(task):
    folder, name, n, way, number = task
    bank = opened(name, folder)
    seed = [zlib.crc32(f"{name} {n} {way}".encode()), number]
    return study(bank, min(n, bank.hits.shape[1]), way, seed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("banks", help="folder where trials are kept")
    parser.add_argument("--studies", type=int, default=60, help="of each setting and way")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="settings whose name holds this")
    asked = parser.parse_args()
    cases = [(name, n) for name, n in CASES if asked.only in name]
    truths = {name: true(name, asked.banks) for name in dict.fromkeys(name for name, _ in cases)}
    print(f"\n{HEAD}")
    pooled = {way: [] for way in WAYS}
    with ProcessPoolExecutor(asked.jobs) as pool:
        for name, n in cases:
            for way in WAYS:
                tasks = [(asked.banks, name, n, way, number) for number in range(asked.studies)]
                found = list(pool.map(one, tasks))
                told = [(each.holds(truths[name][0]), each.warned) for each in found]
                pooled[way] += told
                print(
                    f"{name:21s}  {n:4d}  {way:8s}", in_line(found, told, *truths[name]), flush=True
                )
    for way, told in pooled.items():
        held, either = np.mean([(holds, holds or warns) for holds, warns in told], axis=0)
        print(f"all, {way}: {held:.3f} hold; {either:.3f} hold or are warned about")


def true(name, folder):
    """Return and print the truth about a setting, in people."""
    bank = Bank.of(name, folder)
    truth = Truth.of(bank)
    print(f"{name}: of {bank.people:,} people {truth.mass} (± {truth.error:.1%}); "
          f"in nine of ten trainings {truth.mass_often}")  # fmt: skip
    near = sorted(np.argsort(np.abs(truth.mean - TARGET))[:6])
    print("  ", "  ".join(f"{truth.sizes[k]}: {truth.mean[k]:.3f}" for k in near), flush=True)
    return truth.mass, truth.mass_often


def in_line(found, told, truth, often):
    """Return a line of figures about the studies of one setting and way."""
    of = len(found)
    held = sum(holds for holds, _ in told)
    right, wrong = (
        f"{sum(warns for holds, warns in told if holds is which)}/{count}"
        for which, count in ((True, held), (False, of - held))
    )
    either = sum(holds or warns for holds, warns in told)
    bias = median(each.estimate / truth for each in found) - 1
    width = median(each.width for each in found)
    trials = sum(each.trials for each in found) / of
    reliably = sum(each.holds_often(often) for each in found) / of
    return (
        f"{trials:6.1f}  {held / of:5.2f}  {wilson(held, of):5.2f}  {right:>15s}  {wrong:>5s}  "
        f"{either / of:4.2f}  {wilson(either, of):5.2f}  {bias:+5.0%}  {width:5.2f}  "
        f"{reliably:11.2f}"
    )


if __name__ == "__main__":
    main()
