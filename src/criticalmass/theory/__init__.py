"""Theory: what theorems guarantee, and what is exact on a finite population."""

from criticalmass.curves.path import PathCurve
from criticalmass.theory.bound import Bound
from criticalmass.theory.contests import exact_erasure, exact_feature_label, exact_feature_only
from criticalmass.theory.erasure import ErasureBound
from criticalmass.theory.estimates import Estimate, EstimatedBound
from criticalmass.theory.exact import ExactCurve
from criticalmass.theory.feature_label import FeatureLabelBound
from criticalmass.theory.feature_only import FeatureOnlyBound
from criticalmass.theory.gradient_control import GradientControlBound
from criticalmass.theory.gradient_neutralizing import GradientNeutralizingBound
from criticalmass.theory.joint_tv import JointCurve
from criticalmass.theory.regression import ExactRegression, RegressionBound
from criticalmass.theory.suboptimality import Suboptimality
from criticalmass.theory.utility import UtilityBound

__all__ = [
    "Bound",
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
    "Suboptimality",
    "UtilityBound",
    "exact_erasure",
    "exact_feature_label",
    "exact_feature_only",
]
