"""Figures: success, and who joins, as people see them on a page."""
