"""What a success curve promises."""

from __future__ import annotations

import numpy as np

from criticalmass.contracts.parts import keeps, refuses
from criticalmass.curves import CurveLike, FittedSuccess


def check_curve(curve: CurveLike, targets: tuple[float, ...] = (0.25, 0.5, 0.75, 0.9)) -> None:
    """Check the promises of `SuccessCurve`, and of a `FittedSuccess` its draws, too.

    A target of 1, which some curves reach and others only approach, may be answered or refused.

    Examples
    --------
    >>> from criticalmass.fitting import SigmoidCurve
    >>> check_curve(SigmoidCurve(midpoint=-5.0, slope=2.0, offset=0.1))
    """
    shares = np.geomspace(1e-6, 1, 25).reshape(5, 5)
    with keeps("a curve must have success, which takes shares of any shape"):
        success = np.asarray(curve.success(shares))
        middle = curve.success(float(shares[2, 2]))
    assert success.shape == shares.shape, "success must have the shape of alpha"
    assert np.all((success >= 0) & (success <= 1)), "success is a rate"
    assert np.isclose(middle, success[2, 2]), "scalars work, too"
    for outside in (0.0, -0.1, 1.1):
        assert refuses(curve.success, outside), f"alpha = {outside} must be refused"
    with keeps("a curve must have critical_mass, which takes a target"):
        critical_mass = curve.critical_mass
    for outside in (0.0, 1.5):
        assert refuses(critical_mass, outside), f"target = {outside} must be refused"
    for target in targets if refuses(critical_mass, 1.0) else (*targets, 1.0):
        with keeps(f"critical_mass must answer for a target of {target:g}"):
            mass = critical_mass(target)
        assert mass.target == target, "a critical mass must know its target"
        assert 0 <= mass.never <= 1, "never is a probability"
        if mass.reached:
            assert 0 <= mass.alpha <= 1, "a critical mass is a share"
            assert mass.low <= mass.alpha <= mass.high, "the interval must hold its centre"
        else:
            assert mass.reason, "where the target is not reached, the reason must be told"
            least = 1 if mass.confidence == 1 else 0.5
            assert mass.never >= least, "where nobody reaches the target, never is 1"
        if isinstance(curve, FittedSuccess) and target < 1:
            with keeps("critical_masses must return its draws"):
                draws = np.asarray(curve.critical_masses(target))
            assert draws.ndim == 1, "draws of a critical mass are one number each"
            assert np.all(draws >= 0), "a draw is a share, 0 or infinite"
