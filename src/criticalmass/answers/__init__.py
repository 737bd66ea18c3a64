"""Answers: what the rows of a study and its theory say."""
