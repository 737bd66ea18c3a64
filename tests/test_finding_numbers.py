"""What a finding says in numbers, from rows and curves that are made up, up to every border."""

import math
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import CriticalMass, Incentives
from criticalmass.answers.comparing import contrast, shared_measure, with_first
from criticalmass.answers.finding import Finding, Narrowing, Status, findings
from criticalmass.answers.joining import Paying, paying
from criticalmass.answers.tables import sizes_tried
from criticalmass.answers.theory import Comparison, Judgement, compare
from criticalmass.curves import PathCurve
from criticalmass.fitting.falling import Fall
from criticalmass.measures.fitting import attainable
from criticalmass.studies import Row
from criticalmass.studies.adaptive import BLOCK
from criticalmass.studies.facts import Facts, PopulationFacts, StrategyFacts
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.finding import doubt
from support.rows import counts

SIZE = 1000
FACTS = Facts(
    target=0.9,
    measures=("included",),
    population=PopulationFacts(size=SIZE),
    strategies={"mark": StrategyFacts(measures=("included", "top1"))},
)


def row(members, rate=0.5, repetition=0, **more):
    return Row(
        f"{members}/{repetition}", "mark", members / SIZE, repetition, members / SIZE, members,
        n=100, results=counts(100, included=round(100 * rate), top1=round(100 * rate)),
        **{"changed": members, **more},
    )  # fmt: skip


def found(mass=None, rows=(), curve=None, fall=None, measure="included", failed=(), **facts):
    """A finding as it is put together, without any fitting."""
    kept = replace(FACTS, **facts)
    return Finding("mark", measure, kept, tuple(rows), tuple(failed), curve, mass, fall)


def wide(alpha=0.02):
    return CriticalMass(0.9, alpha, alpha / 2, alpha * 2, 0.95)


TRIED = [row(0), *(row(m, 0.05 if m < 20 else 0.97, r) for m in (10, 20, 40) for r in (0, 1))]


@pytest.mark.parametrize(
    ("changes", "placement", "narrowing"),
    [
        ({}, {}, None),  # nothing was asked for
        ({"mass": None}, {"precision": 0.1}, None),
        ({"mass": CriticalMass(0.9, 0.0, 0.0, 0.02)}, {"precision": 0.1}, None),
        ({"measure": "top1"}, {"precision": 0.1}, None),  # it was placed by the first
        ({}, {"precision": 1.0}, None),  # as narrow as that
        ({"mass": CriticalMass(0.9, 0.0105, 0.0095, 0.0105)}, {"precision": 0.01}, None),  # whole
        ({}, {"precision": 0.99, "most": 96}, Narrowing.MORE_TRIALS),
        ({}, {"precision": 0.1, "most": 6 + BLOCK}, Narrowing.MORE_TRIALS),
        ({}, {"precision": 0.1, "most": 5 + BLOCK}, Narrowing.MORE_ALLOWED),
        (
            {"mass": wide(0.05)},
            {"precision": 0.1, "high": 0.04, "most": 9},
            Narrowing.LARGER_COLLECTIVES,
        ),
        ({"mass": wide(0.05)}, {"precision": 0.1, "most": 99}, Narrowing.MORE_TRIALS),
        ({"mass": wide(0.04)}, {"precision": 0.1, "high": 0.04, "most": 99}, Narrowing.MORE_TRIALS),
        (
            {"rows": [row(m, 0.97) for m in (20, 40)], "mass": wide(0.01)},
            {"precision": 0.1, "low": 0.02, "most": 9},
            Narrowing.SMALLER_COLLECTIVES,
        ),
        (
            {"rows": [row(m, 0.97) for m in (20, 40)], "mass": wide(0.01)},
            {"precision": 0.1, "most": 99},
            Narrowing.MORE_TRIALS,
        ),
        ({"resampled": True}, {"precision": 0.1, "most": 99}, Narrowing.POPULATIONS),
        (
            {"fall": Fall(None, 0.04, 0.02, 0.8, 0.1)},
            {"precision": 0.1, "most": 99},
            None,  # success falls and never gets there: no critical mass to narrow
        ),
        (
            {"fall": Fall((0.02, 0.02), 0.04, 0.02, 0.97, 0.1)},
            {"precision": 0.1, "most": 99},
            Narrowing.MORE_TRIALS,
        ),
    ],
)  # fmt: skip
def test_every_way_to_narrow_an_interval(changes, placement, narrowing):
    changes = {"mass": wide(), "rows": TRIED, **changes}
    resampled = changes.pop("resampled", False)
    population = PopulationFacts(size=SIZE, resampled=resampled)
    finding = found(**changes, placement=placement, population=population)
    assert finding.narrowing is narrowing
    assert finding.attainable == 0  # no curve was fitted


