"""Studies: what to try, running it, and keeping what it gave."""

from criticalmass.studies.adaptive import Adaptive
from criticalmass.studies.files.study_file import read_study
from criticalmass.studies.placement import Grid, Search, Tried
from criticalmass.studies.running.bench import Bench
from criticalmass.studies.running.runner import run
from criticalmass.studies.store.store import Store
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row, Trial

__all__ = [
    "Adaptive",
    "Bench",
    "Grid",
    "Row",
    "Search",
    "Store",
    "Study",
    "Trial",
    "Tried",
    "read_study",
    "run",
]
