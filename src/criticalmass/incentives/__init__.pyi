from .dynamics import Dynamics as Dynamics
from .dynamics import Equilibrium as Equilibrium
from .dynamics import Subsidies as Subsidies
from .joining import Incentives as Incentives
from .joining import Investment as Investment
from .pledging import FollowThrough as FollowThrough
from .pledging import Pledge as Pledge
from .reliability import PartlyActing as PartlyActing