def test_test_records_count_for_a_curve_of_counts_alone():
    (fitted,) = findings(
        replace(FACTS, strategies={"mark": StrategyFacts(measures=("included",))}),
        [
            row(0, 0.02),
            *(row(m, m**2 / (m**2 + 60), r) for m in (4, 8, 16, 32, 64) for r in (0, 1)),
        ],
    )
    assert fitted.attainable == attainable(fitted.curve, 0.9) > 0
    assert found(wide(), TRIED).attainable == 0
    assert not found(wide(), TRIED).still_rising
    assert found(wide(), TRIED).misfit is None
    assert found(wide(), TRIED).reliably is None
    assert replace(fitted, mass=None).reliably is None
    assert replace(fitted, mass=CriticalMass.exactly(0.9, 0.0)).reliably is None
    assert fitted.reliably == fitted.curve.in_most_trainings(0.9)


def test_the_farthest_misfit_is_told():
    sizes = (60, 80, 100, 120, 140, 160, 180, 220)
    rates = {m: 0.3 if m < 100 else 0.8 if m < 150 else 0.93 for m in sizes}
    trials = [row(0, 0.3), *(row(m, rates[m], r) for m in sizes for r in (0, 1, 2))]
    facts = replace(FACTS, strategies={"mark": StrategyFacts(measures=("included",))})
    (finding,) = findings(
        facts,
        [
            replace(t, n=1000, results=counts(1000, included=10 * t.results["included"].successes))
            for t in trials
        ],
    )
    near = finding.curve.near(0.9)
    off = near.misfit(near.outcomes)
    assert len({abs(by) for by in off.values()}) > 1
    share, by = finding.misfit
    assert off[share] == by
    assert abs(by) == max(abs(other) for other in off.values())


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rows": [], "failed": [row(5, error="x")], "mass": None}, Status.ALL_FAILED),
        ({"rows": [row(0)], "failed": [row(5, error="x")], "mass": None}, Status.ALL_FAILED),
        ({"rows": [], "failed": [row(0, error="x")], "mass": None}, Status.NOT_ENOUGH),
        ({"rows": [row(0)], "mass": wide()}, Status.NOT_ENOUGH),
        ({"mass": None}, Status.NOT_ENOUGH),
        ({"fall": Fall((0.0, 0.01), 0.04, 0.0, 0.97, 0.1)}, Status.NOBODY_NEEDED),
        ({"fall": Fall((0.01, 0.02), 0.04, 0.02, 0.97, 0.1)}, Status.FALLS),
        ({"fall": Fall(None, 0.04, 0.02, 0.8, 0.1)}, Status.FALLS),
        ({"mass": CriticalMass.exactly(0.9, 0.0)}, Status.NOBODY_NEEDED),
        ({"mass": CriticalMass.unreached(0.9, "never")}, Status.NOT_REACHED),
        ({"mass": wide(0.04)}, Status.FOUND),
        ({"mass": wide(0.041)}, Status.LAST_TRIED),  # which got there by itself
        ({"mass": wide(0.041), "rows": [row(20, 0.5), row(40, 0.89)]}, Status.BEYOND_TRIED),
        ({"mass": wide(0.041), "rows": [row(20, 0.5), row(40, 0.9)]}, Status.LAST_TRIED),
        ({"rows": [row(m, 0.97) for m in (2, 40)]}, Status.BELOW_TRIED),
        ({"rows": [row(m, 0.97) for m in (1, 40)]}, Status.FOUND),
    ],
)
def test_every_status_is_told_apart(changes, status):
    assert found(**{"mass": wide(), "rows": TRIED, **changes}).status is status


