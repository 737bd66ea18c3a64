"""Steering: what a collective does to lead the firm's parameters where it wants them."""

from criticalmass.strategies.steering.allowed_records import Allowed
from criticalmass.strategies.steering.control import GradientControl
from criticalmass.strategies.steering.goals import Aim, Gain, Goal, Ignore, Raise, Reach
from criticalmass.strategies.steering.kinds import Responding, Steering
from criticalmass.strategies.steering.neutralize import GradientNeutralizing
from criticalmass.strategies.steering.utilities import Linear, Utility

__all__ = [
    "Aim",
    "Allowed",
    "Gain",
    "Goal",
    "GradientControl",
    "GradientNeutralizing",
    "Ignore",
    "Linear",
    "Raise",
    "Reach",
    "Responding",
    "Steering",
    "Utility",
]
