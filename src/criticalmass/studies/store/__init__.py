"""The store: the truth about what has been run."""

from criticalmass.studies.store.store import Store

__all__ = ["Store"]
