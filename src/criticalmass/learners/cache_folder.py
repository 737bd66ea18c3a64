"""Where what learners read of texts is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

import pooch


def cache_folder() -> Path:
    """Return where tokens, hidden states and vectors of texts are kept.

    ``CRITICALMASS_CACHE``, or a folder in the user's cache. You can delete it at any time; what is
    needed is computed again.
    """
    chosen = os.environ.get("CRITICALMASS_CACHE")
    return Path(chosen) if chosen else Path(pooch.os_cache("criticalmass")) / "transformer"
