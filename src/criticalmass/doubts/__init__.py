"""What speaks against a study's records and members, before anything is trained on them.

`check` gathers it all; `files`, `likeness` and `people` say what is looked at.
"""

from criticalmass.doubts.check import Checked, check, doubts_of
from criticalmass.doubts.files import ColumnReport, Doubt

__all__ = ["Checked", "ColumnReport", "Doubt", "check", "doubts_of"]