def test_numbers_are_means_of_the_rows():
    rows = [
        row(0, 0.1),
        row(0, 0.3),
        row(10, 0.5),
        row(10, 0.7, changed=4),
        row(40, 0.9, changed=1),
    ]
    finding = found(rows=rows)
    assert finding.floor == pytest.approx(0.2)
    assert finding.tried == pytest.approx({10: 0.6, 40: 0.9})
    assert finding.trials == 3
    assert finding.largest == [rows[4]]
    assert finding.acting == pytest.approx((10 + 4 + 1) / 60)
    assert found(rows=rows[:2]).acting == 1
    assert found(rows=rows[2:]).floor is None
    assert found().tried == {}
    assert not found(rows=rows).only_by_everybody


@pytest.mark.parametrize(
    ("mass", "looked_at"),
    [
        (None, 100),
        (CriticalMass.unreached(0.9, "never"), 100),
        (CriticalMass.exactly(0.9, 0.0), 100),
        (CriticalMass.exactly(0.9, 0.031), 10),  # √(10 · 100) = 31.6 people lie halfway
        (CriticalMass.exactly(0.9, 0.032), 100),
        (CriticalMass.exactly(0.9, 0.004), 10),
    ],
)
def test_what_others_lose_is_looked_at_at_the_nearest_size(mass, looked_at):
    """Nearest by the quotient of the two numbers of people."""
    rows = [
        row(members, otherwise=share)
        for members, share in ((0, 0.01), (0, 0.03), (10, 0.1), (10, 0.2), (100, 0.5), (100, 0.7))
    ]
    told = found(mass, rows).otherwise
    assert told.members == looked_at
    assert told.without == pytest.approx(0.02)
    assert told.among == pytest.approx({10: 0.15, 100: 0.6}[looked_at])
    assert found(mass, rows[:2]).otherwise is None
    assert found(mass, rows[2:]).otherwise is None


@pytest.mark.parametrize(("repetitions", "warned"), [(11, True), (12, False)])
def test_from_twelve_trials_on_nobody_is_warned(repetitions, warned):
    rows = [row(m, m / (m + 2), r) for r in range(repetitions // 2) for m in (10, 40)]
    rows += [row(20, 0.9, 99)] * (repetitions % 2)
    (finding,) = findings(
        replace(
            FACTS, strategies={"mark": StrategyFacts(measures=("included",), target_label="a")}
        ),
        [row(0, 0.01), *rows],
    )
    assert finding.trials == repetitions
    assert ("trials only: more would say more" in doubt(finding)) == warned


def test_the_headline_is_the_first_measure():
    rows = [row(0, 0.1), row(10, 0.5), row(40, 0.9)]
    assert [one.measure for one in findings(FACTS, rows)] == ["included", "top1"]
    assert [one.measure for one in findings(FACTS, rows, headlines=True)] == ["included"]


# theory beside measurement


@pytest.mark.parametrize(
    ("mass", "judgement"),
    [
        (None, Judgement.TOO_FEW_TRIALS),
        (CriticalMass.unreached(0.9, "never"), Judgement.NOT_TRIED),
        (CriticalMass(0.9, 0.1, 1 / 11, 0.2), Judgement.AGREES),
        (CriticalMass(0.9, 0.1, 0.092, 0.2), Judgement.MORE_NEEDED),
        (CriticalMass(0.9, 0.05, 0.04, 0.0908), Judgement.FEWER_NEEDED),
        (CriticalMass(0.9, 0.05, 0.04, 0.0910), Judgement.AGREES),
    ],
)
def test_what_trials_make_of_a_promise_of_a_share_of_one_eleventh(mass, judgement):
    theory = Theory(SIZE, bound=FeatureLabelBound(0.01))
    assert Comparison(found(mass, TRIED), theory).judgement is judgement
    assert FeatureLabelBound(0.01).critical_mass(0.9).alpha == pytest.approx(1 / 11)


def test_collectives_that_did_not_get_there_need_more_than_was_promised():
    never = CriticalMass.unreached(0.9, "never")
    theory = Theory(SIZE, bound=FeatureLabelBound(0.001))
    promised = theory.bound.critical_mass(0.9).alpha  # about 1 in 100
    rows = [row(0), replace(row(10), alpha=promised)]
    assert Comparison(found(never, rows), theory).judgement is Judgement.MORE_NEEDED
    assert Comparison(found(never, rows), Theory(SIZE)).judgement is Judgement.NO_PROMISE
    assert compare(found(never, rows)) is None


# comparing, paying, tables


def test_two_answers_share_a_measure_in_the_order_of_the_first():
    assert shared_measure(["a", "b"], ["b", "a"]) == "a"
    assert shared_measure(["a"], ["b"]) is None


def test_strategies_without_a_measure_in_common_are_left_out():
    both = {
        "mark": StrategyFacts(measures=("included",)),
        "erase": StrategyFacts(measures=("top1",)),
    }
    rows = [row(10), replace(row(10), strategy="erase", key="e")]
    assert with_first(findings(replace(FACTS, strategies=both), rows)) == []


def test_a_ratio_needs_two_curves():
    first, second = (
        found(wide(), TRIED),
        found(wide(), [replace(r, key=r.key + "b") for r in TRIED]),
    )
    assert first.status is Status.FOUND
    assert contrast(first, second).ratio is None
    assert contrast(first, second).without_answer == []


LINE = PathCurve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))


