"""Curves of real numbers: they are in the measure's unit, and their intervals hold."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from criticalmass.contracts import check_curve
from criticalmass.errors import ParameterError
from criticalmass.measures import Real
from criticalmass.measures.facts import MeasureFacts
from criticalmass.measures.fitting import fit
from criticalmass.measures.real_curve import RealCurve
from criticalmass.measures.scale import scale_of
from support.own_measures import NDCG, Rank

SHARES = np.geomspace(0.001, 0.3, 8)
FLOOR, BEST, TARGET, HALF = 12.0, 1.5, 4.0, 0.018


def rank(log_alpha):
    """A rank that falls along a normal law, which no curve here is."""
    return FLOOR + (BEST - FLOOR) * ndtr((log_alpha - math.log(HALF)) / 0.8)


def trials(rng, *, shift, scatter, error):
    """Three trials at each share, and one without a collective; all share their test records."""
    records = rng.normal(0, error)
    found = [(0.0, Real(FLOOR + records, error))]
    for share in SHARES.tolist():
        for _ in range(3):
            value = rank(math.log(share) + rng.normal(0, shift)) + rng.normal(0, scatter)
            found.append((share, Real(float(value + records), error)))
    return found


def curve_of(found, measure, target):
    scale = scale_of(MeasureFacts.of(measure), [result for _, result in found], target)
    outcomes = [scale.outcome(share, result) for share, result in found]
    return RealCurve(fit(outcomes, measure.name, 1.0), scale, measure.limits)


def needed(shift):
    """The share at which the mean over trainings is the target, by numerical integration."""
    places = np.linspace(math.log(1e-3), 0, 20_001)
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    mean = sum(w * rank(places + shift * z) for z, w in zip(nodes, weights, strict=True))
    return math.exp(places[np.argmax(mean / weights.sum() <= TARGET)])


@pytest.fixture(scope="module")
def falling():
    rng = np.random.default_rng(0)
    return curve_of(trials(rng, shift=0.15, scatter=0.05, error=0.1), Rank(TARGET), TARGET)


def test_success_is_a_rank_that_falls(falling):
    shares = np.array([0.002, 0.01, 0.05, 0.2])
    ranks = falling.success(shares)
    assert (np.diff(ranks) < 0).all()
    assert ranks == pytest.approx(rank(np.log(shares)), abs=0.8)
    low, high = falling.band(shares)
    assert (low < ranks).all()
    assert (ranks < high).all()


def test_a_harder_target_takes_more_people(falling):
    masses = [falling.critical_mass(target).alpha for target in (8.0, 4.0, 2.0)]
    assert masses == sorted(masses)
    assert falling.critical_mass(4.0).target == 4.0
    assert falling.critical_mass(20.0).alpha == 0  # it is reached without a collective
    never = falling.critical_mass(1.01)
    assert not never.reached
    assert "reaches 1.01" in never.reason
    with pytest.raises(ParameterError, match="a value of the measure, between 1 and inf, not nan"):
        falling.critical_mass(math.nan)


def test_probability_and_shortfall_are_in_its_unit(falling):
    mass = falling.critical_mass(TARGET)
    assert falling.probability(TARGET, mass.low / 3) < 0.05
    assert falling.probability(TARGET, min(3 * mass.high, 1.0)) > 0.95
    lacking = falling.shortfall(TARGET)
    shares = np.linspace(1e-4, mass.alpha, 2000)
    area = np.trapezoid(np.maximum(falling.success(shares) - TARGET, 0), shares)
    assert lacking.low < area < lacking.high
    assert lacking.value == pytest.approx(area, rel=0.2)


def test_misfits_have_the_sign_of_the_rank(falling):
    scale = falling.scale
    off = [scale.outcome(0.05, Real(value)) for value in (9.0, 9.1, 9.05)]
    (gap,) = falling.misfit(off).values()
    assert gap == pytest.approx(9.05 - float(falling.success(0.05)), abs=0.05)


def test_a_number_from_0_to_1_is_a_success_curve():
    rng = np.random.default_rng(1)
    found = [(share, Real((12 - result.value) / 12)) for share, result in
             trials(rng, shift=0.1, scatter=0.02, error=0.0)]  # fmt: skip
    check_curve(curve_of(found, NDCG(), 0.6))


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "scatter"), [(0.15, 0.05), (0.0, 0.4)])
def test_intervals_hold_the_critical_mass_of_new_records(shift, scatter):
    rng, truth, held = np.random.default_rng(2), needed(shift), 0
    for _ in range(50):
        found = trials(rng, shift=shift, scatter=scatter, error=0.2)
        mass = curve_of(found, Rank(TARGET), TARGET).critical_mass(TARGET)
        held += mass.low <= truth <= mass.high
    assert held >= 45
