"""From the records of a study to populations like them: the one more shift that a new one makes.

In a study of resampled populations each trial draws its own population from the records. What
shifts a trial's curve, σ, then holds how far one population lies from another, and these records
lie from the typical ones as any population does.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from criticalmass.arrays import Array

_SEED = 1  # another than that of the error of test records, which is independent


def shifted_once_more(parameters: Array) -> Array:
    """Return draws of a curve, each shifted by its own σ times a standard normal number, in ln α.

    So each critical mass is multiplied by exp(σz). As σ also holds what members and seeds shift,
    the interval is rather too wide than too narrow.

    Parameters
    ----------
    parameters
        Of a curve fitted to trials that each drew a population from the records, as
        `criticalmass.fitting.FittedCurve` has them, shape (draws, 6).

    Examples
    --------
    >>> draws = np.tile([-5.0, 0.3, 0.01, 0.99, 0.2, 1e-3], (1000, 1))
    >>> float(shifted_once_more(draws)[:, 0].std().round(2))
    0.2
    """
    count = len(parameters)
    normal = ndtri((np.arange(count) + 0.5) / count)
    shifted = parameters.copy()
    shifted[:, 0] += shifted[:, 4] * np.random.default_rng(_SEED).permutation(normal)
    return shifted
