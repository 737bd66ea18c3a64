"""From the records of a study to populations like them: what one more of these shifts.

In a study of resampled populations each trial draws its own population from the records. How far a
trial then lies from the curve tells how far one population lies from another: sideways by σ, and up
or down by what ρ says. These records lie from the typical ones as any population does.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from criticalmass.arrays import Array

_SEED = 1  # another than that of the error of test records, which is independent


def of_a_typical_population(parameters: Array, records: float) -> tuple[Array, float]:
    """Return draws of the curve of a typical population, and how sure success on it is.

    Every draw's curve is shifted by its own σ times a standard normal number, in ln α, so each
    critical mass is multiplied by exp(σz). A population also moves success up or down, with a
    variance of ρ s (1 − s), as the choice of test records does: that is taken for a smaller number
    of these. As σ and ρ hold what members and seeds do to a trial, too, the interval is rather too
    wide than too narrow on their account.

    Parameters
    ----------
    parameters
        Of a curve fitted to trials that each drew a population from the records, as
        `criticalmass.fitting.FittedCurve` has them, shape (draws, 6).
    records
        The number of test records.

    Returns
    -------
    tuple of ndarray and float
        The parameters, and the number of test records, with one more population's shifts.

    Examples
    --------
    >>> draws = np.tile([-5.0, 0.3, 0.01, 0.99, 0.2, 1e-3], (1000, 1))
    >>> shifted, records = of_a_typical_population(draws, records=1000)
    >>> float(shifted[:, 0].std().round(2)), round(records)
    (0.2, 500)
    """
    count = len(parameters)
    normal = ndtri((np.arange(count) + 0.5) / count)
    shifted = parameters.copy()
    shifted[:, 0] += shifted[:, 4] * np.random.default_rng(_SEED).permutation(normal)
    return shifted, 1 / (1 / records + float(shifted[:, 5].mean()))
