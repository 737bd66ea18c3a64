"""What incentives say in a study: the section of its file, the sentences, the figures."""

import tomllib

import numpy as np
import pytest

from criticalmass import CriticalMassError, Incentives, Outcome, Store, read_study, run
from criticalmass.answers.joining import Paying
from criticalmass.curves import PathCurve
from criticalmass.fitting import FittedCurve
from criticalmass.pages.figures.joining import paying_figure
from criticalmass.pages.report import write_report
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.joining import caption, sentences
from support.study_files import write_study

BASE = tomllib.loads("""
name = "costs"
[population]
file = "people.csv"
label = "hired"
test = 20
[learner]
kind = "bayes-optimal"
[strategies.set]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "baker" } }
[placement]
low = 0.05
high = 0.5
points = 4
repetitions = 3
""")


@pytest.fixture
def study_file(tmp_path):
    rng = np.random.default_rng(0)
    lines = ["job,hours,hired"]
    for _ in range(200):
        hours = rng.integers(1, 5)
        lines.append(f"{rng.choice(['cook', 'nurse'])},{hours},{rng.choice(['yes', 'no'])}")
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")

    def write(incentives=None):
        changes = {"incentives": incentives} if incentives else {}
        return write_study(tmp_path / "study.toml", BASE, changes)

    return write


def test_one_cost_for_all(study_file):
    study = read_study(study_file({"cost": 0.05, "free_ride": 0.2}))
    assert study.incentives == Incentives(0.05, 0.2)
    assert Facts.from_json(facts_of(study).to_json()).incentives == study.incentives
    plain = read_study(study_file())
    assert plain.incentives is None
    assert Facts.from_json(facts_of(plain).to_json()).incentives is None
    assert plain.identity == study.identity  # costs change no trial


def test_costs_from_a_column_or_a_distribution(study_file):
    column = read_study(study_file({"cost": {"column": "hours", "each": 0.1}}))
    assert len(column.incentives.cost) == 200
    assert set(np.round(column.incentives.cost, 9)) == {0.1, 0.2, 0.3, 0.4}
    drawn = read_study(study_file({"cost": {"distribution": "lognorm", "s": 1, "scale": 0.1}}))
    assert np.median(drawn.incentives.cost) == pytest.approx(0.1, rel=0.01)
    kept = Facts.from_json(facts_of(drawn).to_json()).incentives
    assert kept.costs(50) == pytest.approx(drawn.incentives.costs(50))


@pytest.mark.parametrize(
    ("incentives", "said"),
    [
        ({"cost": 0}, "above 0"),
        ({"cost": 0.1, "free_ride": 2}, "free_ride is a share"),
        ({"cost": "dear"}, "incentives.cost must be a number or a table, not 'dear'"),
        ({"cost": 0.1, "free_rid": 0.1}, "did you mean 'free_ride'"),
        ({"free_ride": 0.1}, "'incentives.cost' is missing"),
        ({"cost": {"column": "hour"}}, "did you mean 'hours'"),
        ({"cost": {"column": "job"}}, "holds texts"),
        ({"cost": {"column": "hours", "distribution": "beta"}}, "either a distribution or"),
        ({"cost": {"distribution": "lognormal"}}, "unknown distribution 'lognormal'"),
        ({"cost": {"distribution": "lognorm"}}, "needs the key 's'"),
        ({"cost": {"distribution": "lognorm", "s": 1, "scal": 2}}, "did you mean 'scale'"),
        ({"cost": {"distribution": "norm"}}, "not above 0; shift it"),
        ({"cost": {"column": "hours", "each": "x"}}, "each must be a number"),
    ],
)
def test_impossible_costs_get_one_line(study_file, incentives, said):
    with pytest.raises(CriticalMassError) as error:
        read_study(study_file(incentives))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("cost", [0.3, {"column": "hours", "each": 0.2}], ids=["one", "column"])
def test_the_report_says_whether_it_pays(study_file, tmp_path, cost):
    study = read_study(study_file({"cost": cost}))
    run(study, tmp_path / "out")
    page = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert "Does it pay to join?" in page
    assert page.count("Who joins: what it gains and what it costs") == 2  # wide and narrow
    assert ("Joining pays from" in page) == (cost == 0.3)
    with Store.open(tmp_path / "out") as store:
        assert store.facts().incentives.free_ride == 0.0


BOUND = FeatureLabelBound(uniqueness=0.01)


def test_sentences_of_people_who_are_alike():
    paying = Paying(Incentives(0.4, 0.2), BOUND, size=1000)
    pays, until, sure = sentences(paying, 30)
    assert pays.startswith("Joining pays from 20 people on")
    assert "in all at most 5.47 (0 to 5.47) times" in until
    assert sure == "With 30 people it sustains itself with more than 99% probability."
    assert "does not pay at any size" in sentences(Paying(Incentives(2), BOUND, 1000))[0]
    free = PathCurve(np.array([0.0, 1.0]), np.array([0.5, 1.0]))
    assert "from the first member on" in sentences(Paying(Incentives(0.1), free, 100))[0]
    guess = sentences(Paying(Incentives(0.4), BOUND, 1000, tried=0.001))
    assert "so a guess" in guess[1]


def test_sentences_of_people_who_differ():
    shares = np.linspace(0, 1, 1001)
    square = PathCurve(shares, shares**2)
    paying = Paying(Incentives(tuple(np.linspace(0.02, 0.5, 1000))), square, size=1000)
    alone, tips, begin, pay, now = sentences(paying, 100)
    assert alone == "Left to themselves nobody joins."
    assert "From 520 people on it grows by itself, up to 1,000" in tips
    assert begin.startswith("162 people must begin")
    assert "28.5 in all" in pay
    assert "would become 100" in now
    few = Paying(paying.incentives, square, size=1000, recruitable=0.5)
    assert len(few.dynamics) == 500
    dear = Paying(Incentives((2.0, 3.0)), square, size=100)
    assert sentences(dear) == ["Joining pays for nobody, at any size that can be reached."]


def test_a_better_curve_tips_earlier_and_a_worse_one_later():
    trials = [Outcome(a, round(40 * a / (a + 0.2)), 40) for a in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)]
    paying = Paying(Incentives(tuple(np.linspace(0.3, 0.6, 500))), FittedCurve.fit(trials), 500)
    early, late = paying.tip_interval
    assert early < paying.tip < late
    assert Paying(paying.incentives, BOUND, 500).tip_interval is None


def test_more_members_than_people_are_everybody():
    curve = FittedCurve.fit([Outcome(a, round(50 * a), 50) for a in (0.1, 0.3, 0.6, 0.9)])
    paying = Paying(Incentives(0.8), curve, size=100)
    assert paying.sustains(150) == paying.sustains(100) > paying.sustains(60)


@pytest.mark.parametrize("cost", [0.3, (0.1, 0.2, 0.7), 5.0])
@pytest.mark.parametrize("width", [7.4, 3.7])
def test_figures_are_drawn(cost, width):
    paying = Paying(Incentives(cost), BOUND, size=500, tried=0.2)
    figure = paying_figure(paying, width=width, here=40)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "members: 40" in texts
    figure.draw_without_rendering()
    assert len(caption(paying)) > 100
