"""Intervals: what counts say of a probability, with the confidence that was asked for."""

from criticalmass.intervals.clopper_pearson import lower_limit, upper_limit

__all__ = ["lower_limit", "upper_limit"]
