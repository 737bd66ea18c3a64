"""Risks: what a firm with parameters minimises, and how records become its numbers."""

from criticalmass.risks.design import Design
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.module_risk import ModuleRisk
from criticalmass.risks.networks import Perceptron
from criticalmass.risks.risk import Risk
from criticalmass.risks.sample import Sample

__all__ = ["Design", "Differentiable", "ModuleRisk", "Perceptron", "Risk", "Sample"]
