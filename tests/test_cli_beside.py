"""What others cost: the command ``theory`` with --beside and --others, its answer and sentences."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from criticalmass import Incentives
from criticalmass.answers.beside import OthersCost, others_cost
from criticalmass.cli.main import main
from criticalmass.curves import CriticalMass, Unreached, Why
from criticalmass.errors import ParameterError
from criticalmass.risks import Risk
from criticalmass.strategies import GradientNeutralizing, Ignore
from criticalmass.studies.theory import theories
from criticalmass.studies.theory_record import THEOREMS, Theory
from criticalmass.theory import FeatureLabelBesideBound
from criticalmass.words.beside import what_others_cost, who_else
from support.steered_people import people
from support.study_files import write_study

MARK = {"kind": "set-columns", "values": {"badge": "blue"}}
STUDY = {
    "name": "who is hired",
    "population": {"file": "people.csv", "label": "hired"},
    "learner": {"kind": "bayes-optimal"},
    "strategies": {
        "say yes": {"kind": "feature-label", "target_label": "yes", "signal": MARK},
        "say no": {"kind": "feature-label", "target_label": "no", "signal": MARK},
    },
    "success": {"target": 0.85},
}


@pytest.fixture
def study(tmp_path):
    """Write a study of 1,000 people, of whom 10 carry the mark: 2 are hired."""
    badge = np.where(np.arange(1000) < 10, "blue", "none")
    hired = np.where((np.arange(1000) % 2 == 0) & (np.arange(1000) > 5), "yes", "no")
    pd.DataFrame({"badge": badge, "hired": hired}).to_csv(tmp_path / "people.csv", index=False)
    return write_study(tmp_path / "study.toml", STUDY)


@pytest.fixture
def call(monkeypatch, capsys):
    """Return a function that runs a command and returns its exit code and what it printed."""

    def called(*words):
        monkeypatch.setattr("sys.argv", ["criticalmass", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return called


def exactly(alpha):
    return CriticalMass.exactly(0.9, alpha)


SHARES = "(counted in shares, fractions of people: whole people drawn at random are usually more)."
NEVER = CriticalMass.unreached(0.9, "nobody joins")


def test_the_cost_of_others_is_a_number_of_its_own():
    cost = OthersCost(1000, exactly(0.01), exactly(0.0425))
    assert (cost.people, cost.share) == (33, pytest.approx(0.0325))
    helped = OthersCost(1000, exactly(0.0425), exactly(0.0))
    assert (helped.people, helped.share) == (-42, -0.0425)
    assert OthersCost(1000, exactly(0.1), NEVER).share == math.inf
    assert OthersCost(1000, NEVER, exactly(0.1)).share == -math.inf
    assert math.isnan(OthersCost(1000, NEVER, NEVER).share)
    for pair in ((NEVER, exactly(0.1)), (exactly(0.1), NEVER), (NEVER, NEVER)):
        assert OthersCost(1000, *pair).people is None


@pytest.mark.parametrize(
    ("alone", "beside", "sentence"),
    [
        (0.01, 0.04, "For 90% the others cost 30 people: it takes 40 people (4.0%) beside them, "
         f"and 10 people (1.0%) alone {SHARES}"),
        (0.04, 0.039, "For 90% the others save 1 person: it takes 39 people (3.9%) beside them, "
         f"and 40 people (4.0%) alone {SHARES}"),
        (0.0, 0.0001, "For 90% the others cost nothing: it takes 1 person (0.10%), alone or beside "
         f"them {SHARES}"),
        (0.01, None, "Alone 10 people (1.0%) would do for 90%. Beside the others no number of "
         "people is sure of it, even if all the rest join: nobody joins."),
        (None, 0.01, "Only beside the others 90% is reached: with 10 people (1.0%)."),
        (None, None, "No collective is sure of 90%, alone or beside the others."),
    ],
)  # fmt: skip
def test_every_cost_has_its_sentence(alone, beside, sentence):
    masses = (NEVER if alpha is None else exactly(alpha) for alpha in (alone, beside))
    assert what_others_cost(OthersCost(1000, *masses), 0.9) == sentence


def test_it_says_who_else_acts():
    assert who_else({}, 0.0) == []
    assert who_else({"say no": 0.03}, 0.02) == [
        "Beside it, 3.0% of everybody follow “say no”.",
        "Up to 2.0% of everybody act as well, and may do whatever harms it most.",
    ]


def test_theory_says_what_a_group_with_another_label_costs(call, study):
    code, out, _ = call("theory", study, "--beside", "say no=0.03")
    assert code == 0
    # 1000 alpha + 2 (1 - alpha - .03) > 30 + 8 (1 - alpha - .03), alone 1000 alpha > 6 (1 - alpha)
    ours = math.ceil(1000 * (30 + 6 * 0.97) / 1006)
    assert f"the others cost {ours - 6} people: it takes {ours} people (3.6%) beside them" in out
    assert out.count("Beside it, 3.0% of everybody follow “say no”.") == 1  # not beside itself
    assert "say no (1,000 records" in out


def test_theory_of_others_of_whom_nothing_is_known_is_certain(call, study):
    code, out, _ = call("theory", study, "--others", 0.03, "--target", 0.9)
    assert code == 0
    assert out.count("Up to 3.0% of everybody act as well") == 2
    assert "certain from" in out
    printed = json.loads(call("theory", study, "--others", 0.03, "--target", 0.9, "--json")[1])
    (cost,) = printed["say yes"]["others_cost"]["masses"]
    (mass,) = printed["say yes"]["exact"]["masses"]
    assert cost["share"] == pytest.approx(mass["alpha"] - cost["alone"]["alpha"])
    assert mass["alpha"] == pytest.approx((30 + 6 * 0.97) / 1006, rel=1e-4)
    assert printed["say yes"]["bound"]["theorem"] == "FeatureLabelBesideBound"
    lost = json.loads(call("theory", study, "--others", 0.7, "--target", 0.9, "--json")[1])
    (cost,) = lost["say yes"]["others_cost"]["masses"]
    assert (cost["share"], cost["people"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--beside", "say noo=0.1"], "unknown strategy 'say noo'; did you mean 'say no'?"),
        (["--beside", "say no"], "such as 'say yes=0.03', not 'say no'"),
        (["--beside", "say no=1.2"], "a share between 0 and 1"),
        (["--beside", "say no=nan"], "a share between 0 and 1"),
        (["--beside", "say no=0.6", "--beside", "say yes=0.6"], "less than 1, not 1.2"),
        (["--others", "1"], "at least 0 and less than 1, not 1"),
        (["--others", "nan"], "at least 0 and less than 1, not nan"),
    ],
)
def test_impossible_others_are_refused_in_one_line(words, message, call, study):
    code, out, err = call("theory", study, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_others_that_leave_nobody_are_a_reason(call, study):
    code, out, _ = call("theory", study, "--beside", "say no=0.6", "--others", 0.5)
    assert code == 0  # “say no” itself has room beside 50 %
    assert "no exact value: the other collectives leave nobody who could join" in out


def test_all_the_rest_are_named_where_not_even_they_are_enough():
    never = CriticalMass.unreached(0.9, Unreached(Why.WITH_EVERYBODY, {"everybody": 0.0}))
    told = what_others_cost(OthersCost(1000, exactly(0.01), never), 0.9)
    assert told.endswith("even if all the rest join: then success is 0%.")


def test_others_and_no_firm_undo_what_others_may(call, study):
    _, out, _ = call("theory", study, "--others", 0.03)
    assert "with fewer than a, the others can undo it" in out
    assert "a firm can undo" not in out


def test_a_strategy_without_theory_beside_others_is_named_as_the_study_names_it(call, tmp_path):
    pd.DataFrame({"badge": ["blue", "none"] * 50, "hired": ["yes", "no"] * 50}).to_csv(
        tmp_path / "people.csv", index=False
    )
    away = {"kind": "unplant", "target_label": "no", "signal": MARK}
    both = {"say yes": STUDY["strategies"]["say yes"], "not no": away}
    path = write_study(tmp_path / "study.toml", {**STUDY, "strategies": both})
    code, out, _ = call("theory", path, "--beside", "not no=0.1")
    assert code == 0
    assert 'not kind = "unplant": with two labels, plant the other label' in out
    assert "not Unplant" not in out


def test_costs_come_from_bounds_where_nothing_is_exact():
    bound = FeatureLabelBesideBound(0.001, others=0.02, rivals=0.02)
    with_them, without = (
        Theory(1000, bound=each) for each in (bound, FeatureLabelBesideBound(0.001))
    )
    cost = others_cost(with_them, without, 0.9)
    assert cost.share == pytest.approx(bound.critical_mass(0.9).alpha - 0.001 / 0.101)
    assert others_cost(Theory(1000), without, 0.9) is None
    assert Incentives(0.5).critical_threshold(bound).reached
    assert THEOREMS["FeatureLabelBesideBound"] is FeatureLabelBesideBound


def test_a_strategy_that_steers_has_no_theory_beside_others():
    records = people(0)
    strategy = GradientNeutralizing(Ignore("x0"), risk=Risk(l2=0.05))
    with pytest.raises(ParameterError, match='not kind = "gradient-neutralizing"'):
        theories(strategy, records, unknown=0.1)


@pytest.fixture
def members(tmp_path, study):
    """Write the records of 300 members of the study's population."""
    people = pd.read_csv(tmp_path / "people.csv").sample(300, random_state=0)
    people.insert(0, "id", range(300))
    people.to_csv(tmp_path / "members.csv", index=False)
    return tmp_path / "members.csv"


def test_certify_counts_with_groups_that_are_known(call, study, members):
    begin = ("certify", study, "--members", members, "--strategy", "say yes")
    code, out, _ = call(*begin, "--beside", "say no=0.1")
    assert code == 0
    assert "Certified kinds of marked records: 1 of 1." in out
    assert out.splitlines()[-1] == "Beside it, 10% of everybody follow “say no”."
    code, out, _ = call(*begin, "--beside", "say no=0.4")
    assert code == 0
    assert "Guaranteed for everybody: nothing." in out
    assert "300 of you would say “yes” there; of all others up to" in out


def test_certify_refuses_what_it_cannot_say_of_known_groups(call, study, members):
    begin = ("certify", study, "--members", members, "--beside", "say no=0.1")
    for options in (["--unplant"], ["--anytime"], ["--epsilon", 0.1], ["--against", 3]):
        code, out, err = call(*begin, *options)
        assert (code, out) == (2, "")
        assert "leave out --unplant, --moving-away, --anytime, --epsilon and --against" in err
    assert "cannot have 300 members beside 900" in call(*begin[:-1], "say no=0.9")[2]
