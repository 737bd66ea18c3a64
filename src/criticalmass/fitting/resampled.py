"""From the records of a study to populations like them: the one more shift that a new one makes.

In a study of resampled populations each trial draws its own population from the records. What
shifts a trial's curve, σ, then holds how far one population lies from another, and these records
lie from the typical ones as any population does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from criticalmass.fitting.fitted import FittedCurve

_SEED = 1  # another than that of the error of test records, which is independent


def for_populations_like_these(curve: FittedCurve) -> FittedCurve:
    """Return the curve of a typical population, from trials on resampled ones.

    Every draw's curve is shifted by its own σ times a standard normal number, in ln α, so each
    critical mass is multiplied by exp(σz). The number is the same at every target. As σ also
    holds what members and seeds shift, the interval is rather too wide than too narrow.

    Parameters
    ----------
    curve
        Fitted to trials that each drew a population from the records (``Study(resampled=True)``).

    Returns
    -------
    FittedCurve
        For critical masses, shortfalls, probabilities and bands. Trials are to be set beside the
        curve that was fitted to them (`FittedCurve.misfit`), not beside this.

    Examples
    --------
    >>> from criticalmass.curves import Outcome
    >>> curve = FittedCurve.fit(Outcome(a, round(1000 / (1 + (0.004 / a * shift) ** 2)), 1000)
    ...                         for shift in (0.8, 1, 1.25) for a in (0.001, 0.005, 0.02, 0.1))
    >>> these = curve.critical_mass(0.9)
    >>> like_these = for_populations_like_these(curve).critical_mass(0.9)
    >>> like_these.low < these.low < these.high < like_these.high
    True
    """
    count = len(curve.parameters)
    normal = ndtri((np.arange(count) + 0.5) / count)
    shifted = curve.parameters.copy()
    shifted[:, 0] += shifted[:, 4] * np.random.default_rng(_SEED).permutation(normal)
    return replace(curve, parameters=shifted)
