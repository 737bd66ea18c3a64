from .clopper_pearson import lower_limit as lower_limit
from .clopper_pearson import upper_limit as upper_limit
