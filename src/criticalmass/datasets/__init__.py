"""Data sets: populations to study, each in its own file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from criticalmass.data.population import Population
from criticalmass.datasets.adult import adult
from criticalmass.datasets.digits import digits
from criticalmass.datasets.resumes import resumes
from criticalmass.datasets.synthetic import synthetic_resumes

DATASETS: Mapping[str, Callable[..., Population]] = MappingProxyType(
    {
        "resumes": resumes,
        "synthetic-resumes": synthetic_resumes,
        "digits": digits,
        "adult": adult,
    }
)
"""Every data set by its name in study files."""

__all__ = ["DATASETS", "adult", "digits", "resumes", "synthetic_resumes"]
