"""Measures: what counts as success, and the curve that is fitted to it."""
