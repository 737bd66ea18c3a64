"""Mutants: the library with one operator, bound or default changed; do its tests notice?"""
