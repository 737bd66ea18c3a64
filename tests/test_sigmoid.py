"""The paper's sigmoid, by least squares."""

import math

import numpy as np
import pytest

from criticalmass import Outcome
from criticalmass.contracts import check_curve
from criticalmass.fitting import SigmoidCurve


def test_sigmoid_recovers_an_exact_sigmoid():
    wanted = SigmoidCurve(midpoint=math.log(0.004), slope=2.0, offset=0.1)
    shares = np.geomspace(1e-4, 0.1, 12)
    data = [Outcome(a, round(float(wanted.success(a)) * 10**6), 10**6) for a in shares]
    fit = SigmoidCurve.fit([Outcome(0, 0, 5), *data])
    assert fit.midpoint == pytest.approx(wanted.midpoint, abs=1e-3)
    assert fit.slope == pytest.approx(2.0, abs=1e-3)
    assert fit.offset == pytest.approx(0.1, abs=1e-3)
    assert fit.success(fit.critical_mass(0.9).alpha) == pytest.approx(0.9)


def test_sigmoid_knows_what_it_does_not_reach():
    assert not SigmoidCurve(midpoint=2.0, slope=1.0, offset=0.0).critical_mass(0.9).reached
    assert SigmoidCurve(midpoint=-3.0, slope=1.0, offset=0.5).critical_mass(0.4).alpha == 0


def test_sigmoid_keeps_its_contract():
    shares = np.geomspace(1e-4, 0.1, 10).tolist()
    rates = [0.05 + 0.75 / (1 + 0.01 / share) for share in shares]
    data = [Outcome(a, round(2000 * rate), 2000) for a, rate in zip(shares, rates, strict=True)]
    check_curve(SigmoidCurve.fit(data))
