"""How much faster two workers are than one: a pool, and a real Dask cluster on loopback.

What the machine can give is measured beside them: processes that nobody drives, each of which has
its half of the trials from the beginning.

    python benchmarks/engines.py [--trials N]

Made-up profiles, `LinearText`. Every worker has loaded and prepared the study before the clock
starts; one and two workers alternate.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from criticalmass import FeatureLabel, Grid, InsertToken, LinearText, Study
from criticalmass.datasets import synthetic_resumes
from criticalmass.studies import Bench
from criticalmass.studies.running.engines import Dask, Pool

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from support.dask_clusters import cluster

ROUNDS = 3


def undriven(pipe, study):
    """Run what comes through a pipe, and say when it is done."""
    bench = Bench(study)
    while points := pipe.recv():
        pipe.send(len(list(bench.run_many(points))))


@contextmanager
def alone(study, workers):
    """Start processes that share nothing; yield what runs points in them, some in each."""
    context, pipes = multiprocessing.get_context("spawn"), []
    for _ in range(workers):
        here, there = context.Pipe()
        context.Process(target=undriven, args=(there, study), daemon=True).start()
        pipes.append(here)

    def run(points):
        size = -(-len(points) // workers)
        for k, pipe in enumerate(pipes):
            pipe.send(points[k * size : (k + 1) * size])
        return range(sum(pipe.recv() for pipe in pipes))

    yield run
    for pipe in pipes:
        pipe.send([])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=200)
    count = parser.parse_args().trials
    train, test = synthetic_resumes(6000).split(test=1000, seed=0)
    strategies = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    study = Study(train, test, LinearText(), strategies, Grid((0.005, 0.01, 0.02, 0.04), count))
    points = [study.trial("mark", a, k) for k in range(count // 4) for a in study.placement.alphas]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        engines = {("pool", 1): Pool(1), ("pool", 2): Pool(2)}
        for workers in (1, 2):
            inside = Path(folder) / str(workers)
            inside.mkdir()
            address, _ = open_.enter_context(cluster(inside, workers))
            engines["Dask", workers] = Dask(address)
        runs = {("alone", n): open_.enter_context(alone(study, n)) for n in (1, 2)}
        for name, engine in engines.items():
            runs[name] = open_.enter_context(engine.open(study))
        for run in runs.values():
            for again in range(3):  # until every worker has had something to do
                list(run([study.trial("mark", 0.01, 1000 + 20 * again + k) for k in range(20)]))
        spent = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, run in runs.items():
                begun = time.perf_counter()
                assert len(list(run(points))) == len(points)
                spent[name].append(time.perf_counter() - begun)
    for engine in ("alone", "pool", "Dask"):
        one, two = (np.array(spent[engine, workers]) for workers in (1, 2))
        print(f"{engine:5s} {len(points)} trials: one worker {np.median(one):.1f} s, two "
              f"{np.median(two):.1f} s; ratio {np.median(one) / np.median(two):.2f} "
              f"(rounds {min(one / two):.2f}-{max(one / two):.2f})")  # fmt: skip


if __name__ == "__main__":
    main()
