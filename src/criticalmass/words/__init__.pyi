from . import amounts as amounts
from . import comparing as comparing
from . import finding as finding
from . import instructions as instructions
from . import joining as joining
from . import plan as plan
from . import report as report
from . import theory as theory