def test_what_incentives_are_set_beside():
    assert paying(found(wide(), TRIED, curve=LINE)) is None
    costs = Incentives(0.5)
    assert paying(found(wide(), TRIED, incentives=costs)) is None
    beside = paying(found(wide(), TRIED, curve=LINE, incentives=costs))
    assert (beside.size, beside.recruitable, beside.tried) == (SIZE, 1.0, 0.04)
    assert paying(found(wide(), [], curve=LINE, incentives=costs), 70).size == 70
    assert paying(found(wide(), [], curve=LINE, incentives=costs)).tried == 1.0


def test_at_least_one_of_few_people_may_join():
    few = Paying(Incentives((0.1, 0.2)), LINE, size=4, recruitable=0.1)
    assert len(few.dynamics) == 1
    assert len(replace(few, recruitable=0.5).dynamics) == 2
    assert Paying(Incentives(0.1), LINE, 4).tried == 1.0


def test_a_collective_of_some_begins_and_the_rest_follow():
    """Joining at m of 10 is worth m/10: one begins, the next pays .09 for .1, and so on to .49."""
    costs = (0.05, 0.09, 0.19, 0.29, 0.39, 0.49, *(2.0,) * 4)
    some = Paying(Incentives(costs), LINE, size=10)
    assert some.alone == 0  # with nobody there it is worth nothing
    assert (some.tip, some.top) == (1, 6)
    assert [some.becomes(members) for members in (0, 1, 3)] == [0, 6, 6]
    assert some.alike is False
    assert Paying(Incentives(0.1), LINE, 4).alike


def test_trials_of_a_size_in_one_row():
    rows = [
        row(10, rate, r, accuracy=a, precision=p, recall=c, otherwise=o, mean_error=e, changed=g)
        for r, (rate, a, p, c, o, e, g) in enumerate(
            [(0.2, 0.5, 0.1, 0.3, 0.01, None, 4), (0.6, 0.7, 0.3, 0.5, 0.03, 2.0, 8)]
        )
    ]
    (table,) = sizes_tried([found(rows=rows)])
    assert (table.members, table.alpha, table.trials, table.changed) == (10, 0.01, 2, 6)
    spread = table.rates["included"]
    assert (spread.low, spread.mean, spread.high) == pytest.approx((0.2, 0.4, 0.6))
    means = (table.accuracy, table.precision, table.recall, table.otherwise)
    assert means == pytest.approx((0.6, 0.2, 0.4, 0.02))
    assert table.mean_error == 2.0
    (nothing,) = sizes_tried([found(rows=rows[:1])])
    assert nothing.mean_error is None
    assert not math.isnan(nothing.otherwise)
