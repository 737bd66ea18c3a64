"""A real Dask cluster on loopback, for tests: a scheduler and worker processes."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

TESTS = str(Path(__file__).parents[1])


@contextmanager
def cluster(folder, workers=2):
    """Start a scheduler and workers; yield its address, and its process and their keepers, at work.

    Keepers restart their workers.
    """
    import distributed

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    paths = (TESTS, os.environ.get("PYTHONPATH"))
    quiet["env"] = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    file = Path(folder) / "scheduler.json"
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    options = ["--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    keepers = [subprocess.Popen([*begin, *options], **quiet)]
    begin = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    options = ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    keepers += [subprocess.Popen([*begin, *options], cwd=folder, **quiet) for _ in range(workers)]
    try:
        while not (file.exists() and file.read_text().strip()):
            assert keepers[0].poll() is None, "the scheduler ended"
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers)
        yield address, keepers
    finally:
        kill(keepers)


def kill(keepers):
    """Kill processes and all that they have started; those that are gone are gone."""
    for keeper in keepers:
        if keeper.poll() is None:
            children = psutil.Process(keeper.pid).children(recursive=True)
            for process in (keeper, *children):
                process.kill()
            keeper.wait()
