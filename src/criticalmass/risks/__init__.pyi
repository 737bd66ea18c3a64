from .design import Design as Design
from .differentiable import Differentiable as Differentiable
from .module_risk import ModuleRisk as ModuleRisk
from .networks import Perceptron as Perceptron
from .risk import Risk as Risk
from .sample import Sample as Sample
