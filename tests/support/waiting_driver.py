"""The command line, with a driver that waits for word once so many rows are there.

    python waiting_driver.py ROWS run study.toml …

So a test can do something to a study that is under way, however fast it or the test is. The word is
a line on standard input.
"""

import sys

from criticalmass.cli import main
from criticalmass.studies import Store

SCRIPT = __file__
WAITS = "the driver waits\n"
"""What it says on standard error when it does."""


def _waiting(add, rows):
    def add_and_wait(store, row):
        add(store, row)
        if len(store) == rows:
            print(WAITS, end="", file=sys.stderr, flush=True)
            sys.stdin.readline()

    return add_and_wait


if __name__ == "__main__":
    Store.add = _waiting(Store.add, int(sys.argv.pop(1)))
    main()
