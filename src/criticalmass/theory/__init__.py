"""Theory: what theorems guarantee, and what is exact on a finite population."""

from criticalmass.theory.bounds import ErasureBound, FeatureLabelBound, FeatureOnlyBound
from criticalmass.theory.contests import exact_erasure, exact_feature_label, exact_feature_only
from criticalmass.theory.estimates import Estimate, EstimatedBound
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.gradient_control import GradientControlBound
from criticalmass.theory.joint_tv import JointCurve
from criticalmass.theory.regression import ExactRegression, RegressionBound
from criticalmass.theory.steering import GradientNeutralizingBound, PathCurve, UtilityBound

__all__ = [
    "ErasureBound",
    "Estimate",
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
    "exact_erasure",
    "exact_feature_label",
    "exact_feature_only",
]
