"""Counting a Parquet file and its exact curve, against pandas: seconds and peak memory.

    python benchmarks/exact.py [--rows 1000000 …] [--shapes bounded …] [--folder FOLDER]

Every contender runs in a process of its own, the three alternating, on files just written:

- ours: `FiniteTable.read(path, label=…, memory="1GB")`, which reads and counts, then the exact
  curve of setting one column, with its critical mass at 0.9;
- pandas: `frame.groupby([…, label], observed=True).size().unstack(fill_value=0)`;
- categories: the same, with the text columns as categories.

Parquet is read for pandas by DuckDB; reading (and making categories) is not counted against it, but
shown, and part of its peak memory. The faster of the two comes first. Peaks are in MB, of the whole
process with its imports; the second of ours includes the curve. "x" is pandas / ours, with its
range over the repetitions; "x with reading" counts all that a user of pandas waits for.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

MOST_FOR_PANDAS = 30_000_000
BYTES_A_ROW = 20  # more than either shape takes, so that there is room to spill
CHILD_BYTES = 20 * 10**9
CONTENDERS = ("ours", "pandas", "categories")
# "bounded" has 5,000 different records, the first ones more often; "distinct" has five million.
SHAPES = {
    "bounded": """
        SELECT 'profession ' || t % 40 AS job, 'municipality ' || t // 40 % 25 AS city,
            'level ' || t // 1000 AS school, (18 + t // 40 * 7 % 60)::INTEGER AS age,
            (t // 40 % 4)::INTEGER AS children, t // 40 % 7 < 3 AS rents,
            ['high', 'low', 'middle'][1 + CASE WHEN noise % 10 < 7 THEN t ELSE noise END % 3]
                AS label
        FROM (SELECT (5000 * (hash(i) / 18446744073709551616.0) ** 2)::BIGINT % 5000 AS t,
            (hash(i + 1000000000000) // 1000)::BIGINT AS noise FROM range({rows}) AS rows(i))""",
    "distinct": """
        SELECT (t % 50)::INTEGER AS a, (t // 50 % 100)::INTEGER AS b, (t // 5000)::INTEGER AS c,
            ['no', 'yes'][1 + CASE WHEN noise % 10 < 7 THEN t ELSE noise // 10 END % 2] AS label
        FROM (SELECT (hash(i) % 5000000)::BIGINT AS t,
            (hash(i + 1000000000000) // 1000)::BIGINT AS noise FROM range({rows}) AS rows(i))""",
}
SIGNAL = {"bounded": ({"job": "profession 7"}, "high"), "distinct": ({"a": 7}, "no")}


def write(shape, rows, path):
    query = SHAPES[shape].format(rows=rows)
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"COPY ({query}) TO '{path}'")


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def checksum(frame, counts):
    """Add up hash(record) · count, for each label by itself: the same in whatever order."""
    import pandas as pd

    rows = pd.util.hash_pandas_object(frame.astype(object), index=False).to_numpy()
    return [int((rows * column.astype("uint64")).sum()) for column in counts.T]


def ours(path, shape):
    import pandas as pd

    from criticalmass import FeatureLabel, FiniteTable, SetColumns

    begun = time.perf_counter()
    table = FiniteTable.read(path, label="label", memory="1GB")
    counted, most = time.perf_counter(), peak()
    values, target = SIGNAL[shape]
    mass = FeatureLabel(SetColumns(values), target).exact(table).critical_mass(0.9)
    found = {"seconds": counted - begun, "curve": time.perf_counter() - counted, "reading": 0}
    found |= {"peak": most, "peak_curve": peak(), "alpha": mass.alpha, "cells": len(table)}
    frame = pd.DataFrame({name: table.features[name] for name in table.features.dtype.names})
    return found | {"records": table.size, "sum": checksum(frame, table.counts)}


def pandas(path, shape, categories=False):
    begun = time.perf_counter()
    with duckdb.connect() as connection:
        frame = connection.execute(f"SELECT * FROM '{path}'").df()
    texts = frame.select_dtypes(exclude=["number", "bool"]).columns
    if categories:
        frame = frame.astype(dict.fromkeys(texts, "category"))
    read = time.perf_counter()
    counts = frame.groupby(list(frame.columns), observed=True).size().unstack(fill_value=0)
    found = {"seconds": time.perf_counter() - read, "reading": read - begun, "peak": peak()}
    found |= {"cells": len(counts), "records": int(counts.to_numpy().sum())}
    by_label = counts[sorted(counts.columns)].to_numpy()
    return found | {"sum": checksum(counts.index.to_frame(), by_label)}


def child(contender, path):
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    shape = Path(path).stem
    mine = contender == "ours"
    found = ours(path, shape) if mine else pandas(path, shape, contender == "categories")
    print(json.dumps(found))


def start(contender, path):
    """Run a contender by itself; return what it measured, or None if it died."""
    command = [sys.executable, __file__, "--child", contender, str(path)]
    spill = os.environ | {"TMPDIR": str(path.parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=spill)
    if done.returncode == 0:
        return json.loads(done.stdout)
    why = (done.stderr.strip().splitlines() or ["killed"])[-1]
    print(f"{contender} died on {path.stem} (exit {done.returncode}): {why[:200]}", flush=True)
    return None


def spread(values):
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def middle(key, runs):
    return median(run[key] for run in runs)


def lines(shape, rows, runs):
    """Print the lines of the table: what we took, and each variant of pandas, the faster first."""
    mine = runs.pop("ours")
    left = (
        f"{shape:8s} {rows:11,d} {mine[0]['cells']:9,d} {middle('seconds', mine):7.2f} "
        f"{middle('curve', mine):6.2f} {middle('peak', mine):6.0f} "
        f"{middle('peak_curve', mine):7.0f}"
    )
    others = {name: theirs for name, theirs in runs.items() if None not in theirs}
    for name in sorted(others, key=lambda name: middle("seconds", others[name])):
        theirs = others[name]
        whole = [run["seconds"] + run["reading"] for run in theirs]
        times = [his["seconds"] / my["seconds"] for his, my in zip(theirs, mine, strict=True)]
        waits = [his / my["seconds"] for his, my in zip(whole, mine, strict=True)]
        print(
            f"{left:60s} {name:10s} {middle('seconds', theirs):7.2f} {median(whole):9.2f} "
            f"{middle('peak', theirs):6.0f} {spread(times):17s} {spread(waits)}"
        )
        left = ""
    print(left, end="\n" if left else "", flush=True)


def check(runs):
    """All contenders must have counted the same."""
    whole = [run for several in runs.values() for run in several if run]
    for key in ("cells", "records", "sum"):
        if any(run[key] != whole[0][key] for run in whole):
            raise SystemExit(f"{key} differ: {[run[key] for run in whole]}")


def main(shapes, sizes, folder):
    room, wanted = shutil.disk_usage(folder).free, BYTES_A_ROW * max(sizes)
    if room < wanted:
        raise SystemExit(f"{folder} has {room / 1e9:.0f} GB free; {wanted / 1e9:.0f} GB are needed")
    print("shape           rows     cells seconds  curve   peak & curve", end=" ")
    print("pandas     groupby + reading   peak x                 x with reading", flush=True)
    seconds = {}
    for shape in shapes:
        for rows in sizes:
            path = Path(folder, f"{shape}.parquet")
            write(shape, rows, path)
            names = CONTENDERS if rows <= MOST_FOR_PANDAS else CONTENDERS[:1]
            runs = {name: [] for name in names}
            for _ in range(3 if rows <= 10**7 else 1):
                for name in names:
                    runs[name].append(start(name, path))
            check(runs)
            if None not in runs["ours"]:
                seconds[shape, rows] = middle("seconds", runs["ours"])
                lines(shape, rows, runs)
            path.unlink()
    for shape in shapes:
        each = [f"{seconds[shape, n] / n * 1e6:.3f}" for n in sizes if (shape, n) in seconds]
        print(f"{shape}: seconds a million rows, by size: {', '.join(each)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("--rows", nargs="+", type=int, default=[10**6, 10**7, 3 * 10**7, 10**8])
        parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
        parser.add_argument("--folder", default=tempfile.gettempdir())
        options = parser.parse_args()
        with tempfile.TemporaryDirectory(prefix="exact-", dir=options.folder) as inside:
            main(options.shapes, options.rows, inside)
