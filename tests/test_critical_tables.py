"""Tables of a strategy: how many people it takes for several successes, counted three ways."""

from dataclasses import replace

import pytest

from criticalmass.answers.finding import Finding, findings
from criticalmass.answers.tables import TARGETS, masses_wanted, sizes_tried
from criticalmass.fitting import SigmoidCurve
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from support.rows import counts

SIZE = 10_000


def finding(success, sizes=(0, 5, 10, 20, 50, 100, 200, 500, 1000), recruitable=1.0) -> Finding:
    facts = Facts(
        target=0.8,
        measures=("included",),
        population=PopulationFacts(size=SIZE),
        strategies={"mark": StrategyFacts(measures=("included",), recruitable=recruitable)},
    )
    rows = [
        Row(f"{m}/{r}", "mark", m / SIZE, r, m / SIZE, m, changed=m + r, n=1000,
            results=counts(1000, included=round(1000 * success(m)) + r))
        for m in sizes
        for r in range(3)
    ]  # fmt: skip
    (found,) = findings(facts, rows)
    return found


def rising(low, high, half):
    """Return a success that rises from one number to another, half of it with so many people."""
    return lambda members: low + (high - low) * members**2 / (members**2 + half**2)


def masses(found):
    return {wanted.target: wanted for wanted in masses_wanted([found])}


def test_every_target_has_its_numbers_of_people():
    found = finding(rising(0.02, 0.97, 50))
    table, sigmoid = masses(found), SigmoidCurve.fit(found.outcomes)
    assert list(table) == sorted({*TARGETS, 0.8})
    assert [target for target, wanted in table.items() if wanted.own] == [0.8]
    for target, wanted in table.items():
        assert wanted.mass == found.curve.critical_mass(target)
        assert wanted.people == wanted.mass.people(SIZE)
    for target in (0.5, 0.75, 0.8, 0.9):
        assert table[target].sigmoid == sigmoid.critical_mass(target).people(SIZE)[0]
        assert not table[target].guess


def test_more_than_were_tried_is_a_guess():
    table = masses(finding(rising(0.01, 0.99, 400), sizes=(0, 50, 100, 200, 300, 500)))
    assert table[0.5].mass.alpha < 0.045
    assert [table[0.5].guess, table[0.9].guess] == [False, True]
    never = masses(finding(rising(0.01, 0.3, 50)))[0.99]
    assert not never.mass.reached
    assert not never.guess


def test_the_sigmoid_does_not_say_that_nobody_is_needed_or_more_than_could_join():
    high = finding(rising(0.7, 0.97, 50))
    assert SigmoidCurve.fit(high.outcomes).critical_mass(0.5).alpha == 0
    assert masses(high)[0.5].sigmoid is None
    assert masses(high)[0.9].sigmoid > 0
    few = finding(rising(0.02, 0.97, 50), sizes=(0, 5, 10, 20, 30, 40, 60, 100), recruitable=0.011)
    assert few.curve.largest == pytest.approx(0.011)
    beyond = SigmoidCurve.fit(few.outcomes).critical_mass(0.9)
    assert beyond.reached
    assert beyond.alpha > few.curve.largest
    assert masses(few)[0.9].sigmoid is None
    assert masses(few)[0.5].sigmoid == pytest.approx(50, abs=3)


def test_without_a_curve_there_are_no_masses():
    found = finding(rising(0.02, 0.97, 50))
    assert masses_wanted([replace(found, curve=None)]) == []


def test_trials_of_one_size_are_summed_up():
    table = sizes_tried([finding(rising(0.0, 0.8, 100), sizes=(100, 0))])
    assert [each.members for each in table] == [0, 100]
    assert [each.trials for each in table] == [3, 3]
    assert table[1].alpha == 0.01
    assert table[1].changed == pytest.approx(101)
    spread = table[1].rates["included"]
    assert (spread.low, spread.mean, spread.high) == pytest.approx((0.4, 0.401, 0.402))
    assert table[1].mean_error is None
