from .edit import Edit as Edit
from .finite_table import FiniteTable as FiniteTable
from .noise import RandomizeLabels as RandomizeLabels
from .population import Population as Population
from .readers import Reading as Reading
from .readers import read_table as read_table
from .records import Features as Features
