"""Risks: what a firm with parameters minimises, and how records become its numbers."""
