"""The pledge number in sentences, and in plans."""

from types import SimpleNamespace

import numpy as np
import pytest

from criticalmass import FeatureLabel, InsertToken
from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.members.plan import Plan
from criticalmass.strategies import Imperfect
from criticalmass.words.pledging import pledges, promised
from support.findings import finding_of

UNSURE = np.exp(np.linspace(4.2, 5.4, 101))


def test_a_pledge_number_comes_with_its_reason():
    pledge = Pledge(UNSURE, FollowThrough(300, 100))
    told = pledges(pledge, 6000)
    assert told.startswith(f"If {pledge.number} people out of 6,000 promise, enough")
    assert "about 75% of promises are kept, by what is known of yours." in told
    assert (
        f"exactly how many must act, {pledge.if_needed_were_known} people would be enough" in told
    )


def test_the_dearer_uncertainty_is_told():
    pledge = Pledge(np.full(5, 100.0))
    told = pledges(pledge, 6000)
    assert "because nothing is known of yours yet" in told
    assert "If you knew exactly how many promises are kept" in told
    assert f"{pledge.if_follow_through_were_known} people would be enough" in told
    known = Pledge(np.full(5, 100.0), FollowThrough(3e7, 1e7))
    assert "If you knew" not in pledges(known, 6000)


def test_a_number_that_cannot_be_met_is_told_with_the_next_best():
    needed = np.concatenate([np.full(7, 30.0), np.full(3, np.inf)])
    told = pledges(Pledge(needed, most=5000), 6000)
    assert told.startswith("No number of promises is enough with 95% probability in a ")
    assert "If all 5,000 people who could promise do, it is 70%." in told
    assert "With 30% probability no collective is enough, however many promise." in told
    assert "For a probability of 50% it takes" in told
    assert "For a probability of 80%" not in told


def test_too_few_people_could_promise_and_what_they_reach_is_told():
    told = pledges(Pledge(np.full(3, 100.0), FollowThrough(30, 10), most=140), 6000)
    assert "If all 140 people who could promise do, it is " in told
    assert "however many promise" not in told


def test_nobody_needs_to_promise_where_nobody_is_needed():
    assert pledges(Pledge(np.zeros(4)), 6000) == "Nobody needs to promise anything."


@pytest.mark.parametrize(("people", "chance"), [(1, "less than 1%"), (1_000_000, "more than 99%")])
def test_how_probable_it_is_with_those_who_promised(people, chance):
    told = promised(Pledge(UNSURE), people)
    assert told.endswith(f"who promise, the probability is {chance}.")


MARK = FeatureLabel(InsertToken("~"), "cook")


def planned(success, strategy=MARK):
    """Return a plan of 10,000 texts from a success for each number of people."""
    study = SimpleNamespace(population=range(10_000), strategies={"mark": strategy})
    instructions = SimpleNamespace(strategy="mark", joined=SimpleNamespace(study=study))
    return Plan(instructions, finding_of(success))


def rising(members):
    return 1 / (1 + (60 / max(members, 1e-9)) ** 2)


def test_a_plans_pledge_takes_every_draw_of_the_critical_mass():
    plan = planned(rising)
    people, low, high = plan.finding.mass.people(10_000)
    needed = plan.pledge.needed
    assert np.median(needed) == pytest.approx(people, abs=2)
    assert np.quantile(needed, (0.025, 0.975)) == pytest.approx((low, high), rel=0.1)
    assert (needed == np.ceil(needed)).all()
    assert plan.pledge.number > high  # some who promise do not act


def test_a_plan_asks_for_no_promises_where_members_slip_or_success_falls():
    assert planned(rising, Imperfect(MARK, 0.2)).pledge is None
    falling = planned(lambda members: rising(members) if members <= 200 else 0.1)
    assert falling.finding.fall is not None
    assert falling.pledge is None
