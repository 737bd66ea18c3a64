"""Battiloro and others: Algorithmic Collective Action with Multiple Collectives."""
