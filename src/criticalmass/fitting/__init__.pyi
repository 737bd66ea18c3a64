from .comparing import Ratio as Ratio
from .comparing import ratio as ratio
from .fitted import FittedCurve as FittedCurve
from .repeated import RepeatedCurve as RepeatedCurve
from .sigmoid import SigmoidCurve as SigmoidCurve
from .size_law import SizeLaw as SizeLaw
