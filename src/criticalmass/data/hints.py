"""What in a column hints that it is not what it seems: words for no value, and ids."""

from __future__ import annotations

MISSING_WORDS = (
    "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "nil", "missing", "unknown", "?", "-", "--",
    ".", "(blank)", "k.a.", "k. a.", "keine angabe", "n.d.", "s/d", "nd", "#value!", "#ref!",
    "#div/0!",
)  # fmt: skip
"""Words that often stand for a missing value, in lower case."""
FEWEST_IDS = 20
"""In fewer records than this, numbers that all differ are no sign of an id."""
