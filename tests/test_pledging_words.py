"""The pledge number in sentences, and in plans."""

import numpy as np
import pytest

from criticalmass.incentives import FollowThrough, Pledge
from criticalmass.words.pledging import pledges, promised

UNSURE = np.exp(np.linspace(4.2, 5.4, 101))


def test_a_pledge_number_comes_with_its_reason():
    pledge = Pledge(UNSURE, FollowThrough(300, 100))
    told = pledges(pledge, 6000)
    assert told.startswith(f"If {pledge.number} people promise in a population of 6,000, enough")
    assert "About 75% of promises are kept, by what is known of yours." in told
    assert f"exactly how many must act, {pledge.if_needed_were_known} people would do" in told


def test_the_dearer_uncertainty_is_told():
    pledge = Pledge(np.full(5, 100.0))
    told = pledges(pledge, 6000)
    assert "is not known yet" in told
    assert "Were it known exactly how many promises are kept" in told
    assert f"{pledge.if_follow_through_were_known} people would do" in told
    known = Pledge(np.full(5, 100.0), FollowThrough(3e7, 1e7))
    assert "Were it known" not in pledges(known, 6000)


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
    assert told.endswith(f"promise, that probability is {chance}.")
