"""The number to act on: which of a plan's numbers it is, and what is said of it."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from criticalmass.answers.finding import findings
from criticalmass.curves import CriticalMass
from criticalmass.incentives import FollowThrough
from criticalmass.members.aim import Basis, aim_of
from criticalmass.members.plan import Plan
from criticalmass.strategies import Imperfect
from criticalmass.studies import Row
from criticalmass.studies.theory_record import Theory
from criticalmass.words.aim import act_on
from criticalmass.words.plan import _about_numbers, _stands
from support.findings import facts_of_texts, finding_of, rows_of_success
from support.rows import counts

SLIPPING = object.__new__(Imperfect)


def rising(members):
    return 0.05 + 0.93 / (1 + (40 / max(members, 0.1)) ** 2)


def planned(finding, members=40, *, done=0, inside=0, reached=None, slips=False, **follow):
    """A plan of so many members out of 10,000, for what a study found."""
    study = SimpleNamespace(
        population=range(10_000), strategies={"mark": SLIPPING if slips else None}
    )
    instructions = SimpleNamespace(
        edit=SimpleNamespace(members=range(members)),
        inside=inside,
        acting=range(members - done),
        done=range(done),
        joined=SimpleNamespace(study=study),
        strategy="mark",
    )
    row = None
    if reached is not None:
        results = counts(1000, included=round(1000 * reached))
        row = Row("k", "mark", 0.004, 0, 0.004, members, n=1000, results=results)
    return Plan(instructions, finding, row, FollowThrough().after(**follow) if follow else
                FollowThrough())  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return finding_of(rising)


@pytest.fixture(scope="module")
def few():
    """So few trials that the range has no upper end."""
    return finding_of(lambda m: rising(m) if m < 100 else 0.9, sizes=(0, 10, 100), repetitions=1)


def of_the_best_model(finding, sure):
    """The same finding where the study trains the best possible model, of which it is exact."""
    masses = CriticalMass.exactly(0.9, 0.011), CriticalMass(0.9, sure, sure, sure, 0.95)
    about = replace(
        finding.about, theory=Theory(10_000, refused={"bound": "none"}, people_masses=masses)
    )
    facts = replace(finding.facts, learner={"kind": "BayesOptimal"}, strategies={"mark": about})
    return replace(finding, facts=facts)


def test_it_is_the_upper_end_of_the_trials_and_promises_that_are_enough(found):
    aim = aim_of(planned(found))
    draws = np.ceil(found.curve.critical_masses(0.9) * 10_000 - 1e-9)
    assert (aim.basis, aim.have) == (Basis.TRIALS, 40)
    assert (
        aim.people
        == np.quantile(draws, 0.975, method="inverted_cdf")
        > found.mass.people(10_000)[0]
    )
    rng = np.random.default_rng(0)
    kept = rng.binomial(aim.promises, rng.beta(3, 1, 400_000))
    assert np.mean(kept >= rng.choice(draws, 400_000)) == pytest.approx(0.95, abs=0.003)
    assert act_on(aim) == (
        f"Act on this: {aim.people} people must do their part; ask {aim.promises} for a promise; "
        f"you have 40. {aim.people} is the upper end of the trials' range, because fewer may be "
        "too few."
    )


def test_no_fewer_are_asked_than_must_act_however_well_promises_are_kept(found):
    aim = aim_of(planned(found, kept=10**7, broken=0))
    assert aim.pledge.number < aim.people == aim.promises


def test_nobody_is_asked_where_all_have_acted_and_are_enough(found):
    aim = aim_of(planned(found, 200, done=200))
    assert (aim.have, aim.acted, aim.pledge) == (200, 200, None)
    assert "you have 200, of whom 200 have acted." in act_on(aim)
    assert "promise" not in act_on(aim)
    assert aim_of(planned(found, 20, done=20)).promises > 20


def test_where_no_number_of_promises_is_sure_all_who_can_are_asked(found):
    about = replace(found.about, recruitable=0.025)
    facts = replace(found.facts, strategies={"mark": about})
    scarce = planned(replace(found, facts=facts))
    scarce = replace(scarce, follow=FollowThrough(1, 9))
    aim = aim_of(scarce)
    assert aim.people < 250
    assert aim.pledge is not None
    assert aim.promises is None
    assert "ask all you can for a promise, because no number of promises makes it 95% sure" in (
        act_on(aim)
    )


def test_members_in_the_studys_records_are_no_part_of_the_number(found):
    aim = aim_of(planned(found, 40, done=15, inside=10))
    assert (aim.have, aim.acted) == (30, 5)


def test_a_number_beyond_all_that_was_tried_is_called_a_guess():
    found = finding_of(rising, sizes=(0, 10, 20, 50, 100, 135), repetitions=4)
    aim = aim_of(planned(found))
    assert aim.people > 135
    assert aim.guess
    assert act_on(aim).endswith("so many were not tried, so it is a guess.")


def test_members_who_slip_are_counted_and_nobody_is_asked_for_a_promise(found):
    aim = aim_of(planned(found, slips=True))
    assert aim.people == aim_of(planned(found)).people
    assert aim.pledge is None
    assert "Those who will slip, as the study says, are among them." in act_on(aim)


def test_a_range_without_an_upper_end_gives_no_number_unless_whole_people_are_exact(few):
    assert few.mass.people(10_000)[2] is None
    aim = aim_of(planned(few))
    assert aim.people is aim.promises is None
    assert act_on(aim).startswith("Act on no number yet: ")
    exact = aim_of(planned(of_the_best_model(few, 0.0131)))
    assert (exact.basis, exact.people) == (Basis.EXACT, 131)
    rng = np.random.default_rng(0)
    kept = rng.binomial(exact.promises, rng.beta(3, 1, 400_000))
    assert np.mean(kept >= 131) == pytest.approx(0.95, abs=0.003)
    assert act_on(exact).endswith(
        "131 is exact, because the study trains the best possible model: 95 of 100 groups of so "
        "many, drawn at random, get there."
    )
    trained_another = replace(
        of_the_best_model(few, 0.0131).facts, learner={"kind": "LinearText", "C": 1.0}
    )
    other = replace(of_the_best_model(few, 0.0131), facts=trained_another)
    assert aim_of(planned(other)).people is None


def test_exact_numbers_of_the_model_that_is_trained_come_before_the_trials(found):
    plan = planned(of_the_best_model(found, 0.0131))
    aim = aim_of(plan)
    assert (aim.basis, aim.people) == (Basis.EXACT, 131)
    assert plan.pledge.number != aim.promises
    assert aim_of(planned(of_the_best_model(found, 0.0))).basis is Basis.NOBODY
    promises = f"If {aim.promises} people out of 10,000 promise, enough of them act"
    assert promises in " ".join(part.line for part in _about_numbers(plan))


def test_exact_numbers_of_another_target_are_left_out(few):
    exact = of_the_best_model(few, 0.0131)
    facts = replace(exact.facts, target=0.8)
    assert aim_of(planned(replace(exact, facts=facts))).basis is not Basis.EXACT


def test_a_model_trained_with_their_records_counts_where_trials_do_not_fit(found):
    enough = aim_of(planned(found, 20, reached=0.95))
    assert (enough.basis, enough.people, enough.pledge) == (Basis.MEASURED, 20, None)
    assert act_on(enough).startswith("Act on this: all 20 of you, because a model trained with")
    less = aim_of(planned(found, 400, reached=0.3))
    assert (less.basis, less.people) == (Basis.UNLIKE, None)
    assert "Find out in what your records differ" in act_on(less)


@pytest.mark.parametrize(
    ("success", "basis", "said"),
    [
        (lambda m: 0.95, Basis.NOBODY, "nobody needs to join"),
        (lambda m: 0.3 + m / 10_000, Basis.NOT_REACHED, "no collective that was tried gets there"),
    ],
)
def test_where_there_is_no_number_it_says_why(success, basis, said):
    aim = aim_of(planned(finding_of(success)))
    assert aim.basis is basis
    assert said in act_on(aim)


def test_a_mark_that_the_model_does_not_see_gives_no_number_to_act_on():
    strategies = {"mark": replace(facts_of_texts().strategies["mark"], unseen="~")}
    aim = aim_of(planned(finding_of(rising, strategies=strategies)))
    assert (aim.basis, aim.people) == (Basis.UNSEEN, None)
    assert "does not see the mark" in act_on(aim)


def test_trials_in_which_nobody_changed_anything_give_no_number_to_act_on():
    idle = [replace(row, changed=0) for row in rows_of_success(lambda m: 0.6)]
    (found,) = findings(facts_of_texts(), idle)
    aim = aim_of(planned(found))
    assert (aim.basis, aim.people) == (Basis.NOTHING_CHANGED, None)
    assert "hardly any member of the trials had anything to change" in act_on(aim)


def test_where_success_is_lost_again_it_says_from_where_on():
    found = finding_of(lambda m: rising(m) if m < 500 else 0.2)
    aim = aim_of(planned(found, 600))
    assert found.fall is not None
    assert aim.pledge is None
    if aim.people is not None:
        assert aim.people < aim.lost == math.ceil(found.fall.lost * 10_000)
        assert f"Be fewer than {aim.lost}: with so many it is lost again." in act_on(aim)
    else:
        assert aim.basis is Basis.LOST


def test_every_basis_without_a_number_has_a_sentence_of_its_own(found):
    aim = aim_of(planned(found))
    without = [basis for basis in Basis if basis not in (Basis.TRIALS, Basis.EXACT)]
    told = {act_on(replace(aim, basis=basis, people=None)) for basis in without[2:]}
    assert len(told) == len(without[2:])
    assert facts_of_texts().target == 0.9


def test_members_who_miss_the_target_by_their_own_training_hear_that_and_no_number(found):
    """Enough by the trials, 5 points below the band and below 90%: within a tenth of the band."""
    plan = planned(found, 200, reached=0.88)
    assert plan.lacking[0] == 0
    assert plan.band[0] - 0.1 < plan.measured < plan.band[0]
    assert plan.probability > 0.95
    aim = aim_of(plan)
    assert (aim.basis, aim.people, aim.promises) == (Basis.UNLIKE, None, None)
    assert act_on(aim).startswith("Act on no number yet: a model trained with exactly your records")
    verdict = " ".join(_stands(plan))
    assert verdict.startswith("A model trained with exactly their records gives ")
    assert "88%" in verdict
    assert "They are enough" not in verdict
    assert "so nobody can say whether they are enough" in verdict
    assert "Promises" not in [part.about for part in _about_numbers(plan)]
    assert aim_of(planned(found, 200, reached=0.91)).basis is Basis.TRIALS
