"""How long a store of 100,000 rows takes to open, filter and export.

python benchmarks/store.py [--rows N]
"""

import argparse
import tempfile
import time
from pathlib import Path

from criticalmass import Store
from criticalmass.measures import Count
from criticalmass.studies import Row
from criticalmass.studies.store.export import export


def timed(call):
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        out = call()
        times.append(time.perf_counter() - begun)
    return min(times), out


def opened(folder, **which):
    with Store.open(folder) as store:
        return store.rows(**which)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        with Store.create(folder, {"name": "big", "identity": {}}) as store:
            begun = time.perf_counter()
            for k in range(count):
                share = (k % 1000 + 1) / 1000
                store.add(
                    Row(
                        f"{k:064x}", f"strategy {k % 4}", share, k // 1000, share, 25 + k % 1000,
                        n=4783,
                        results={"included": Count(k % 4783, 4783), "top1": Count(k % 999, 4783)},
                        accuracy=0.97, precision=0.9, recall=0.9, seconds=1.5,
                    )
                )  # fmt: skip
            each = (time.perf_counter() - begun) / count
        print(f"a row is written in {each * 1e6:.0f} µs")
        seconds, rows = timed(lambda: opened(folder))
        print(f"open and read {len(rows):,} rows: {seconds:.2f} s")
        seconds, rows = timed(lambda: opened(folder, strategy="strategy 1", low=0.1, high=0.2))
        print(f"open and read the {len(rows):,} of one strategy and some shares: {seconds:.2f} s")
        rows = opened(folder)
        seconds, file = timed(lambda: export(rows, Path(folder) / "rows.parquet"))
        print(f"export to Parquet: {seconds:.2f} s, {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
