"""Who joins, and what it costs to get there (paper, Section 6)."""

from criticalmass.incentives.dynamics import Dynamics, Equilibrium, Subsidies
from criticalmass.incentives.joining import Incentives, Investment
from criticalmass.incentives.reliability import PartlyActing

__all__ = ["Dynamics", "Equilibrium", "Incentives", "Investment", "PartlyActing", "Subsidies"]
