"""The pledge number: how many must promise so that enough act."""

import numpy as np
import pytest
from scipy.stats import beta, betabinom, binom

from criticalmass.errors import ParameterError
from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.incentives.pledging import LARGE


@pytest.mark.parametrize(("acts", "fails"), [(3, 1), (0.5, 0.5), (41, 7.5)])
@pytest.mark.parametrize("promised", [0, 1, 7, 300])
def test_who_acts_follows_the_beta_binomial_law(acts, fails, promised):
    needed = np.arange(promised + 2)
    found = FollowThrough(acts, fails).at_least(promised, needed)
    assert found == pytest.approx(betabinom.sf(needed - 1, promised, acts, fails), abs=1e-9)


def test_the_beta_binomial_law_is_a_binomial_one_for_each_share():
    shares = beta.ppf((np.arange(4000) + 0.5) / 4000, 3, 1)
    expected = binom.sf(11 - 1, 20, shares).mean()
    assert float(FollowThrough().at_least(20, 11)) == pytest.approx(expected, abs=1e-4)


def test_infinitely_many_are_never_enough():
    assert FollowThrough().at_least(10, [np.inf, 0]).tolist() == [0, 1]


def test_very_large_numbers_go_on_as_smaller_ones_do():
    needed = [0.4 * LARGE, 0.75 * LARGE, LARGE]
    below, above = (FollowThrough(30, 10).at_least(n, needed) for n in (LARGE, LARGE + 1))
    assert above == pytest.approx(below, abs=2e-3)
    assert FollowThrough().at_least(LARGE + 1, [0, LARGE + 2]).tolist() == [1, 0]


def brute(needed, follow, promised):
    """Return the probability that enough act, draw by draw."""
    a, b = follow.acts, follow.fails
    return np.mean([betabinom.sf(np.ceil(k) - 1, promised, a, b) for k in needed])


@pytest.mark.parametrize("seed", range(6))
def test_the_number_is_the_smallest_that_is_enough(seed):
    rng = np.random.default_rng(seed)
    needed = np.exp(rng.normal(rng.uniform(1, 4), 0.3, 40))
    follow = FollowThrough(*rng.uniform(2, 30, 2))
    pledge = Pledge(needed, follow, sure=float(rng.uniform(0.5, 0.9)), most=10_000)
    assert brute(needed, follow, pledge.number) >= pledge.sure - 1e-9
    assert brute(needed, follow, pledge.number - 1) < pledge.sure
    assert pledge.chance(pledge.number) == pytest.approx(brute(needed, follow, pledge.number))


def test_no_number_reaches_what_is_wanted_where_it_is_often_out_of_reach():
    pledge = Pledge(np.array([5.0, 5.0, 5.0, np.inf]), most=100_000)
    assert pledge.number is None
    assert pledge.never == 0.25
    assert pledge.possible == pytest.approx(0.75, abs=1e-3)
    assert pledge.for_chance(0.7) is not None


def test_nobody_needs_to_promise_where_nobody_is_needed():
    assert Pledge(np.zeros(3)).number == 0


def test_more_who_promise_are_never_less_likely_to_be_enough():
    pledge = Pledge(np.array([3.0, 9.0, 20.0]), FollowThrough(2, 1))
    chances = [pledge.chance(n) for n in range(200)]
    assert (np.diff(chances) >= -1e-12).all()


def test_once_people_have_acted_only_the_critical_mass_is_uncertain():
    pledge = Pledge(np.array([3.2, 9.0, 20.0, np.inf]))
    assert [pledge.once_acted(n) for n in (3, 4, 9, 1000)] == [0, 0.25, 0.5, 0.75]


def test_each_uncertainty_costs_people():
    known = Pledge(np.full(9, 100.0), FollowThrough(6, 2))
    assert known.if_needed_were_known == known.number
    assert known.if_follow_through_were_known < known.number
    steady = Pledge(np.exp(np.linspace(4, 5.2, 99)), FollowThrough(6e6, 2e6))
    assert steady.if_needed_were_known < steady.number
    assert steady.if_follow_through_were_known == pytest.approx(steady.number, abs=1)


def test_kept_and_broken_promises_are_learnt_from():
    assert FollowThrough().after(kept=6, broken=0) == FollowThrough(9, 1)
    assert FollowThrough().after(kept=0, broken=6).mean == pytest.approx(0.3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: FollowThrough(0, 1),
        lambda: FollowThrough().after(kept=-1, broken=0),
        lambda: Pledge(np.array([])),
        lambda: Pledge(np.array([np.nan])),
        lambda: Pledge(np.array([-1.0])),
        lambda: Pledge(np.array([1.0]), sure=1.0),
        lambda: Pledge(np.array([1.0]), most=0),
    ],
)
def test_impossible_pledges_are_refused(wrong):
    with pytest.raises(ParameterError):
        wrong()


def test_in_simulated_campaigns_the_number_is_enough_in_nineteen_of_twenty():
    """The critical mass is known up to a factor, and the follow-through by 20 earlier promises."""
    rng, enough = np.random.default_rng(3), []
    spread, needed = 0.2, 200
    quantiles = np.quantile(rng.normal(0, spread, 100_000), np.linspace(0.001, 0.999, 400))
    for _ in range(300):
        share = rng.beta(3, 1)
        kept = int(rng.binomial(20, share))
        follow = FollowThrough().after(kept=kept, broken=20 - kept)
        draws = np.exp(np.log(needed) + rng.normal(0, spread) + quantiles)
        enough.append(binom.sf(needed - 1, Pledge(draws, follow).number, share))
    assert 0.92 <= np.mean(enough) <= 0.98
