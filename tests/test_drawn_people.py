"""Curves of whole people at some sizes: what a store keeps is what was computed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from criticalmass import BayesOptimal, FeatureLabel, FeatureOnly, Grid, Population, Study
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.errors import ParameterError
from criticalmass.signals import MoveToSubgroup, SetColumns
from criticalmass.strategies import Imperfect
from criticalmass.studies.facts import Facts, facts_of
from criticalmass.studies.theory import theories, theory_of
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import DrawnPeople, whole_people_feature_label, whole_people_feature_only
from criticalmass.words.theory import exactly
from criticalmass.words.unreached import unreached


def world(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 30, (12, 3))
    return counts, counts.sum(axis=1) + rng.integers(0, 200, 12)


@pytest.mark.parametrize("seed", range(8))
def test_its_critical_masses_are_those_of_the_whole_curve(seed):
    counts, images = world(seed)
    size = int(images.sum())
    whole = whole_people_feature_label(counts, images, 0)
    drawn = DrawnPeople.of(whole, 0.9)
    people = whole.critical_mass(0.9).people(size)[0]
    assert drawn.critical_mass(0.9).people(size)[0] == people
    assert drawn.first_reached(0.9).people(size)[0] == people
    sure = whole.floor_mass(0.9).people(size)[0]
    assert drawn.floor_mass(0.9) == whole.floor_mass(0.9)
    assert drawn.floor(sure / size) >= 0.9 - 1e-12
    assert drawn.floor((sure - 1) / size) < 0.9


@pytest.mark.parametrize("seed", range(8))
def test_between_the_sizes_it_is_near_and_promises_no_more(seed):
    counts, images = world(seed)
    whole = whole_people_feature_label(counts, images, 0)
    drawn = DrawnPeople.of(whole, 0.9)
    shares = np.arange(1, whole.size + 1, 7) / whole.size
    assert np.abs(drawn.success(shares) - whole.success(shares)).max() < 0.03
    assert (drawn.floor(shares) <= whole.floor(shares) + 1e-12).all()
    for target in (0.3, 0.6, 0.95, 0.99):
        wanted = whole.critical_mass(target).people(whole.size)[0]
        assert abs(drawn.critical_mass(target).people(whole.size)[0] - wanted) <= 2 + wanted / 20


@pytest.mark.parametrize(("rivals", "led", "target"), [(600, 40_000, 0.9), (500, 3000, 0.1)])
def test_where_success_jumps_between_two_sizes_those_between_them_are_drawn(rivals, led, target):
    """One image is won by nobody or by all: success jumps where members equal their rivals."""
    whole = whole_people_feature_label([[0, rivals]], [led], target=0)
    drawn = DrawnPeople.of(whole, target)
    assert len(drawn.people) <= 200
    for wanted in (0.02, 0.5, 0.8, 0.98):
        people = whole.critical_mass(wanted).people(led)[0]
        assert drawn.critical_mass(wanted).people(led)[0] == people
    sizes = np.arange(rivals // 2, 2 * rivals)
    expected = np.array([whole.expected(int(n)) for n in sizes])
    sure = np.array([whole.least(int(n), 0.95) for n in sizes])
    assert np.abs(drawn.success(sizes / led) - expected).max() <= 0.02
    assert (drawn.floor(sizes / led) >= sure - 0.02).all()
    assert (drawn.floor(sizes / led) <= sure + 1e-12).all()


def test_a_target_that_nobody_reaches_is_out_of_reach_here_too():
    never = DrawnPeople.of(whole_people_feature_only([[0, 9]], [100], [5], 0), 0.9)
    assert not never.critical_mass(0.9).reached
    assert not never.floor_mass(0.9).reached
    assert unreached(never.floor_mass(0.9).reason).startswith("no collective is guaranteed more")
    assert unreached(never.critical_mass(0.9).reason) == "success is 0 at most, 0.9 is wanted"
    holders = whole_people_feature_only([[0, 1]], [100], [50], 0, recruitable=50)
    assert DrawnPeople.of(holders, 0.9).people.max() == 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": np.array([1, 2])},
        {"people": np.array([0, 0])},
        {"expected": np.array([0.0, 1.5])},
        {"sure": np.array([0.0])},
        {"size": 1},
        {"confidence": 1.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_curves_are_refused(wrong):
    fields = {"people": np.array([0, 2]), "expected": np.zeros(2), "sure": np.zeros(2), "size": 9}
    with pytest.raises(ParameterError):
        DrawnPeople(**{**fields, **wrong})


def table(seed=0, size=1200):
    rng = np.random.default_rng(seed)
    job = rng.choice(["cook", "clerk", "nurse"], size, p=[0.02, 0.49, 0.49]).astype(object)
    town = rng.choice(["A", "B", "C", "D"], size).astype(object)
    hired = np.where(rng.random(size) < 0.2 + 0.4 * (job == "nurse"), "yes", "no").astype(object)
    return Population.from_table({"job": job, "town": town, "hired": hired}, label="hired")


PLANT = FeatureLabel(SetColumns({"job": "cook"}), "yes")


def drawn_by_hand(strategy, people, n, draws):
    """Success of collectives of n people: of their records counted one by one, no formula."""
    rng = np.random.default_rng(1)
    marked = strategy.signal.apply(people.features, population=people, rng=rng)
    column, found = people.label_index(strategy.target_label), []
    for _ in range(draws):
        after = strategy.edit(people, rng.choice(len(people), n, replace=False), rng).apply(people)
        votes = {}
        for record, held in zip(after.features.tolist(), after.labels, strict=True):
            votes[record] = votes.get(record, 0) + held
        right = [
            votes[record][column] > np.delete(votes[record], column).max()
            if record in votes
            else False
            for record in marked.tolist()
        ]
        found.append(np.mean(right))
    return np.array(found)


def test_the_number_that_is_said_first_is_what_collectives_of_it_reach():
    people = table()
    study = Study(people, table(1), BayesOptimal(), {"plant": PLANT}, Grid((0.1,)))
    facts = Facts.from_json(json.loads(json.dumps(facts_of(study).to_json())))
    (comparison,) = (compare(finding) for finding in findings(facts, []))
    enough, sure = (mass.people(len(people))[0] for mass in comparison.theory.people_masses)
    limit = comparison.theory.masses[0].people(len(people))[0]
    said = exactly(comparison)
    assert said.startswith(
        f"On these very records, against the best possible model, 90% takes about {enough} people "
        f"(exact, for whole people drawn at random; {sure} to be sure with 95% confidence). "
        "In the limit of many people"
    )
    assert f"from {limit} " in said
    assert limit < enough < sure
    found = drawn_by_hand(PLANT, people, enough, 80)
    error = found.std() / np.sqrt(len(found))
    assert found.mean() >= 0.9 - 4 * error
    assert drawn_by_hand(PLANT, people, enough - 3, 80).mean() < 0.9 + 4 * error
    assert (drawn_by_hand(PLANT, people, sure, 80) < 0.9).mean() <= 0.05


def test_a_store_gives_back_its_curve_of_whole_people():
    kept = json.loads(json.dumps(theory_of(PLANT, table(), 0.9).to_json()))
    read = Theory.from_json(kept)
    assert read.to_json() == kept
    assert [mass.confidence for mass in read.people_masses] == [1.0, 0.95]
    for lost in ("size", "sure", "masses"):
        odd = {key: value for key, value in kept["people"].items() if key != lost}
        with pytest.raises((LookupError, ValueError)):  # which a store tells in one line
            Theory.from_json({**kept, "people": odd})
    older = Theory.from_json({name: part for name, part in kept.items() if name != "people"})
    assert older.people is None
    assert older.people_masses == ()


def test_where_there_is_no_curve_of_whole_people_the_reason_is_kept():
    people = table()
    moves = FeatureLabel(MoveToSubgroup({"job": "cook"}), "yes")
    assert "must not be a matter of chance" in theories(moves, people).refused["people"]
    some = theories(Imperfect(PLANT, inactive=0.1), people)
    assert some.refused["people"].endswith("where some members do nothing")
    assert "ε = 0 only" in theories(PLANT, people, epsilon=0.1).refused["people"]
    assert theories(Imperfect(PLANT), people).people is not None
    assert theories(PLANT, people, curves=("bound",)).people is None


def test_nobody_needed_and_nothing_enough_are_said_so():
    people = table()
    quiet = FeatureOnly(SetColumns({"job": "cook", "town": "A"}), "yes")
    study = Study(people, table(1), BayesOptimal(), {"plant": PLANT, "only": quiet}, Grid((0.1,)))
    plant, only = (compare(finding) for finding in findings(facts_of(study), []))
    mass = plant.theory.people_masses[0]
    never = replace(plant.theory, people_masses=2 * (replace(mass, alpha=np.nan, reason="why"),))
    assert "however many people join: why." in exactly(replace(plant, theory=never))
    nobody = replace(plant.theory, people_masses=2 * (replace(mass, alpha=0.0),))
    assert "without a collective" in exactly(replace(plant, theory=nobody))
    unsure = (mass, replace(mass, alpha=np.nan, reason="why", confidence=0.95))
    unsure = replace(plant.theory, people_masses=unsure)
    assert "nobody can be 95% sure of it" in exactly(replace(plant, theory=unsure))
    assert "whole people drawn at random" in exactly(only)
