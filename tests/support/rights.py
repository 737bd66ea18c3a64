"""What may be done with a folder, and by whom."""

import os
from contextlib import contextmanager


@contextmanager
def somebody_else(folder):
    """Have no right to write to a folder, as a colleague has none."""
    for place in (folder, *folder.iterdir()):
        place.chmod(0o555 if place.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
