"""Reading a long CSV file: seconds for a population and for a finite table, before and now.

    python benchmarks/reading.py [--rows 1000000] [--repetitions 5] [--before COMMIT]

Six columns: two of whole numbers, one of decimals, two of texts, and the label. The version before
(the last one that let DuckDB guess types) is checked out into a temporary folder; both run in
processes of their own, alternating. DuckDB's own part is its reading of the same file, told the
types that we decided on. "now / before" is the median of the ratios of runs that followed each
other, with its range.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

BEFORE = "107dd6f"
CHILD = """
import json, sys, time
from pathlib import Path
import resource
from criticalmass.studies.files.sources import PopulationSection, population_of, records_of
path = Path(sys.argv[1])
read = {"population": population_of, "table": records_of}[sys.argv[2]]
begun = time.perf_counter()
records = read(PopulationSection(file=path.name, label="hired"), path.parent)
seconds = time.perf_counter() - begun
size = records.size if sys.argv[2] == "table" else len(records)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "records": size, "peak": peak}))
"""


def write(path, rows):
    import numpy as np

    rng = np.random.default_rng(0)
    age, hours, pay = (
        rng.integers(18, 90, rows),
        rng.integers(1, 80, rows),
        rng.integers(100, 9999, rows),
    )
    job, sex, hired = rng.integers(0, 40, rows), rng.integers(0, 2, rows), rng.integers(0, 2, rows)
    with path.open("w") as file:
        file.write("age,hours,pay,job,sex,hired\n")
        for a, h, p, j, s, y in zip(age, hours, pay, job, sex, hired, strict=True):
            file.write(f"{a},{h},{p / 100},job {j},{'fm'[s]},{('no', 'yes')[y]}\n")


def start(source, path, what):
    environment = os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), what],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return json.loads(done.stdout)


def of_duckdb(path):
    import duckdb

    kinds = {"age": "BIGINT", "hours": "BIGINT", "pay": "DOUBLE", "job": "VARCHAR",
             "sex": "VARCHAR", "hired": "VARCHAR"}  # fmt: skip
    begun = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(
            f"SELECT * FROM read_csv('{path}', auto_detect=false, header=true, columns={kinds})"
        ).fetchnumpy()
    return time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--before", default=BEFORE)
    chosen = parser.parse_args()
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "before"
        subprocess.run(["git", "-C", root, "worktree", "add", "-q", old, chosen.before], check=True)
        try:
            path = Path(folder) / "people.csv"
            write(path, chosen.rows)
            print(f"{chosen.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
            own = [of_duckdb(path) for _ in range(chosen.repetitions)]
            print(f"DuckDB's own part: {median(own):.2f} s")
            for what in ("population", "table"):
                pairs = [
                    (start(old / "src", path, what), start(root / "src", path, what))
                    for _ in range(chosen.repetitions)
                ]
                ratios = [now["seconds"] / before["seconds"] for before, now in pairs]
                before, now = (median(pair[i]["seconds"] for pair in pairs) for i in (0, 1))
                peaks = [max(pair[i]["peak"] for pair in pairs) for i in (0, 1)]
                print(
                    f"{what:10s} before {before:.2f} s, now {now:.2f} s; now / before "
                    f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}); peak "
                    f"{peaks[0]:.0f} and {peaks[1]:.0f} MB"
                )
        finally:
            subprocess.run(["git", "-C", root, "worktree", "remove", "--force", old], check=True)


if __name__ == "__main__":
    main()
