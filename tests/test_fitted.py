"""The posterior: does it recover what made the data, and do its intervals hold what they say?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from criticalmass import FittedCurve, Outcome, ParameterError, SigmoidCurve
from criticalmass.checks import check_curve
from criticalmass.curves import posterior
from criticalmass.curves.likelihood import profile

GRID = np.geomspace(1e-4, 1e-1, 10)


def outcomes(rng, midpoint, width, floor, ceiling, rho, n=2000, alphas=GRID, repetitions=3):
    """Simulate a study: the reference, and beta-binomial trials around a known curve.

    Its test records are a sample themselves, the same in every trial: they shift success on them
    from success on new records by one error, in units of its standard deviation.
    """
    shift = rng.normal() / np.sqrt(n)

    def trial(alpha):
        rise = expit((np.log(alpha) - midpoint) / width) if alpha else 0
        success = floor + (ceiling - floor) * rise
        success = np.clip(success + shift * np.sqrt(success * (1 - success)), 1e-6, 1 - 1e-6)
        spread = 1 / (rho * profile(rise)) - 1
        return Outcome(
            alpha, rng.binomial(n, rng.beta(success * spread, (1 - success) * spread)), n
        )

    return [trial(0.0)] + [trial(alpha) for _ in range(repetitions) for alpha in alphas]


def truth(target, midpoint, width, floor, ceiling):
    if ceiling <= target:
        return math.inf
    alpha = math.exp(midpoint + width * logit((target - floor) / (ceiling - floor)))
    return alpha if alpha <= 1 else math.inf


@pytest.mark.parametrize("rho", [1e-5, 1e-3, 0.02])
def test_parameters_are_recovered(rho):
    curve = {"midpoint": np.log(0.003), "width": 0.5, "floor": 0.04, "ceiling": 0.99}
    fit = FittedCurve.fit(
        outcomes(np.random.default_rng(0), **curve, rho=rho, n=4783, repetitions=6)
    )
    means = fit.weights @ fit.parameters
    assert means[0] == pytest.approx(curve["midpoint"], abs=0.25)
    assert means[1] == pytest.approx(curve["width"], abs=0.15)
    assert means[2] == pytest.approx(curve["floor"], abs=0.03)
    assert means[3] == pytest.approx(curve["ceiling"], abs=0.03)
    assert rho / 6 < fit.overdispersion < max(6 * rho, 2e-4)
    mass = fit.critical_mass(0.9)
    assert mass.alpha == pytest.approx(truth(0.9, **curve), rel=0.25)
    assert mass.low < truth(0.9, **curve) < mass.high


@pytest.mark.parametrize("studies", [60, pytest.param(200, marks=pytest.mark.slow)])
def test_intervals_cover_as_often_as_they_say(studies):
    """95 % intervals hold the truth in nine of ten simulated studies; of 200, in 92 to 98 %.

    Not met above: with the dispersion mixed, they are a little too wide where the model is true.
    """
    held = {0.5: 0, 0.8: 0, 0.9: 0}
    for seed in range(studies):
        rng = np.random.default_rng(seed)
        curve = {
            "midpoint": rng.uniform(np.log(3e-4), np.log(3e-2)),
            "width": np.exp(rng.uniform(np.log(0.2), np.log(1.2))),
            "floor": rng.uniform(0, 0.15),
            "ceiling": rng.uniform(0.92, 1),
        }
        fit = FittedCurve.fit(outcomes(rng, **curve, rho=np.exp(rng.uniform(-7, -3))))
        for target in held:
            mass = fit.critical_mass(target)
            held[target] += mass.low <= truth(target, **curve) <= mass.high
    assert min(held.values()) / studies >= (0.9 if studies < 200 else 0.92), held
    assert max(held.values()) / studies <= (1.0 if studies < 200 else 0.99), held
    if studies == 200 and max(held.values()) / studies > 0.98:
        pytest.xfail(f"intervals are too wide: {held}")


def shifted(rng, *, noise, records=4000, repetitions=3):
    """Simulate trials whose curves are shifted sideways; their critical mass for .9 of the rise."""
    midpoint, width = rng.uniform(np.log(1e-3), np.log(1e-2)), np.exp(rng.uniform(-0.9, 0))

    def trial(alpha):
        rise = expit((np.log(alpha) + noise * rng.normal() - midpoint) / width) if alpha else 0
        return Outcome(alpha, int(rng.binomial(records, 0.05 + 0.93 * rise)), records)

    data = [trial(alpha) for alpha in (0.0, *np.tile(GRID, repetitions).tolist())]
    shifts = np.linspace(-6, 6, 400)
    density = np.exp(-(shifts**2) / 2) / np.exp(-(shifts**2) / 2).sum()
    fine = np.linspace(-10, 0, 4000)
    mean = expit((fine[:, None] + noise * shifts - midpoint) / width) @ density
    return data, math.exp(np.interp((0.9 - 0.05) / 0.93, mean, fine))


def test_scatter_in_mid_curve_alone_widens_the_interval(monkeypatch):
    data, _ = shifted(np.random.default_rng(3), noise=0.3)
    wide = width_of_interval(data)
    monkeypatch.setattr(posterior, "_dispersion", lambda *_: (1.0, 1e9))
    assert wide > 1.1 * width_of_interval(data)


@pytest.mark.slow
def test_trials_that_scatter_in_mid_curve_alone_do_not_make_the_interval_too_narrow(monkeypatch):
    """Regular plateaus say little of the middle: without the dispersion too few intervals hold."""

    def held(studies):
        count = 0
        for seed in range(studies):
            data, mass = shifted(np.random.default_rng(seed), noise=0.25)
            found = replace(FittedCurve.fit(data), records=math.inf).critical_mass(0.9)
            count += found.low <= mass <= found.high
        return count / studies

    assert held(30) >= 0.9
    monkeypatch.setattr(posterior, "_dispersion", lambda *_: (1.0, 1e9))
    assert held(30) < 0.9


def test_more_trials_make_the_interval_narrower():
    curve = {"midpoint": np.log(0.003), "width": 0.6, "floor": 0.05, "ceiling": 0.98, "rho": 0.01}
    spans = []
    for repetitions in (1, 3, 9):
        fit = FittedCurve.fit(outcomes(np.random.default_rng(1), **curve, repetitions=repetitions))
        mass = fit.critical_mass(0.8)
        spans.append(mass.high / mass.low)
    assert spans == sorted(spans, reverse=True)


def test_a_target_above_the_plateau_is_never_reached():
    curve = {"midpoint": np.log(0.003), "width": 0.3, "floor": 0.05, "ceiling": 0.6, "rho": 0.001}
    fit = FittedCurve.fit(outcomes(np.random.default_rng(0), **curve))
    mass = fit.critical_mass(0.9)
    assert mass.never > 0.99
    assert not mass.reached
    assert "levels off near 0.6" in mass.reason
    assert fit.critical_mass(0.4).reached


def test_a_target_that_needs_no_collective():
    data = [Outcome(alpha, 950, 1000) for alpha in [0.0, *GRID, *GRID]]
    mass = FittedCurve.fit(data).critical_mass(0.8)
    assert (mass.alpha, mass.low, mass.high, mass.never) == (0, 0, 0, 0)


def test_a_plateau_that_was_not_seen_leaves_doubt():
    """Only the foot of the curve was tried: the interval must not close above."""
    curve = {"midpoint": np.log(0.5), "width": 0.7, "floor": 0.05, "ceiling": 0.99, "rho": 0.01}
    fit = FittedCurve.fit(outcomes(np.random.default_rng(0), **curve))
    mass = fit.critical_mass(0.9)
    assert mass.high == math.inf
    assert 0.025 < mass.never < 1


def test_who_can_be_recruited_limits_what_can_be_reached():
    curve = {"midpoint": np.log(0.02), "width": 0.5, "floor": 0.05, "ceiling": 0.99, "rho": 0.001}
    data = outcomes(np.random.default_rng(0), **curve)
    assert FittedCurve.fit(data).critical_mass(0.9).reached
    mass = FittedCurve.fit(data, largest=0.03).critical_mass(0.9)
    assert not mass.reached
    assert "beyond alpha = 0.03" in mass.reason


def test_band_holds_the_mean_and_widens_where_nothing_was_tried():
    curve = {"midpoint": np.log(0.01), "width": 0.6, "floor": 0.05, "ceiling": 0.95, "rho": 0.01}
    fit = FittedCurve.fit(outcomes(np.random.default_rng(0), **curve, alphas=GRID[:8]))
    shares = np.geomspace(1e-4, 1, 40)
    bottom, top = fit.band(shares)
    mean = fit.success(shares)
    assert np.all((bottom <= mean) & (mean <= top))
    assert (top - bottom)[-1] > 2 * (top - bottom)[10]
    narrow = FittedCurve.fit(
        outcomes(np.random.default_rng(0), **curve, alphas=GRID[:8]), confidence=0.5
    )
    assert np.all(np.diff(narrow.band(shares), axis=0) <= np.diff([bottom, top], axis=0) + 1e-12)


def width_of_interval(data):
    mass = FittedCurve.fit(data).critical_mass(0.9)
    return math.log(mass.high / mass.low)


@pytest.mark.parametrize("ceiling", [0.96, 1.0])
def test_the_most_informative_trials_are_worth_more_than_others(ceiling):
    curve = {"midpoint": np.log(0.004), "width": 0.4, "floor": 0.03, "ceiling": ceiling}
    rng = np.random.default_rng(0)
    shares = np.geomspace(1e-4, 0.1, 25)
    data = outcomes(rng, **curve, rho=0.02, alphas=GRID[1:], repetitions=3)
    fit = FittedCurve.fit(data)
    chosen = fit.most_informative(0.9, shares, 4)
    assert len(chosen) == 4
    assert np.all(np.diff(chosen) >= 0)
    assert np.isin(chosen, shares).all()

    def after(where):  # as if each trial gave what is expected of it
        rates = fit.success(where)
        more = [Outcome(float(a), round(2000 * s), 2000) for a, s in zip(where, rates, strict=True)]
        return width_of_interval(data + more)

    others = [after(rng.choice(shares, 4)) for _ in range(6)]
    assert after(chosen) < min(width_of_interval(data), np.median(others))
    assert sum(after(chosen) > other for other in others) <= 1


def test_where_the_plateau_is_not_known_trials_go_there():
    data = [
        Outcome(a, round(1000 * s), 1000) for a, s in ((0.001, 0.1), (0.004, 0.5), (0.016, 0.88))
    ]
    chosen = FittedCurve.fit(data * 3).most_informative(0.9, [0.001, 0.004, 0.016, 0.06], 3)
    assert 0.06 in chosen


@pytest.mark.parametrize(("shares", "count"), [([], 1), ([0.0, 0.1], 1), ([0.1], 0), ([2.0], 1)])
def test_nothing_to_choose_from(shares, count):
    fit = FittedCurve.fit([Outcome(0.01, 1, 10), Outcome(0.1, 9, 10)])
    with pytest.raises(ParameterError):
        fit.most_informative(0.5, shares, count)


def test_misfit_notices_a_curve_that_is_not_s_shaped():
    curve = {"midpoint": np.log(0.003), "width": 0.5, "floor": 0.04, "ceiling": 0.98, "rho": 0.002}
    alarms = 0
    for seed in range(20):
        data = outcomes(np.random.default_rng(seed), **curve)
        alarms += bool(FittedCurve.fit(data).misfit(data))
    assert alarms <= 2
    steps = [Outcome(a, 300 if a < 0.001 else 600 if a < 0.05 else 900, 1000) for a in GRID] * 3
    off = FittedCurve.fit(steps).misfit(steps)
    assert off
    assert all(abs(gap) > 0.02 for gap in off.values())


@pytest.mark.parametrize("seed", range(4))
def test_the_curve_goes_where_the_trials_are(seed):
    """Trials so regular on the plateau that the first, coarse grid has no curve near them."""
    rng = np.random.default_rng(seed)

    def trial(alpha):
        rise = expit((np.log(alpha) + 0.1 * rng.normal() + 7.32) / 0.54)
        return Outcome(alpha, round(4000 * (0.007 + 0.973 * rise)), 4000)

    shares = np.geomspace(0.0003, 0.2, 20)
    data = [Outcome(0.0, 28, 4000)] + [trial(a) for a in np.tile(shares, 4).tolist()]
    fit = FittedCurve.fit(data)
    rates = np.array([outcome.successes / outcome.n for outcome in data[1:]]).reshape(4, -1)
    assert fit.success(shares) == pytest.approx(rates.mean(axis=0), abs=0.04)
    assert fit.weights @ fit.parameters[:, 1] == pytest.approx(0.54, abs=0.06)


def test_the_interval_does_not_hang_on_the_grid(monkeypatch):
    curve = {"midpoint": np.log(0.004), "width": 0.4, "floor": 0.03, "ceiling": 0.96, "rho": 0.02}
    data = outcomes(np.random.default_rng(0), **curve, alphas=GRID[1:])
    usual = width_of_interval(data)
    for name, count in (("floor", 13), ("ceiling", 21), ("overdispersion", 17)):
        monkeypatch.setattr(posterior, "GRID", posterior.GRID | {name: count})
        assert width_of_interval(data) == pytest.approx(usual, rel=0.06)


def test_the_order_of_trials_does_not_matter():
    curve = {"midpoint": np.log(0.01), "width": 0.6, "floor": 0.05, "ceiling": 0.95, "rho": 0.01}
    data = outcomes(np.random.default_rng(0), **curve)
    one, other = FittedCurve.fit(data), FittedCurve.fit(data[::-1])
    assert one.critical_mass(0.8).alpha == pytest.approx(other.critical_mass(0.8).alpha)


def test_curves_keep_their_contract():
    curve = {"midpoint": np.log(0.01), "width": 0.6, "floor": 0.05, "ceiling": 0.8, "rho": 0.01}
    data = outcomes(np.random.default_rng(0), **curve)
    check_curve(FittedCurve.fit(data))
    check_curve(SigmoidCurve.fit(data))


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
