"""Contracts: what every part promises, as tests that ship with the package; one file for each kind.

Every public class is run through its contract by the project's own tests. Run them on your own
classes, too: each raises `AssertionError` with the promise that is broken, whatever a part does in
its place; an error of the part's own is its cause.
"""

from criticalmass.contracts.curves import check_curve
from criticalmass.contracts.engines import check_engine
from criticalmass.contracts.goals import check_goal
from criticalmass.contracts.learners import check_learner
from criticalmass.contracts.measures import check_measure
from criticalmass.contracts.parts import check_part
from criticalmass.contracts.placements import check_placement
from criticalmass.contracts.signals import check_signal
from criticalmass.contracts.strategies import check_strategy
from criticalmass.contracts.utilities import check_utility

__all__ = [
    "check_curve",
    "check_engine",
    "check_goal",
    "check_learner",
    "check_measure",
    "check_part",
    "check_placement",
    "check_signal",
    "check_strategy",
    "check_utility",
]
