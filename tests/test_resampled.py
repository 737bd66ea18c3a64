"""Studies of resampled populations: every trial draws its own from the records."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from criticalmass import (
    FeatureLabel,
    FeatureOnly,
    FittedCurve,
    GradientNeutralizing,
    Grid,
    InsertToken,
    LinearText,
    RiskMinimizer,
    Study,
    read_study,
    run,
)
from criticalmass.errors import StudyError
from criticalmass.fitting.resampled import of_a_typical_population
from criticalmass.strategies import Reach
from criticalmass.studies import Bench, Store
from criticalmass.studies.facts import PopulationFacts, facts_of
from criticalmass.studies.running.engines.engine import packs
from support.steered_people import people
from support.study_files import write_study

SIGNAL = InsertToken("~", every=10)
TRAINED_ON = []


@dataclass(frozen=True)
class Noting:
    """A learner that notes on which records it was prepared."""

    def prepare(self, population):
        TRAINED_ON.append(population)
        return LinearText().prepare(population)

    def fit(self, prepared, edit, seed):
        return LinearText().fit(prepared, edit, seed)


@pytest.fixture
def make(texts):
    train, test = texts.split(test=40, seed=0)

    def study(**changes):
        parts = {
            "population": train,
            "test": test,
            "learner": LinearText(),
            "strategies": {"mark": FeatureLabel(SIGNAL, "Writer")},
            "placement": Grid((0.1, 0.4), repetitions=2),
            "resampled": True,
        }
        return Study(**(parts | changes))

    return study


def test_every_trial_trains_on_its_own_draw_from_the_records(make):
    TRAINED_ON.clear()
    study = make(learner=Noting())
    rows = list(Bench(study).run_many(study.trials()))
    assert not any(row.error for row in rows)
    own = [population for population in TRAINED_ON if population is study.population]
    assert len(own) == 1  # what a model without a collective says, to compare with
    assert len(TRAINED_ON) - 1 == len(rows) == 5  # the reference draws one, too
    known = set(study.population.features)
    drawn = [
        tuple(population.features)
        for population in TRAINED_ON
        if population is not study.population
    ]
    assert len(set(drawn)) == 5
    for records in drawn:
        assert len(records) == len(study.population)
        assert set(records) < known  # some twice, so others not at all


def test_the_row_is_that_of_a_model_trained_by_hand(make):
    study = make()
    trial = study.trial("mark", 0.4)
    row = Bench(study).run(trial)
    rng = np.random.default_rng(trial.seed("population"))
    n = len(study.population)
    population = study.population.take(np.sort(rng.integers(n, size=n)))
    members = population.draw(32, rng=np.random.default_rng(trial.seed("members")))
    edit = study.strategies["mark"].edit(population, members, np.random.default_rng(0))
    prepared = LinearText().prepare(population)
    model = LinearText().fit(prepared, edit, 0)
    marked = SIGNAL.apply(study.test.features, population=population, rng=np.random.default_rng(0))
    scores = model.scores(prepared.encode(marked))
    target = population.label_index("Writer")
    assert row.results["included"].successes == (scores[:, target] > 0).sum()
    assert (row.members, row.alpha, row.n) == (32, 0.4, 40)


def test_trials_that_others_train_together_are_trained_one_by_one(make):
    study = make()
    assert study.firm.at_once > 1
    trials = study.trials()
    assert [len(pack) for pack in packs(study, trials, 1)] == [1] * len(trials)
    together = [row.without_time() for row in Bench(study).run_many(trials)]
    assert repr(together) == repr([Bench(study).run(trial).without_time() for trial in trials])


def test_where_fewer_can_be_recruited_than_were_asked_for_all_of_them_join(make):
    only = {"few": FeatureOnly(SIGNAL, "Writer", recruit="target")}
    study = make(strategies=only)
    everyone = len(study.population.holding("Writer")) / len(study.population)
    trials = [study.trial("few", everyone, again) for again in range(8)]
    rows = list(Bench(study).run_many(trials))
    assert not any(row.error for row in rows)
    asked = round(everyone * len(study.population))
    assert min(row.members for row in rows) < asked == max(row.members for row in rows)
    assert all(row.alpha == row.members / len(study.population) for row in rows)


def test_only_studies_that_ask_the_wider_question_have_other_names(make):
    plain, wider = make(resampled=False), make()
    assert "resampled" not in plain.identity
    assert plain.trial("mark", 0.1).key != wider.trial("mark", 0.1).key
    assert PopulationFacts().to_json() == PopulationFacts(resampled=False).to_json()
    assert "resampled" not in facts_of(plain).to_json()["population"]


def test_a_store_keeps_that_populations_were_resampled(tmp_path):
    path = write_study(tmp_path / "study.toml", changes={"population.resampled": True})
    study = read_study(path)
    assert study.resampled
    small = replace(study, placement=Grid((0.1, 0.3), repetitions=1))
    run(small, tmp_path / "out")
    with Store.open(tmp_path / "out") as store:
        assert store.facts().population.resampled
        assert store.facts().identity["resampled"] is True


def test_a_strategy_that_aims_at_parameters_is_refused():
    train, test = people(0).split(test=20, seed=0)
    aim = {"steer": GradientNeutralizing(Reach((0.1,) * 4), RiskMinimizer("logistic").objective)}
    with pytest.raises(StudyError, match=r"'steer' aims at parameters .*leave out resampled"):
        Study(train, test, RiskMinimizer("logistic"), aim, Grid((0.2,)), resampled=True)


def test_an_interval_for_populations_is_wider_by_one_shift():
    sigma, midpoint = 0.3, math.log(0.01)
    parameters = np.tile([midpoint, 0.2, 0.0, 1.0, sigma, 1e-9], (20_000, 1))
    these = FittedCurve(parameters)
    wider = FittedCurve(*of_a_typical_population(parameters, math.inf))
    mass, like = these.critical_mass(0.9), wider.critical_mass(0.9)
    assert mass.low == mass.high  # nothing is uncertain but the population
    assert like.alpha == pytest.approx(mass.alpha, rel=0.001)
    assert math.log(like.high / mass.alpha) == pytest.approx(1.959964 * sigma, rel=0.01)
    assert math.log(mass.alpha / like.low) == pytest.approx(1.959964 * sigma, rel=0.01)


def test_every_draw_s_critical_mass_is_multiplied_by_its_own_shift():
    rng = np.random.default_rng(0)
    parameters = np.column_stack(
        [
            rng.normal(-5, 0.2, 5000),
            rng.uniform(0.2, 0.5, 5000),
            np.zeros(5000),
            np.ones(5000),
            rng.uniform(0.1, 0.5, 5000),
            np.full(5000, 1e-9),
        ]
    )
    these = FittedCurve(parameters)
    curves = these, FittedCurve(*of_a_typical_population(parameters, math.inf))
    masses = [np.log(curve._solve(np.array(0.8))) for curve in curves]
    shifts = (masses[1] - masses[0]) / parameters[:, 4]
    assert np.mean(shifts) == pytest.approx(0, abs=0.001)
    assert np.std(shifts) == pytest.approx(1, abs=0.01)
    assert abs(np.corrcoef(shifts, masses[0])[0, 1]) < 0.05
    assert np.std(masses[1]) == pytest.approx(
        math.sqrt(np.var(masses[0]) + np.mean(parameters[:, 4] ** 2)), rel=0.03
    )


def test_a_population_that_moves_success_up_or_down_widens_the_interval_too():
    rho, target, width = 0.01, 0.9, 0.2
    parameters = np.tile([math.log(0.01), width, 0.0, 1.0, 1e-3, rho], (20_000, 1))
    mass = FittedCurve(*of_a_typical_population(parameters, records=1000)).critical_mass(target)
    # success on these records of a population is the target plus errors, normal in log-odds
    error = 1.959964 * math.sqrt((rho + 1 / 1000) / (target * (1 - target)))
    places = [math.log(target / (1 - target)) + sign * error for sign in (-1, 1)]
    expected = [0.01 * math.exp(width * place) for place in places]
    assert [mass.low, mass.high] == pytest.approx(expected, rel=0.01)
