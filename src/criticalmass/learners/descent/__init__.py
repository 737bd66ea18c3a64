"""`GradientDescent`: a firm that learns step by step, and shows each step to its users."""

from criticalmass.learners.descent.gradient_descent import GradientDescent

__all__ = ["GradientDescent"]
