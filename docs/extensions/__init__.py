"""The extensions of Sphinx that are this project's own."""
