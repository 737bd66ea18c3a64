"""How many of us does it take? Algorithmic collective action: theory, experiments, reports.

The public names are listed in ``__init__.pyi``, and imported when they are first used, so that the
command line answers at once.
"""

from typing import Any

import lazy_loader

from criticalmass import moved

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

moved.follow()


def __getattr__(name: str) -> Any:
    return _public(name) if name in __all__ else moved.old_name(name)
