"""The contracts' older name: import from `criticalmass.contracts`."""

from criticalmass.contracts import *  # noqa: F403
from criticalmass.contracts import __all__ as __all__
