"""Solvers: which records members report so that their gradients add up to what is wanted."""
