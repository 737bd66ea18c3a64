"""Solvers: which records members report to make their gradients add up to a given one."""
