"""Success curves: how success depends on the share α of the population that joins."""

from criticalmass.curves.bounds import ErasureBound, FeatureLabelBound, FeatureOnlyBound
from criticalmass.curves.contests import exact_erasure, exact_feature_label, exact_feature_only
from criticalmass.curves.control import GradientControlBound
from criticalmass.curves.curve import CriticalMass, Outcome, SuccessCurve
from criticalmass.curves.estimated import Estimate, EstimatedBound
from criticalmass.curves.exact import ExactCurve
from criticalmass.curves.fitted import FittedCurve
from criticalmass.curves.knapsack import JointCurve
from criticalmass.curves.regression import ExactRegression, RegressionBound
from criticalmass.curves.repeated import RepeatedCurve
from criticalmass.curves.sigmoid import SigmoidCurve
from criticalmass.curves.steering import GradientNeutralizingBound, PathCurve, UtilityBound

__all__ = [
    "CriticalMass",
    "ErasureBound",
    "Estimate",
    "EstimatedBound",
    "ExactCurve",
    "ExactRegression",
    "FeatureLabelBound",
    "FeatureOnlyBound",
    "FittedCurve",
    "GradientControlBound",
    "GradientNeutralizingBound",
    "JointCurve",
    "Outcome",
    "PathCurve",
    "RegressionBound",
    "RepeatedCurve",
    "SigmoidCurve",
    "SuccessCurve",
    "UtilityBound",
    "exact_erasure",
    "exact_feature_label",
    "exact_feature_only",
]
