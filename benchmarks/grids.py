"""What a trial of a bag of words costs in grids that end at small and at large collectives.

    CRITICALMASS_DATA=FOLDER python benchmarks/grids.py [--records N]

Ten log-spaced shares, three trials each, in one process, on so many résumés drawn at random.
Seconds are given twice: the processor's, and the clock's, which rows keep.
"""

import argparse
import time

import numpy as np

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study
from criticalmass.datasets import resumes
from criticalmass.studies import Bench

TEST = 500


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=3000)
    count = parser.parse_args().records
    everyone = resumes()
    rows = np.random.default_rng(0).choice(len(everyone), count + TEST, replace=False)
    train, test = everyone.take(np.sort(rows)).split(test=TEST, seed=0)
    mark = {"mark": FeatureLabel(InsertToken("־", every=20), "Web_Developer")}
    for low, high in ((0.0008, 0.01), (0.001, 0.3)):
        grid = Grid.logarithmic(low=low, high=high, points=10, repetitions=3)
        study = Study(train, test, LinearText(), mark, grid)
        bench = Bench(study)
        bench.run(study.trial("mark", low, 99))
        trials = [study.trial("mark", alpha, again) for alpha, again in grid.points()]
        processor, clock = time.process_time(), time.perf_counter()
        rows = list(bench.run_many(trials))
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
        kept = sum(row.seconds for row in rows)
        print(f"{low:.2%} to {high:.0%}: seconds a trial {processor / len(rows):.2f} of the "
              f"processor, {clock / len(rows):.2f} of the clock; in rows {kept / len(rows):.2f}",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
