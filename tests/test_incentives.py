"""Who joins: closed forms, root finding and brute force against what the library says."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import beta, lognorm

from criticalmass import Incentives, Outcome
from criticalmass.contracts import check_curve
from criticalmass.curves import PathCurve
from criticalmass.curves.curve import probability, shortfall
from criticalmass.curves.shortfall import area_below
from criticalmass.errors import ParameterError
from criticalmass.fitting import FittedCurve, RepeatedCurve
from criticalmass.fitting.shifts import mean_rise, where_risen
from criticalmass.incentives import Dynamics, PartlyActing
from criticalmass.theory import EstimatedBound, ExactCurve, FeatureLabelBound
from criticalmass.words.unreached import unreached


def fitted(height=1.0, n=1000, midpoint=0.004, repetitions=3):
    alphas = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] * repetitions
    rates = [height / (1 + (midpoint / a) ** 2) for a in alphas]
    outcomes = [Outcome(a, round(n * r), n) for a, r in zip(alphas, rates, strict=True)]
    return FittedCurve.fit([*outcomes, Outcome(0, 0, n)])


@pytest.mark.parametrize("k", [1e-4, 0.01, 0.3])
@pytest.mark.parametrize(("cost", "free_ride"), [(0.05, 0.0), (0.4, 0.2), (0.3, 0.65)])
def test_threshold_and_investment_of_a_bound_have_a_closed_form(k, cost, free_ride):
    bound = FeatureLabelBound(uniqueness=k)  # S = 1 − k (1 − α)/α, from α = k/(1 + k) on
    s = cost / (1 - free_ride)
    start, critical = k / (1 + k), k / (1 - s + k)
    area = s * start + (s - 1 - k) * (critical - start) + k * np.log(critical / start)
    incentives = Incentives(cost, free_ride)
    assert incentives.critical_threshold(bound).alpha == pytest.approx(critical, rel=1e-12)
    there = incentives.investment(bound)
    assert there.value == pytest.approx((1 - free_ride) * area, abs=1e-8, rel=1e-8)
    assert (there.low, there.high) == (0, there.value)  # success may be more than is guaranteed
    assert incentives.joins(bound, [critical * 0.999, critical * 1.001]).tolist() == [False, True]


def test_investment_is_the_area_by_quadrature():
    shares = np.array([0.0, 0.01, 0.05, 0.2, 1.0])
    path = PathCurve(shares, np.array([0.1, 0.05, 0.3, 0.8, 0.9]))
    incentives = Incentives(0.5, 0.2)
    upto = incentives.critical_threshold(path).alpha
    short = lambda a: max(0.5 - 0.8 * path.success(a).item(), 0)  # noqa: E731
    wanted = quad(short, 1e-15, upto, points=shares[1:4], epsabs=1e-13)[0]
    assert incentives.investment(path).value == pytest.approx(wanted, abs=1e-8)


def test_investment_of_steps_is_exact():
    low, high = np.array([0.1, 0.2, 0.3, 0.05]), np.array([np.inf, 0.4, np.inf, np.inf])
    curve = ExactCurve(low, high, np.ones(4), 4)
    # success: 0 to .05, ¼ to .1, ½ to .2, ¾ to .3, 1 to .4, ¾ from there on
    missing = 0.7 * 0.05 + 0.45 * 0.05 + 0.2 * 0.1
    assert Incentives(0.7).investment(curve).value == pytest.approx(missing, abs=1e-12)
    by_quadrature = area_below(curve.success, 0.7, 0.2)
    assert missing == pytest.approx(by_quadrature, abs=1e-8)
    assert np.isnan(Incentives(0.9).investment(curve).value)  # with everybody it is ¾ again


def test_investment_of_a_fitted_curve_is_that_of_its_curves():
    curve = fitted()
    incentives = Incentives(0.4, 0.2)
    said = incentives.investment(curve)
    assert 0 < said.low < said.value < said.high
    areas = []
    for midpoint, width, floor, ceiling, shift, _ in curve.parameters[::100]:

        def success(alpha):
            at = (np.log(alpha) - midpoint) / width  # noqa: B023
            return floor + (ceiling - floor) * mean_rise(at, shift / width)  # noqa: B023

        place = where_risen((0.5 - floor) / (ceiling - floor), shift / width)
        areas.append(area_below(success, 0.5, float(np.exp(midpoint + width * place))))
    target = np.full(len(curve.parameters), 0.5)
    assert curve._missing(target)[::100] == pytest.approx(areas, rel=1e-6)
    assert said.value == pytest.approx(0.8 * np.median(areas), rel=0.1)


def test_curves_that_never_get_there_have_no_investment():
    curve = fitted(height=0.3)
    incentives = Incentives(0.6)
    said = incentives.investment(curve)
    assert np.isnan(said.value)
    assert said.high == np.inf
    assert not incentives.critical_threshold(curve).reached
    assert incentives.sustains(curve, 0.5) < 0.05


@pytest.mark.parametrize(("cost", "free_ride"), [(0.7, 0.5), (1.0, 0.0), (0.01, 1.0)])
def test_joining_that_never_pays_says_why(cost, free_ride):
    mass = Incentives(cost, free_ride).critical_threshold(fitted())
    assert not mass.reached
    assert "who does not" in unreached(mass.reason)
    assert np.isnan(Incentives(cost, free_ride).investment(fitted()).value)
    assert Incentives(cost, free_ride).sustains(fitted(), 1.0) == 0


def test_probability_of_sustaining_agrees_with_the_interval():
    curve, incentives = fitted(), Incentives(0.5)
    mass = incentives.critical_threshold(curve)
    grid = [mass.low * 0.99, mass.alpha, mass.high * 1.01]
    low, middle, high = (incentives.sustains(curve, a) for a in grid)
    assert low < 0.026
    assert middle == pytest.approx(0.5, abs=0.05)
    assert high > 0.974
    assert [probability(FeatureLabelBound(0.001), 0.9, a) for a in (0.009, 0.01)] == [0, 1]
    sure = EstimatedBound(FeatureLabelBound(0.001), (), 0.95)
    assert probability(sure, 0.9, 0.02) == 0.95
    assert Incentives(0.5).investment(sure).confidence == 0.95


def test_repetitions_give_an_interval_too():
    rng = np.random.default_rng(0)
    places = np.exp(rng.normal(np.log(0.03), 0.1, size=5))
    trials = [Outcome(a, min(1.0, a / b), 1) for a in np.geomspace(0.003, 0.1, 9) for b in places]
    curve = RepeatedCurve.fit(trials)
    said = Incentives(0.5).investment(curve)
    truth = 0.5 * 0.5 * 0.03 / 2  # a straight line: the triangle below ½
    assert said.low < truth < said.high
    assert 0 < Incentives(0.5).sustains(curve, float(np.median(places)) / 2) < 1
    assert shortfall(curve, 0.95).value > shortfall(curve, 0.5).value


# people who differ


def square(n=1001):
    shares = np.linspace(0, 1, n)
    return PathCurve(shares, shares**2)


@pytest.mark.parametrize("free_ride", [0.0, 0.3])
def test_equilibria_are_the_roots(free_ride):
    n = 20_000
    costs = beta(2, 5, scale=0.8)
    curve = PathCurve(np.linspace(0, 1, 401), np.linspace(0, 1, 401) ** 1.5)
    dynamics = Dynamics(curve, costs.ppf((np.arange(n) + 0.5) / n), free_ride)

    def growth(a):
        return costs.cdf((1 - free_ride) * curve.success(a).item()) - a

    at = np.linspace(1e-4, 1 - 1e-4, 4001)
    signs = np.sign([growth(a) for a in at])
    roots = [
        (brentq(growth, at[i], at[i + 1]), signs[i] > 0) for i in np.flatnonzero(np.diff(signs))
    ]
    found = [e for e in dynamics.equilibria() if 0 < e.people < n]
    assert roots
    assert [e.stable for e in found] == [stable for _, stable in roots]
    assert [e.people / n for e in found] == pytest.approx([r for r, _ in roots], abs=3 / n)


def test_a_collective_goes_where_its_equilibria_say():
    dynamics = Dynamics(square(), np.linspace(0.02, 0.5, 1000))
    zero, tip, everybody = dynamics.equilibria()
    assert (zero.people, everybody.people) == (0, 1000)
    assert dynamics.path(0)[-1] == 0
    cheapest = np.argsort(dynamics.costs)
    assert dynamics.path(cheapest[: tip.people])[-1] == 1000
    # the seed group stays, but nobody follows whom it does not pay
    small = dynamics.path(cheapest[:100])
    assert small[-1] == 100
    need = dynamics.smallest_seed()
    assert dynamics.path(need)[-1] == 1000
    assert dynamics.path(need - 1)[-1] < 1000
    slow = dynamics.path(need + 5, reach=0.2)
    assert slow[-1] == 1000
    assert len(slow) > len(dynamics.path(need + 5))


def test_no_smaller_group_begins_and_no_order_is_cheaper():
    rng = np.random.default_rng(3)
    for _ in range(20):
        n = 6
        curve = PathCurve(np.linspace(0, 1, n + 1), np.sort(np.append(0, rng.random(n))))
        dynamics = Dynamics(curve, rng.uniform(0.02, 0.9, n), free_ride=rng.uniform(0, 0.3))
        goal = int(rng.integers(2, n + 1))
        need = dynamics.smallest_seed(goal)
        sizes = [
            k
            for k in range(n + 1)
            for group in combinations(range(n), k)
            if dynamics.path(list(group)).max() >= goal
        ]
        assert need == min(sizes)
        lacked = [
            sum(max(dynamics.costs[who] - dynamics.worth[m], 0) for m, who in enumerate(order))
            for order in permutations(range(n), goal)
        ]
        said = dynamics.subsidies(goal)
        assert said.total == pytest.approx(min(lacked), abs=1e-12)
        assert said.paid == np.count_nonzero(said.payments)


def test_equal_costs_give_the_area_of_figure_7():
    n, bound = 40_000, FeatureLabelBound(uniqueness=0.01)
    incentives = Incentives(0.4, 0.2)
    dynamics = incentives.dynamics(bound, n)
    critical = incentives.critical_threshold(bound).people(n)[0]
    tips = [e.people for e in dynamics.equilibria() if not e.stable]
    assert tips == pytest.approx([critical], abs=1)
    area, _, _ = incentives.investment(bound).total(n)
    assert dynamics.subsidies().total == pytest.approx(area, rel=2e-3)
    assert dynamics.smallest_seed() == pytest.approx(critical, abs=1)


def test_people_may_be_asked_in_another_order():
    costs = lognorm(1, scale=0.1).ppf((np.arange(500) + 0.5) / 500)
    dynamics = Dynamics(square(), costs)
    goal = dynamics._goal(None)
    by_chance = dynamics.smallest_seed(order=np.random.default_rng(0).permutation(500))
    assert goal > 400
    assert dynamics.smallest_seed() <= by_chance <= dynamics.smallest_seed(order=np.argsort(costs))


def test_costs_are_spread_over_the_people_there_are():
    incentives = Incentives((0.3, 0.1, 0.2))
    assert incentives.costs(3).tolist() == [0.3, 0.1, 0.2]
    assert incentives.costs(6) == pytest.approx(
        np.quantile([0.1, 0.2, 0.3], np.arange(1, 12, 2) / 12)
    )
    with pytest.raises(ParameterError, match="no one threshold"):
        incentives.critical_threshold(fitted())


def test_members_who_do_not_act_leave_a_smaller_collective():
    base = fitted()
    curve = PartlyActing(base, 0.2)
    check_curve(curve, (0.25, 0.5))
    assert curve.success(0.01) == base.success(0.008)
    assert curve.critical_mass(0.5).alpha == pytest.approx(base.critical_mass(0.5).alpha / 0.8)
    incentives = Incentives(0.4)
    assert incentives.investment(curve).value == pytest.approx(
        incentives.investment(base).value / 0.8
    )
    assert incentives.sustains(curve, 0.005) == incentives.sustains(base, 0.004)
    few = PartlyActing(FeatureLabelBound(0.3), 0.9)
    assert not few.critical_mass(0.9).reached
    assert "0.1 do" in unreached(few.critical_mass(0.9).reason)
    assert np.isnan(Incentives(0.9).investment(few).value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Incentives(0), "above 0"),
        (lambda: Incentives(float("nan")), "above 0"),
        (lambda: Incentives((0.1, -1)), "not -1"),
        (lambda: Incentives(()), "need a cost"),
        (lambda: Incentives(0.1, 1.2), "between 0 and 1"),
        (lambda: Dynamics(square(), np.array([0.1, 0.0])), "one positive cost"),
        (lambda: Dynamics(square(), np.array([0.1]), -1), "free_ride"),
        (lambda: Dynamics(square(), np.array([0.1])).path(1, reach=0), "reach"),
        (lambda: Dynamics(square(), np.array([0.1])).path([3]), "different people"),
        (lambda: Dynamics(square(), np.array([0.1])).path(-1), "from 0 to 1"),
        (lambda: Dynamics(square(), np.array([0.1])).path(2), "from 0 to 1"),
        (lambda: Dynamics(square(), np.array([0.1])).subsidies(2), "from 0 to 1"),
        (lambda: PartlyActing(square(), 1.0), "inactive"),
    ],
)
def test_impossible_values_are_refused(make, said):
    with pytest.raises(ParameterError, match=said):
        make()
