"""How many of us does it take? Algorithmic collective action: theory, experiments, reports."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from criticalmass import datasets as datasets
    from criticalmass.curves import CriticalMass as CriticalMass
    from criticalmass.curves import Outcome as Outcome
    from criticalmass.curves import SuccessCurve as SuccessCurve
    from criticalmass.data.edit import Edit as Edit
    from criticalmass.data.finite_table import FiniteTable as FiniteTable
    from criticalmass.data.noise import RandomizeLabels as RandomizeLabels
    from criticalmass.data.population import Population as Population
    from criticalmass.errors import CriticalMassError as CriticalMassError
    from criticalmass.errors import DataError as DataError
    from criticalmass.errors import ParameterError as ParameterError
    from criticalmass.errors import StoreError as StoreError
    from criticalmass.errors import StudyError as StudyError
    from criticalmass.fitting import FittedCurve as FittedCurve
    from criticalmass.fitting import RepeatedCurve as RepeatedCurve
    from criticalmass.fitting import SigmoidCurve as SigmoidCurve
    from criticalmass.incentives import Dynamics as Dynamics
    from criticalmass.incentives import Incentives as Incentives
    from criticalmass.incentives import Investment as Investment
    from criticalmass.incentives import PartlyActing as PartlyActing
    from criticalmass.incentives import Subsidies as Subsidies
    from criticalmass.learners import BayesOptimal as BayesOptimal
    from criticalmass.learners import GradientDescent as GradientDescent
    from criticalmass.learners import Learner as Learner
    from criticalmass.learners import LinearText as LinearText
    from criticalmass.learners import RiskMinimizer as RiskMinimizer
    from criticalmass.learners import ScikitLearner as ScikitLearner
    from criticalmass.learners import Transformer as Transformer
    from criticalmass.risks.design import Design as Design
    from criticalmass.risks.module_risk import ModuleRisk as ModuleRisk
    from criticalmass.risks.risk import Risk as Risk
    from criticalmass.risks.sample import Sample as Sample
    from criticalmass.signals import Coarsen as Coarsen
    from criticalmass.signals import DropColumn as DropColumn
    from criticalmass.signals import InsertToken as InsertToken
    from criticalmass.signals import MoveToSubgroup as MoveToSubgroup
    from criticalmass.signals import RedactWords as RedactWords
    from criticalmass.signals import SetColumns as SetColumns
    from criticalmass.signals import Signal as Signal
    from criticalmass.signals import StampPatch as StampPatch
    from criticalmass.strategies import Allowed as Allowed
    from criticalmass.strategies import Erase as Erase
    from criticalmass.strategies import FeatureLabel as FeatureLabel
    from criticalmass.strategies import FeatureOnly as FeatureOnly
    from criticalmass.strategies import Gain as Gain
    from criticalmass.strategies import GradientControl as GradientControl
    from criticalmass.strategies import GradientNeutralizing as GradientNeutralizing
    from criticalmass.strategies import Ignore as Ignore
    from criticalmass.strategies import Imperfect as Imperfect
    from criticalmass.strategies import Linear as Linear
    from criticalmass.strategies import Raise as Raise
    from criticalmass.strategies import Reach as Reach
    from criticalmass.strategies import Strategy as Strategy
    from criticalmass.studies import Adaptive as Adaptive
    from criticalmass.studies import Grid as Grid
    from criticalmass.studies import Row as Row
    from criticalmass.studies import Store as Store
    from criticalmass.studies import Study as Study
    from criticalmass.studies import Trial as Trial
    from criticalmass.studies import read_study as read_study
    from criticalmass.studies import run as run
    from criticalmass.theory import ErasureBound as ErasureBound
    from criticalmass.theory import EstimatedBound as EstimatedBound
    from criticalmass.theory import ExactCurve as ExactCurve
    from criticalmass.theory import ExactRegression as ExactRegression
    from criticalmass.theory import FeatureLabelBound as FeatureLabelBound
    from criticalmass.theory import FeatureOnlyBound as FeatureOnlyBound
    from criticalmass.theory import GradientControlBound as GradientControlBound
    from criticalmass.theory import GradientNeutralizingBound as GradientNeutralizingBound
    from criticalmass.theory import JointCurve as JointCurve
    from criticalmass.theory import PathCurve as PathCurve
    from criticalmass.theory import RegressionBound as RegressionBound
    from criticalmass.theory import UtilityBound as UtilityBound

# Which room each public name lives in. They are imported when first used, so that the command
# line answers at once.
_ROOMS = {
    "curves": (
        "CriticalMass",
        "Outcome",
        "SuccessCurve",
    ),
    "data.edit": ("Edit",),
    "data.finite_table": ("FiniteTable",),
    "data.noise": ("RandomizeLabels",),
    "data.population": ("Population",),
    "errors": (
        "CriticalMassError",
        "DataError",
        "ParameterError",
        "StoreError",
        "StudyError",
    ),
    "fitting": (
        "FittedCurve",
        "RepeatedCurve",
        "SigmoidCurve",
    ),
    "incentives": (
        "Dynamics",
        "Incentives",
        "Investment",
        "PartlyActing",
        "Subsidies",
    ),
    "learners": (
        "BayesOptimal",
        "GradientDescent",
        "Learner",
        "LinearText",
        "RiskMinimizer",
        "ScikitLearner",
        "Transformer",
    ),
    "risks.design": ("Design",),
    "risks.module_risk": ("ModuleRisk",),
    "risks.risk": ("Risk",),
    "risks.sample": ("Sample",),
    "signals": (
        "Coarsen",
        "DropColumn",
        "InsertToken",
        "MoveToSubgroup",
        "RedactWords",
        "SetColumns",
        "Signal",
        "StampPatch",
    ),
    "strategies": (
        "Allowed",
        "Erase",
        "FeatureLabel",
        "FeatureOnly",
        "Gain",
        "GradientControl",
        "GradientNeutralizing",
        "Ignore",
        "Imperfect",
        "Linear",
        "Raise",
        "Reach",
        "Strategy",
    ),
    "studies": (
        "Adaptive",
        "Grid",
        "Row",
        "Store",
        "Study",
        "Trial",
        "read_study",
        "run",
    ),
    "theory": (
        "ErasureBound",
        "EstimatedBound",
        "ExactCurve",
        "ExactRegression",
        "FeatureLabelBound",
        "FeatureOnlyBound",
        "GradientControlBound",
        "GradientNeutralizingBound",
        "JointCurve",
        "PathCurve",
        "RegressionBound",
        "UtilityBound",
    ),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted([*_HOME, "datasets"])


def __getattr__(name: str) -> Any:
    if name == "datasets":
        return import_module("criticalmass.datasets")
    if name in _HOME:
        return getattr(import_module(f"criticalmass.{_HOME[name]}"), name)
    raise AttributeError(f"module 'criticalmass' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
