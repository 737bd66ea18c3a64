"""Files in, columns out: one reader for the population, the members and every format.

Nothing is guessed from a part of a file. The first line holds the names; all cells together decide
which columns are numbers; a cell, a line or a folder's name is never a comment, a partition or a
quoting rule. `opening` tells how each format is opened, `deciding` which columns are numbers.
"""

from criticalmass.data.readers.opening import ENDINGS, opened, rows_of
from criticalmass.data.readers.reading import Reading
from criticalmass.data.readers.table import Table, read_table

__all__ = ["ENDINGS", "Reading", "Table", "opened", "read_table", "rows_of"]
