from .evaluation import Evaluation as Evaluation
from .known import MEASURES as MEASURES
from .measure import CountMeasure as CountMeasure
from .measure import Measure as Measure
from .measure import MeasureWords as MeasureWords
from .measure import RealMeasure as RealMeasure
from .result import Count as Count
from .result import Real as Real
