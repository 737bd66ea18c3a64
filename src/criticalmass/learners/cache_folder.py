"""Where what learners read of texts is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return where tokens, hidden states and vectors of texts are kept.

    ``CRITICALMASS_CACHE``, or a folder in the user's cache. You can delete it at any time; what is
    needed is computed again.
    """
    if chosen := os.environ.get("CRITICALMASS_CACHE"):
        return Path(chosen)
    import pooch  # slow, and in a notebook it asks for widgets

    return Path(pooch.os_cache("criticalmass")) / "transformer"
