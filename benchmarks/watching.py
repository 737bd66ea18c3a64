"""CPU seconds of `watch` on a long study, of two source trees in turn; nothing is trained.

python benchmarks/watching.py [--before TREE] --after TREE [--rows 100000]

Without --before it measures one tree alone.
"""

import argparse
import shutil
import sqlite3
import tempfile
from contextlib import closing
from json import dumps
from pathlib import Path

import numpy as np

from commands import ran
from criticalmass import Store
from criticalmass.measures.result import Count, results_to_json
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from criticalmass.studies.store.sqlite import COLUMNS, FILE

STRATEGIES, SHARES = 4, 20

REFRESHES = """
import sys, time
from pathlib import Path
from criticalmass import Store
from criticalmass.cli.shared import view
from criticalmass.studies import Row

folder, sizes = Path(sys.argv[1]), [int(size) for size in sys.argv[2:]]

class Before:  # as `watch` did: all rows, and whatever is not in memory is fitted
    def __init__(self): self.seen = -1
    def refresh(self): self.seen, table = view._summary_if_changed(folder, self.seen)

class After:
    def __init__(self): self.so_far = None
    def refresh(self):
        from criticalmass.answers.so_far import SoFar
        with Store.open(folder) as store:
            self.so_far = self.so_far or SoFar(store)
            self.so_far.read(store)
        for found in self.so_far.findings():
            view.table_of(self.so_far.facts, found, finished=False)

watcher = Before() if "_summary_if_changed" in vars(view) else After()
for more in sizes:
    with Store.open(folder) as store:
        like = store.rows(strategy="strategy 0", high=0.001)[:more]
        for number, row in enumerate(like):
            key = f"further {len(store)} {number}"
            store.add(Row(**{**vars(row), "key": key, "repetition": row.repetition + 10**6}))
    begun = time.process_time()
    watcher.refresh()
    print(time.process_time() - begun)
"""


def long_study(folder: Path, count: int) -> None:
    """Write a store of made-up trials of success that rises with the share, and scatters."""
    rng, size = np.random.default_rng(0), 100_000
    about = {f"strategy {k}": StrategyFacts(measures=("included",)) for k in range(STRATEGIES)}
    facts = Facts(
        name="long",
        measures=("included",),
        population=PopulationFacts(size=size),
        strategies=about,
    )
    tried = np.geomspace(20, 20_000, SHARES).astype(int)
    lines = []
    for number in range(count):
        place, which = divmod(number, STRATEGIES)
        repetition, at = divmod(place, SHARES)
        members, share = int(tried[at]), tried[at] / size
        risen = 1 / (1 + np.exp(-(np.log(share) + 5 + 0.1 * which + 0.2 * rng.normal()) / 0.4))
        row = Row(
            f"{number:064x}", f"strategy {which}", share, repetition, share, members, members,
            n=100, results={"included": Count(int(rng.binomial(100, 0.02 + 0.96 * risen)), 100)},
            accuracy=0.97, precision=0.9, recall=0.9, seconds=1.5, otherwise=0.01,
        )  # fmt: skip
        kept = {name: getattr(row, name) for name in COLUMNS}
        lines.append(list((kept | {"results": dumps(results_to_json(row.results))}).values()))
    Store.create(folder, facts).close()
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        names = ", ".join(Row.__dataclass_fields__)
        marks = ", ".join("?" * len(lines[0]))
        connection.executemany(f"INSERT INTO trials ({names}) VALUES ({marks})", lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="leave it out to measure one tree alone")
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    trees = {"before": given.before.resolve()} if given.before else {}
    trees |= {"after": given.after.resolve()}
    hundredth = given.rows // STRATEGIES // 100 + 1
    looks = ["the first look", "nothing new", *["one more row"] * 3, f"{hundredth} more rows"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long_study(folder / "long", given.rows)
        refreshes = []
        for side in trees:
            shutil.copytree(folder / "long", folder / side)
            words = ["-c", REFRESHES, side, "0", "0", "1", "1", "1", str(hundredth)]
            refreshes.append(ran(trees[side], words, folder)[2].split())
    print(f"{given.rows:,} rows, {STRATEGIES} strategies: CPU seconds")
    print(f"{'':34}" + "".join(f"{side:>10}" for side in trees))
    for look, *seconds in zip(looks, *refreshes, strict=True):
        print(f"{look:34}" + "".join(f"{float(one):>10.2f}" for one in seconds))


if __name__ == "__main__":
    main()
