"""How many of us does it take? Algorithmic collective action: theory, experiments, reports.

The public names are listed in ``__init__.pyi``. Each is imported when it is first used, so the
command line answers at once. In a notebook, IPython learns how to show what they give.
"""

from typing import Any

import lazy_loader

from criticalmass import moved
from criticalmass.pages.notebook.formatters import show_in_notebooks

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

moved.follow()
show_in_notebooks()


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if name in __all__:
        return _public(name)
    globals()[name] = moved.old_name(name)  # it is asked twice for what is imported once
    return globals()[name]
