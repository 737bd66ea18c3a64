# The public names at the top, and where they live: the one list. They are imported when first used.
from . import datasets as datasets
from .curves import CriticalMass as CriticalMass
from .curves import Outcome as Outcome
from .data.edit import Edit as Edit
from .data.finite_table import FiniteTable as FiniteTable
from .data.population import Population as Population
from .errors import CriticalMassError as CriticalMassError
from .fitting import FittedCurve as FittedCurve
from .incentives import Incentives as Incentives
from .learners import BayesOptimal as BayesOptimal
from .learners import EmbeddedText as EmbeddedText
from .learners import GradientDescent as GradientDescent
from .learners import LinearText as LinearText
from .learners import RiskMinimizer as RiskMinimizer
from .learners import ScikitLearner as ScikitLearner
from .learners import Transformer as Transformer
from .members import instruct as instruct
from .members import plan as plan
from .members import read_members as read_members
from .pages.report import write_report as write_report
from .signals import DropColumn as DropColumn
from .signals import InsertToken as InsertToken
from .signals import SetColumns as SetColumns
from .signals import StampPatch as StampPatch
from .strategies import Erase as Erase
from .strategies import FeatureLabel as FeatureLabel
from .strategies import FeatureOnly as FeatureOnly
from .strategies import GradientControl as GradientControl
from .strategies import GradientNeutralizing as GradientNeutralizing
from .studies import Adaptive as Adaptive
from .studies import Grid as Grid
from .studies import Store as Store
from .studies import Study as Study
from .studies import read_study as read_study
from .studies import run as run

__version__: str
