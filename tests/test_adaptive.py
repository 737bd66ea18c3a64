"""Placement as trials come in: where blocks lie, when they end, and that they can be replayed."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import Adaptive, Outcome, read_study, run
from criticalmass.answers.finding import findings
from criticalmass.errors import ParameterError, StudyError
from criticalmass.fitting import FittedCurve
from criticalmass.measures.fitting import attainable
from criticalmass.studies import Store
from criticalmass.studies.adaptive import BLOCK, FEWEST
from criticalmass.studies.facts import facts_of
from criticalmass.studies.placement import Search, Tried
from criticalmass.words.finding import doubt

SEARCH = Search(size=10_000, recruitable=10_000, measure="included", target=0.9)


def follow(placement, success, search=SEARCH, *, noise=0.0, seed=0, records=1000):
    """Run a placement against a made-up truth; return its blocks of shares."""
    rng = np.random.default_rng(seed)
    tried, seen, block = [], [], [Tried(0.0, 0, Outcome(0.0, 0, records))]
    while points := placement.next_block(search, tried):
        assert len(set(points)) == len(points)
        assert not set(points) & {(share, 0) for share in itertools.chain(*seen)}
        assert placement.next_block(search, tried) == points, "it must be a pure function"
        seen.append([share for share, _ in points])
        for share, again in points:
            rate = success(share * np.exp(noise * rng.normal()))
            outcome = Outcome(share, int(rng.binomial(records, rate)), records)
            block.append(Tried(share, again, outcome))
        tried.append(block)
        block = []
    return seen


def sigmoid(mass, width=0.5):
    """A curve that is .9 at a share."""
    return lambda share: 1 / (1 + np.exp(-(np.log(share / mass) / width + np.log(9))))


def test_blocks_close_in_on_the_critical_mass():
    blocks = follow(Adaptive(), sigmoid(0.004), noise=0.1)
    assert len(blocks[0]) == BLOCK
    assert blocks[0][0] == 1 / 10_000
    assert blocks[0][-1] == 0.1
    assert all(0.002 < share < 0.008 for share in blocks[-1])
    assert max(blocks[-1]) / min(blocks[-1]) < 4 < max(blocks[0]) / min(blocks[0])
    assert FEWEST <= sum(map(len, blocks)) <= 64


@pytest.mark.parametrize("seed", range(4))
def test_the_last_block_has_the_critical_mass_inside(seed):
    last = follow(Adaptive(), sigmoid(0.004), noise=0.1, seed=seed)[-1]
    assert min(last) < 1.1 * 0.004  # the noise of its estimate
    assert max(last) > 0.004 / 1.1
    assert len(set(last)) == len(last)


def test_precision_costs_trials():
    rough, fine = (
        sum(map(len, follow(Adaptive(precision=p), sigmoid(0.01), noise=0.3))) for p in (0.5, 0.1)
    )
    assert FEWEST <= rough < fine <= 96


def test_a_mass_beyond_the_first_block_is_found():
    blocks = follow(Adaptive(), sigmoid(0.3, width=0.2))
    assert max(blocks[0]) == 0.1
    assert max(map(max, blocks)) > 0.25


def test_a_target_out_of_reach_ends_honestly():
    blocks = follow(Adaptive(), lambda share: 0.4 * sigmoid(0.01)(share))
    assert sum(map(len, blocks)) < 96
    assert max(map(max, blocks)) == 1.0  # not before everyone was tried


def test_nobody_needs_to_join():
    blocks = follow(Adaptive(), lambda share: 0.97)
    assert FEWEST <= sum(map(len, blocks)) <= 3 * BLOCK


def test_the_cap_holds():
    blocks = follow(Adaptive(precision=0.01, most=40), sigmoid(0.01), noise=1.0)
    assert sum(map(len, blocks)) == 40


def test_it_ends_where_only_more_test_records_would_help():
    gentle = sigmoid(0.01, width=0.8)
    few, many = (
        sum(map(len, follow(Adaptive(precision=0.05), gentle, noise=0.2, records=records)))
        for records in (200, 10**6)
    )
    assert few <= 40 < many


def test_what_test_records_alone_leave_open():
    truth, rng = sigmoid(0.01), np.random.default_rng(0)
    trials = [
        Outcome(a, int(rng.binomial(500, truth(a))), 500) for a in np.geomspace(0.001, 0.1, 10)
    ] * 8
    slope = 0.9 * 0.1 / 0.5  # of success over ln α, where it is .9
    assert attainable(FittedCurve.fit(trials), 0.9) == pytest.approx(
        np.expm1(1.96 * np.sqrt(0.9 * 0.1 / 500) / slope), rel=0.25
    )


def test_the_first_block_spreads_and_stays_above_low():
    (first, *_) = follow(Adaptive(low=0.15), sigmoid(0.3))
    assert min(first) >= 0.15
    assert max(first) == 1.0
    (first, *_) = follow(Adaptive(low=0.0977, high=0.1), sigmoid(0.3))
    assert min(first) >= 0.0977


def test_nothing_between_low_and_high():
    for high in (0.00005, 0.0001, 0.00014):  # nobody, or one person only
        with pytest.raises(ParameterError, match="no two sizes of collective lie between"):
            Adaptive(high=high).shares(SEARCH)
    assert Adaptive(high=0.0002).shares(SEARCH) == (0.0001, 0.0002)
    with pytest.raises(ParameterError, match="all who can be recruited"):
        Adaptive(low=0.2).shares(Search(200, 30, "included", 0.9))


def test_a_tiny_precision_is_only_a_tiny_precision():
    blocks = follow(Adaptive(precision=1e-300, most=16), sigmoid(0.01), records=10**6)
    assert sum(map(len, blocks)) == 16


def test_a_wider_precision_needs_nothing_that_a_finer_one_had_not():
    rough, fine = (follow(Adaptive(precision=p), sigmoid(0.01), noise=0.3) for p in (0.4, 0.15))
    assert len(rough) < len(fine)
    assert fine[: len(rough)] == rough


def test_everybody_at_once_is_not_tried_again_and_again():
    """Such trials have all members in common: they tell the same."""
    shares = list(itertools.chain(*follow(Adaptive(precision=0.01), sigmoid(0.9), noise=0.1)))
    assert 0 < shares.count(1.0) <= 2
    assert sum(0.8 < share < 1 for share in shares) >= 8


def test_success_that_falls_again_is_placed_where_it_rises():
    """A platform that filters the mark once 5 % carry it."""
    for seed in range(3):
        blocks = follow(
            Adaptive(),
            lambda share: sigmoid(0.01)(share) if share < 0.05 else 0.02,
            noise=0.05,
            seed=seed,
        )
        assert all(0.002 < share < 0.05 for block in blocks[1:] for share in block)
        assert FEWEST <= sum(map(len, blocks)) <= 64


def test_trials_end_where_only_more_test_records_would_narrow_the_interval():
    """Fifty of them cannot tell .9 from .98: more trials would be for nothing."""
    blocks = follow(Adaptive(), lambda share: 0.98 * sigmoid(0.01)(share) / 0.99, records=50)
    assert sum(map(len, blocks)) <= 72


def test_few_recruits_and_few_people():
    search = Search(size=200, recruitable=30, measure="included", target=0.9)
    shares = set(itertools.chain(*follow(Adaptive(), sigmoid(0.05), search)))
    assert max(shares) <= 30 / 200
    assert all(share * 200 == pytest.approx(round(share * 200)) for share in shares)


def test_steered_success_is_tried_at_each_share_thrice():
    search = Search(size=1000, recruitable=1000, measure="distance", target=0.9)
    first = Adaptive().next_block(search, [])
    assert len(first) == 12
    assert {again for _, again in first} == {0, 1, 2}
    tried = [Tried(a, again, Outcome(a, min(1.0, a / 0.02), 1)) for a, again in first]
    second = Adaptive().next_block(search, [tried])
    assert 0.001 < min(a for a, _ in second) <= max(a for a, _ in second) < 0.1


def test_a_placement_ends_where_every_trial_fails():
    failed = [Tried(share, again, None) for share, again in Adaptive().next_block(SEARCH, [])]
    assert Adaptive().next_block(SEARCH, [failed]) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"low": 0.0}, r"low is a share in \(0, 1\], not 0"),
        ({"high": 1.5}, "high is a share"),
        ({"low": 0.2, "high": 0.1}, "low = 0.2 is not below high = 0.1"),
        ({"precision": 0.0}, "precision is in"),
        ({"most": 8}, "at least 16 trials, not 8"),
        ({"most": 20.5}, "most must be an integer, not 20.5"),
        ({"most": float("nan")}, "most must be an integer, not nan"),
        ({"most": float("inf")}, "most must be an integer, not inf"),
    ],
)
def test_impossible_values_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        Adaptive(**wrong)


ADAPTIVE = {"placement": {"most": 24}}


def test_a_study_places_its_trials_and_resumes_in_the_middle_of_a_block(study_toml, tmp_path):
    study = read_study(study_toml(ADAPTIVE))
    assert study.placement == Adaptive(most=24)
    totals = []
    whole = run(study, tmp_path / "whole", watch=lambda done, total, row: totals.append(total))
    assert totals[0] == 1 + BLOCK < totals[-1] == len(whole) <= 25
    begun = []
    for stop in (3, 12):

        def interrupt(done, total, row, stop=stop):
            if done == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(study, tmp_path / f"{stop}", watch=interrupt)
        begun.clear()
        again = run(study, tmp_path / f"{stop}", watch=lambda done, *_: begun.append(done))
        assert begun[0] == stop  # all that is there is counted before anything is said
        assert [r.without_time() for r in again] == [r.without_time() for r in whole]
        with Store.open(tmp_path / f"{stop}") as store:
            assert len(store) == len(whole)
            assert store.finished()


def test_without_a_placement_it_is_adaptive(study_toml):
    assert read_study(study_toml({"placement": None})).placement == Adaptive()


def test_study_files_name_the_placement(study_toml):
    assert read_study(study_toml({"placement": "adaptive"})).placement == Adaptive()
    with pytest.raises(ParameterError, match="'adaptve'; did you mean 'adaptive'"):
        read_study(study_toml({"placement": "adaptve"}))
    for key, value in (("most", "20"), ("low", "0.1"), ("precision", True), ("most", True)):
        with pytest.raises(StudyError, match=f"placement.{key}"):
            read_study(study_toml({"placement": {key: value}}))
    with pytest.raises(ParameterError, match="placement: no two sizes of collective"):
        read_study(study_toml({"placement": {"high": 0.0001}}))
    with pytest.raises(StudyError, match="'adaptive', not 'grid', as points and repetitions do"):
        read_study(study_toml({"placement.most": 20}))
    with pytest.raises(StudyError, match="'points' belongs to kind = 'grid', not 'adaptive'"):
        read_study(study_toml({"placement.kind": "adaptive"}))


def test_an_answer_wider_than_asked_for_says_so(study_toml, tmp_path):
    study = read_study(study_toml({"placement": {"precision": 0.01, "most": 16}}))
    rows = run(study, tmp_path / "out")
    (finding,) = findings(facts_of(study), rows, headlines=True)
    assert finding.mass.reached
    assert "The range is wider than the ±1% that were asked for" in doubt(finding)
    few = (
        r"test records (leave about ±[0-9]+%|cannot tell how many are enough), whatever the trials"
    )
    assert re.search(few, doubt(finding))
    content = run(read_study(study_toml({"placement": {"precision": 1.0}})), tmp_path / "out")
    facts = replace(facts_of(study), placement={"precision": 1.0})
    assert "wider" not in doubt(findings(facts, content, headlines=True)[0])
