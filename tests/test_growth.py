"""A kept size law at populations of every size, against the law it was kept of and by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from criticalmass.answers.growth import LARGEST, POINTS, growth_of
from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.errors import ParameterError
from criticalmass.fitting import SizeLaw

SIZES = (1000, 4000, 16_000)


def kept(people, sizes=SIZES, verdict="BETWEEN", confidence=0.95):
    return LawNumbers(
        10**6, sizes, people, (0.5, 0.4, 0.6), verdict, (1.0, 2.0), (1.0, 2.0), confidence
    )


def kept_of(law):
    people = tuple((each.value, each.low, each.high) for each in law.measured)
    return kept(people, law.sizes, law.verdict.name, law.confidence)


@pytest.mark.parametrize("people", [(20, 40, 80), (30, 33, 36), (15, 50, 170)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_a_kept_law_says_what_the_law_itself_says(people, confidence):
    """The law itself has other draws than those that are made anew from what was kept of it."""
    noise = np.random.default_rng(5).normal(size=(20_000, 3)) * (0.12, 0.08, 0.05)
    law = SizeLaw(SIZES, np.array(people) * np.exp(noise), confidence)
    growth = growth_of(kept_of(law))
    assert growth.verdict == law.verdict.name
    for population in (1000, 1234, 5000, 40_000, 300_000, 7_654_321, 10**9):
        union = law.at(population).union
        assert growth.at(population) == pytest.approx(
            [union.low, union.value, union.high], rel=0.06
        )


def test_numbers_that_are_known_for_certain_go_on_as_both_laws_do():
    heads = growth_of(kept(((21.0,) * 3,) * 3))
    share = growth_of(kept(tuple((size / 100,) * 3 for size in SIZES)))
    for population in (1000, 1001, 77_777, 123_456_789, 10**9):
        assert heads.at(population) == pytest.approx([21.0] * 3)
        assert share.at(population) == pytest.approx([population / 100] * 3)
        assert heads.draws(population, 7) == pytest.approx([21.0] * 7)


def test_at_its_own_sizes_a_population_has_the_numbers_of_the_law():
    people = ((20.0, 16.0, 26.0), (40.0, 36.0, 44.0), (80.0, 75.0, 85.0))
    growth = growth_of(kept(people))
    assert (growth.sizes[0], growth.sizes[-1], len(growth.sizes)) == (1000, LARGEST, POINTS)
    for place, population in enumerate(growth.sizes):
        assert np.array_equal(growth.at(int(population)), growth.people[place])
    # between two sizes numbers lie on a straight line in logarithms
    for population in (1500, 123_456, 5 * 10**8):
        straight = [
            np.interp(math.log(population), np.log(growth.sizes), np.log(ends))
            for ends in growth.people.T
        ]
        assert growth.at(population) == pytest.approx(np.exp(straight), rel=1e-12)


def test_draws_have_the_middle_and_the_ends_of_the_law():
    people = ((20.0, 12.0, 26.0), (40.0, 30.0, 44.0), (80.0, 60.0, 105.0))
    growth = growth_of(kept(people, confidence=0.9))
    for population in (1000, 50_000, 10**8):
        draws = growth.draws(population, 4000)
        low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
        assert [low, middle, high] == pytest.approx(growth.at(population), rel=0.01)
        assert (np.diff(draws) > 0).all()


def test_nobody_is_more_than_everybody():
    growth = growth_of(kept(((900.0, 500.0, 990.0), (3900.0, 3000.0, 3990.0), (1.6e4,) * 3)))
    for population in (1000, 1100, 123_457, 10**9):
        assert (growth.at(population) <= population).all()


def test_fewer_people_than_were_measured_are_not_spoken_of():
    growth = growth_of(kept(((21.0,) * 3,) * 3))
    assert [growth.knows(n) for n in (1, 999, 1000, 10**9)] == [False, False, True, True]


def test_an_open_end_leaves_a_law_without_a_number():
    numbers = kept(((21.0, 0.0, math.inf), (21.0, 20.0, 22.0), (21.0, 20.0, 22.0)))
    assert growth_of(numbers) is None
    known = replace(numbers, people=((21.0, 1.0, 40.0), *numbers.people[1:]))
    assert growth_of(known) is not None
    assert growth_of(replace(known, sizes=(1000, 4000, 10**9))) is not None
    assert growth_of(replace(known, sizes=(10**9, 10**9 + 1, 10**9 + 2))) is None


def test_two_sizes_are_no_law():
    numbers = kept(((21.0,) * 3,) * 2, sizes=SIZES[:2])
    with pytest.raises(ParameterError, match="takes three sizes or more"):
        growth_of(numbers)
