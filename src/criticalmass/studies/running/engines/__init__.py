"""Engines: where trials run. Whichever it is, the rows are the same.

An engine has ``open(study)``, a context manager that yields a function from trials to an iterator
of their rows, in any order. It may be called again with more trials, and keeps what it has
prepared. The store, not the engine, knows what has been run: rows that were not handed over before
an engine ends are run again by the next one.
"""

from criticalmass.studies.running.engines.dask import Dask
from criticalmass.studies.running.engines.engine import Engine, RunTrials
from criticalmass.studies.running.engines.executor import Through
from criticalmass.studies.running.engines.here import Here
from criticalmass.studies.running.engines.pool import Pool
from criticalmass.studies.running.engines.slurm import Slurm

__all__ = ["Dask", "Engine", "Here", "Pool", "RunTrials", "Slurm", "Through"]
