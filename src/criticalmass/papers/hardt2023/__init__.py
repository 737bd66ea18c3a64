"""Hardt, Mazumdar, Mendler-Dünner, Zrnic: Algorithmic Collective Action in Machine Learning."""
