"""Gauthier, Bach, Jordan: Statistical Collusion by Collectives on Learning Platforms."""
