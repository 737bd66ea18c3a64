"""Contracts: what every part promises, as tests that ship with the package."""

from criticalmass.contracts.checks import (
    check_curve,
    check_learner,
    check_signal,
    check_strategy,
)

__all__ = ["check_curve", "check_learner", "check_signal", "check_strategy"]
