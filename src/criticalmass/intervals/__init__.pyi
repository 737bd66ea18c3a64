from .clopper_pearson import lower_limit as lower_limit
from .clopper_pearson import upper_limit as upper_limit
from .hypergeometric import fewest_others as fewest_others
from .hypergeometric import most_others as most_others
