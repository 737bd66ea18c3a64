"""Theory: what theorems guarantee, and what is exact on a finite population.

The names for users are listed in ``__init__.pyi``, and imported when they are first used.
"""

from typing import Any

import lazy_loader

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _public(name)
    from criticalmass.moved import old_name

    return old_name(name, "theory")
