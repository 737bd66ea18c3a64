"""The fewest people that any strategy needs (Definition 1), by trying everything they could do."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Erase,
    FeatureLabel,
    FeatureOnly,
    InsertToken,
    Population,
    SetColumns,
    Store,
    read_study,
    run,
)
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.data.edit import Edit
from criticalmass.data.finite_table import FiniteTable
from criticalmass.errors import DataError, ParameterError
from criticalmass.members.file import Columns, read_members
from criticalmass.members.instructions import instruct
from criticalmass.pages.report import write_report
from criticalmass.signals import MoveToSubgroup
from criticalmass.strategies import Imperfect, Targeted
from criticalmass.strategies.targeted import whole_people
from criticalmass.studies.files.study_file import read_question
from criticalmass.studies.theory import theories, theory_of
from criticalmass.studies.theory_record import Theory
from criticalmass.theory import exact_best, exact_feature_label, exact_feature_only, knapsack
from criticalmass.theory.knapsack import chosen, frontier
from criticalmass.words.numbers import percent
from criticalmass.words.theory import by_any, exactly, weakest
from support import finite_tables
from support.command_line import called
from support.members_files import table_members, written
from support.studies import TABLES, table_study

MARK = SetColumns({"job": "cook"})
LABELS = ("no", "perhaps", "yes")


def people(seed, n=30, ages=3):
    """Draw people of whom a few carry the mark, with three labels."""
    rng = np.random.default_rng(seed)
    job = np.array(["cook", "nurse"], object)[(rng.random(n) > 0.3).astype(int)]
    return Population.from_table(
        {
            "job": job,
            "age": rng.choice(ages, n, p=rng.dirichlet(np.ones(ages))) * 10,
            "hired": np.array(LABELS, object)[rng.choice(3, n, p=[0.6, 0.1, 0.3])],
        },
        label="hired",
        label_names=LABELS,
    )


def success_of(population, edit, others):
    """Return how many of the others get "yes" once marked, from a model that is trained on all."""
    learner = BayesOptimal()
    model = learner.fit(learner.prepare(population), edit, seed=0)
    marked = MARK.apply(
        population.features[others], population=population, rng=np.random.default_rng(0)
    )
    scores = model.scores(marked)
    seen = FiniteTable.of(edit.apply(population)).locate(marked) >= 0
    best = np.delete(scores, 2, axis=1).max(axis=1)
    return int(((scores[:, 2] > best + 1e-12) & seen).sum())


def everything_they_could_do(population, members):
    """Yield every edit: each member at any age, marked or not at all, with any label."""
    own = population.features[members]
    ages = np.unique(population.features["age"])
    options = [None, *product(ages.tolist(), range(3))]
    for choice in combinations_with_replacement(options, len(members)):
        features, labels = own.copy(), np.zeros((len(members), 3), dtype=bool)
        for place, option in enumerate(choice):
            if option is None:
                features[place] = ("painter", -1)
                labels[place, 0] = True
            else:
                features[place], labels[place, option[1]] = ("cook", option[0]), True
        yield Edit.of(population, members, features, labels)


@pytest.mark.parametrize("seed", range(6))
def test_nobody_does_with_fewer_people_than_the_targeted(seed):
    """Of whole people: all that one to three members could report, tried with a trained model."""
    population = people(seed, n=16, ages=2 + seed % 2)
    rng = np.random.default_rng(seed)
    strategy = Targeted(MARK, "yes")
    for size in (1, 2, 3):
        members = rng.choice(len(population), size, replace=False)
        others = np.setdiff1d(np.arange(len(population)), members)
        most = max(
            success_of(population, edit, others)
            for edit in everything_they_could_do(population, members)
        )
        edit = strategy.edit(population, members, np.random.default_rng(0))
        assert success_of(population, edit, others) == most


def best_allocation(base, mass, members):
    """Return the most weight that so many votes for column 2 win, over all ways to place them."""
    most, points = 0, len(mass)
    for cuts in combinations(range(members + points), points):  # what is left stays away
        placed = np.diff((-1, *cuts)) - 1
        ahead = base[:, 2] + placed - base[:, :2].max(axis=1)
        most = max(most, int(mass[ahead > 0].sum()))
    return most


@pytest.mark.parametrize("seed", range(12))
def test_no_way_to_place_the_members_wins_more(seed):
    population = people(100 + seed, n=40, ages=4)
    rng = np.random.default_rng(seed)
    for size in (2, 5, 8):
        members = rng.choice(len(population), size, replace=False)
        others = np.setdiff1d(np.arange(len(population)), members)
        left = population.take(others)
        ages = np.unique(left.features["age"])
        cook = left.features["job"] == "cook"
        base = np.array(
            [left.labels[cook & (left.features["age"] == age)].sum(axis=0) for age in ages]
        )
        mass = np.array([(left.features["age"] == age).sum() for age in ages])
        edit = Targeted(MARK, "yes").edit(population, members, np.random.default_rng(0))
        assert success_of(population, edit, others) == best_allocation(base, mass, size)


@pytest.mark.parametrize("seed", range(8))
def test_so_many_whole_people_are_enough_and_one_fewer_is_not(seed):
    """Every way to place them on hand-made counts, by hand: none of them is marked before."""
    crowd = people(seed, n=60, ages=3)
    ages, where = np.unique(crowd.features["age"], return_inverse=True)
    base, mass = np.zeros((len(ages), 3), dtype=int), np.bincount(where)
    marked = crowd.features["job"] == "cook"
    np.add.at(base, (where[marked], crowd.labels.argmax(axis=1)[marked]), 1)
    targets = (0.3, 0.6, 0.9)
    for target, found in zip(
        targets, whole_people(Targeted(MARK, "yes"), crowd, targets), strict=True
    ):
        least = next(n for n in range(200) if won_by(base, mass, n) >= target * 60 - 1e-9)
        assert found == (least if least <= (~marked).sum() else None)


def won_by(base, mass, members):
    """Return the records that are won at most where so many stand at some of these points."""
    needed = np.maximum(base[:, :2].max(axis=1) - base[:, 2] + 1, 0)
    return max(
        sum(mass[list(some)])
        for k in range(len(mass) + 1)
        for some in combinations(range(len(mass)), k)
        if sum(needed[list(some)]) <= members
    )


@pytest.mark.parametrize("seed", range(30))
def test_in_shares_the_least_is_that_of_the_cheapest_images(seed):
    """Every set of images, in fractions; and a grid of all ways to share the members out."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 6, (4, 3)) * rng.integers(0, 2, (4, 1))
    mass = rng.integers(1, 20, 4)
    size = int(mass.sum())
    curve = exact_best(base, mass, 2)
    lead = [max(int(b[0]), int(b[1])) - int(b[2]) for b in base]
    for target in (0.3, 0.6, 0.9, 0.99):
        cost = min(
            sum(max(lead[x], 0) for x in some)
            for many in range(5)
            for some in combinations(range(4), many)
            if sum(mass[x] for x in some) >= target * size
        )
        least = Fraction(cost, cost + size)  # α/(1 − α) = cost/size
        assert curve.critical_mass(target).alpha == pytest.approx(float(least), abs=1e-12)
    for alpha in (Fraction(1, 50), Fraction(1, 10), Fraction(1, 3)):
        most = 0
        for cuts in combinations(range(12 + 3), 3):
            parts = np.diff((-1, *cuts, 15)) - 1  # of twelve
            won = [
                alpha * Fraction(int(part), 12) * size > (1 - alpha) * lead[x]
                for x, part in enumerate(parts)
            ]
            most = max(most, sum(int(mass[x]) for x in range(4) if won[x]))
        assert most / size <= float(curve.success(float(alpha))) + 1e-12
        # shared out by what they lack, with a little more at each, the best set wins
        budget = alpha / (1 - alpha) * size
        best = max(
            sum(int(mass[x]) for x in some)
            for many in range(5)
            for some in combinations(range(4), many)
            if sum(max(lead[x], 0) for x in some) < budget
        )
        assert float(curve.success(float(alpha))) == pytest.approx(best / size)


@pytest.mark.parametrize(("sense", "lead"), [("contamination", 1 / 9), ("conditional-tv", 0.2)])
@pytest.mark.parametrize("seed", range(20))
def test_no_other_strategy_succeeds_more_against_firms_that_are_not_optimal(seed, sense, lead):
    z = finite_tables.planting(np.random.default_rng(seed))
    alphas = np.concatenate([z.alphas, np.geomspace(1e-4, 0.9, 20)])
    for ways, extra in (({}, 0.0), ({"epsilon": 0.1, "suboptimality": sense}, lead)):
        best = exact_best(z.counts, z.landing, z.target, **ways)
        usual = exact_feature_label(z.counts, z.landing, z.target, **ways)
        quiet = exact_feature_only(z.counts, z.landing, z.landing_of_target, z.target, **ways)
        assert (best.success(alphas) >= usual.success(alphas) - 1e-12).all()
        assert (best.success(alphas) >= quiet.success(alphas) - 1e-12).all()
        # one image alone: won as soon as all members are enough there
        point = int(z.landing.argmax())
        there = z.counts[[point]].astype(float)
        behind = np.delete(there[0], z.target).max() - there[0, z.target] + extra * there.sum()
        alone = exact_best(there, [1000.0], z.target, **ways).critical_mass(0.5).alpha
        behind = max(behind, 0) / (1 - extra)
        assert alone == pytest.approx(behind / (behind + 1000))


def test_members_of_a_firm_in_joint_tv_have_no_best_strategy_that_is_known():
    with pytest.raises(ParameterError, match="no best strategy is known"):
        exact_best([[1, 2]], [10], 0, epsilon=0.1, suboptimality="joint-tv")
    assert exact_best([[1, 2]], [10], 0, suboptimality="joint-tv").critical_mass(0.5).reached


def subsets(costs, weights):
    for many in range(len(costs) + 1):
        for some in combinations(range(len(costs)), many):
            yield sum(costs[x] for x in some), sum(weights[x] for x in some)


@pytest.mark.parametrize("seed", range(25))
def test_a_budget_buys_what_the_best_of_all_purchases_weighs(seed):
    rng = np.random.default_rng(seed)
    costs, weights = rng.integers(0, 9, 7), rng.integers(0, 9, 7)
    if seed % 2:
        costs, weights = costs * rng.random(7), weights * rng.random(7)
    found = frontier(costs, weights)
    assert found.exact
    everything = list(subsets(costs.tolist(), weights.tolist()))
    for budget in (*found.cost, 0.0, 3.3, 12.0, 100.0):
        most = max(weight for cost, weight in everything if cost <= budget + 1e-9)
        bought = chosen(costs, weights, budget + 1e-9)
        assert costs[bought].sum() <= budget + 1e-9
        assert weights[bought].sum() == pytest.approx(most)
        reached = found.weight[found.cost <= budget + 1e-9].max()
        assert reached == pytest.approx(most)


@pytest.mark.parametrize("seed", range(10))
def test_a_purchase_that_is_too_much_work_is_at_most_one_item_off(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    costs, weights = rng.random(12) * (np.arange(12) > 2), rng.random(12)
    true = frontier(costs, weights)
    budgets = rng.random(20) * costs.sum()
    greatest = [weights[chosen(costs, weights, budget)].sum() for budget in budgets]
    monkeypatch.setattr(knapsack, "MOST_WORK", 20)
    rough = frontier(costs, weights)
    assert true.exact
    assert not rough.exact
    for budget, most in zip(budgets, greatest, strict=True):
        upper = rough.weight[rough.cost < budget].max()
        assert most - 1e-12 <= upper <= most + weights.max() + 1e-12
        bought = chosen(costs, weights, budget)
        assert costs[bought].sum() <= budget
        assert weights[bought].sum() >= most / 2


@pytest.mark.parametrize("seed", range(5))
def test_a_budget_buys_of_forty_items_what_a_solver_of_integer_programs_finds(seed):
    rng = np.random.default_rng(seed)
    costs, weights = rng.integers(1, 50, 40), rng.integers(1, 300, 40)
    found = frontier(costs, weights)
    assert found.exact
    for budget in (5, 60, 333):
        solved = milp(
            -weights, constraints=LinearConstraint(costs[None], ub=budget), bounds=Bounds(0, 1),
            integrality=np.ones(40),
        )  # fmt: skip
        assert found.weight[found.cost <= budget].max() == pytest.approx(-solved.fun)
        assert weights[chosen(costs, weights, budget)].sum() == pytest.approx(-solved.fun)


def test_people_who_are_picked_may_do_with_fewer_than_a_cross_section():
    """Nine cooks say no. Five of them, relabelled, outvote the rest: each counts twice."""
    population = Population.from_table(
        {
            "job": np.array(["cook"] * 9 + ["nurse"] * 1000, object),
            "age": np.full(1009, 20),
            "hired": np.array(["no"] * 1000 + ["yes"] * 9, object),
        },
        label="hired",
        label_names=LABELS,
    )
    least = Targeted(MARK, "yes").exact(population).critical_mass(0.9)
    assert least.people(1009)[0] == 9  # of a cross-section, who leave 8.92 cooks behind
    everybody = np.arange(1009)
    for picked, wins in (([0, 1, 2, 3], 0), ([0, 1, 2, 3, 4], 1004)):
        members = np.array(picked)
        edit = Targeted(MARK, "yes").edit(population, members, np.random.default_rng(0))
        assert success_of(population, edit, np.setdiff1d(everybody, members)) == wins


@pytest.mark.parametrize(
    ("cost", "weight"), [([1], [1, 2]), ([-1], [1]), ([np.inf], [1]), ([[1]], [[1]])]
)
def test_a_purchase_has_a_price_and_a_weight_each(cost, weight):
    for ask in (lambda: frontier(cost, weight), lambda: chosen(cost, weight, 1)):
        with pytest.raises(ParameterError):
            ask()


def test_the_members_own_records_are_not_counted_as_led_where_they_are():
    """Three members of 20: with them 5 records are led to 20 and 3 to 30, without them 2 and 3."""
    kinds = [("cook", 20), ("cook", 30), ("clerk", 20), *[("clerk", 30)] * 2, *[("clerk", 20)] * 3]
    job, age = (np.array(column, dtype=object) for column in zip(*kinds, strict=True))
    hired = np.array(["no"] * len(kinds), dtype=object)
    table = {"job": job, "age": age, "hired": hired}
    everybody = Population.from_table(table, label="hired", label_names=LABELS)
    rows, members, others = np.arange(8), np.array([5, 6, 7]), np.arange(5)
    targeted = Targeted(MARK, "yes").edit(everybody, members, np.random.default_rng(0))
    assert targeted.features.tolist() == [("cook", 30)] * 3
    usual = FeatureLabel(MARK, "yes").edit(everybody, members, np.random.default_rng(0))
    assert usual.features.tolist() == [("cook", 20)] * 3
    assert [success_of(everybody, edit, others) for edit in (targeted, usual)] == [3, 2]
    assert [success_of(everybody, edit, rows) for edit in (targeted, usual)] == [3, 5]


def test_members_stay_at_their_own_image_where_there_is_room():
    population = people(3, n=60)
    members = np.arange(0, 60, 4)
    edit = Targeted(MARK, "yes").edit(population, members, np.random.default_rng(0))
    after = edit.apply(population).features[members]
    assert (after["job"] == "cook").all()
    moved = after["age"] != population.features["age"][members]
    ages = np.unique(population.features["age"])
    quota = np.array([(after["age"] == age).sum() for age in ages])
    own = np.array([(population.features["age"][members] == age).sum() for age in ages])
    assert moved.sum() == np.maximum(own - quota, 0).sum()  # nobody moves who need not
    assert edit.apply(population).labels[members].tolist() == [[False, False, True]] * len(members)


def test_a_collective_of_everybody_marks_its_own_records():
    population = people(4)
    everybody = np.arange(len(population))
    targeted, usual = (
        strategy.edit(population, everybody, np.random.default_rng(0))
        for strategy in (Targeted(MARK, "yes"), FeatureLabel(MARK, "yes"))
    )
    assert np.array_equal(targeted.features, usual.features)
    assert Targeted(MARK, "yes").all_succeed


def test_too_few_for_any_image_stand_like_everybody():
    crowd = Population.from_table(
        {
            "job": np.array(["cook"] * 90 + ["nurse"] * 10, dtype=object),
            "age": np.arange(100) % 2,
            "hired": np.array(["no"] * 99 + ["yes"], dtype=object),
        },
        label="hired",
    )
    edit = Targeted(MARK, "yes").edit(crowd, np.arange(90, 100), np.random.default_rng(0))
    assert np.bincount(edit.apply(crowd).features["age"][90:]).tolist() == [5, 5]


def test_targeted_members_are_people_of_tables():
    texts = Population.from_texts(["a", "b"], ["x", "y"])
    with pytest.raises(DataError, match='"targeted" is for tables'):
        Targeted(InsertToken("~"), "x").candidates(texts)
    with pytest.raises(DataError, match="did you mean 'yes'"):
        Targeted(MARK, "yse").candidates(people(0))


def test_a_bound_of_the_usual_strategy_holds_for_the_targeted():
    population = people(7, n=400)
    alphas = np.geomspace(1e-3, 1, 30)
    targeted = Targeted(MARK, "yes")
    assert targeted.bound(population) == FeatureLabel(MARK, "yes").bound(population)
    known = targeted.bound(population, confidence=1)
    assert (known.success(alphas) <= targeted.exact(population).success(alphas) + 1e-9).all()
    for other in (FeatureLabel, FeatureOnly):
        curve = other(MARK, "yes").exact(population)
        assert (curve.success(alphas) <= targeted.exact(population).success(alphas)).all()


def test_a_signal_that_leads_anywhere_is_shared_out_as_well():
    population = people(9, n=200)
    strategy = Targeted(MoveToSubgroup({"job": "cook"}), "yes")
    edit = strategy.edit(population, np.arange(150, 200), np.random.default_rng(0))
    assert (edit.apply(population).features["job"][150:] == "cook").all()
    assert strategy.exact(population).success(0.9) == 1


TOML = """
[population]
file = "people.csv"
label = "hired"

[learner]
kind = "bayes-optimal"

[strategies.usual]
kind = "feature-label"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "cook" } }

[strategies.targeted]
kind = "targeted"
target_label = "yes"
signal = { kind = "set-columns", values = { job = "cook" } }

[placement]
alphas = [0.02, 0.1]
repetitions = 2
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("targeted")
    crowd = people(11, n=2000, ages=6)
    lines = ["job,age,hired"]
    for record, label in zip(crowd.features, crowd.labels.argmax(axis=1), strict=True):
        lines.append(f"{record['job']},{record['age']},{LABELS[label]}")
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = folder / "study.toml"
    path.write_text('name = "Cooks"\n' + TOML, encoding="utf-8")
    return path


def test_a_study_of_the_targeted_runs_and_says_what_any_strategy_needs(study):
    asked = read_study(study)
    assert type(asked.strategies["targeted"]) is Targeted
    run(asked, study.parent / "out")
    with Store.open(study.parent / "out") as store:
        facts, rows = store.facts(), store.rows()
    found = {finding.strategy: compare(finding) for finding in findings(facts, rows)}
    usual, targeted = found["usual"], found["targeted"]
    best = asked.strategies["targeted"].exact(asked.population).critical_mass(0.9)
    assert usual.theory.best_mass == best
    assert targeted.theory.best_mass is None
    assert targeted.theory.masses[0] == best
    number = best.people(len(asked.population))[0]
    assert f"No strategy does with fewer than {number} people" in exactly(usual)
    assert exactly(targeted).endswith(
        "a cross-section of everybody. These are fractions of people; whole people usually take "
        "more. Counted in fractions, no strategy does with fewer."
    )
    (whole,) = whole_people(asked.strategies["targeted"], asked.population, [0.9])
    in_whole_people = (
        f"90% takes at most {whole} people ({percent(whole / len(asked.population))}), counted in "
        "whole people who stand where the plan says."
    )
    assert exactly(targeted).index(in_whole_people) < exactly(targeted).index("is reached exactly")
    assert "counted in whole people" not in exactly(usual)
    assert "members a cross-section of them" in weakest(targeted)
    other = replace(targeted.finding.facts, learner={"kind": "ScikitLearner"})
    trained = replace(targeted, finding=replace(targeted.finding, facts=other))
    assert "the model is the best possible one" in weakest(trained)
    page = write_report(study.parent / "out").read_text(encoding="utf-8")
    assert f"No strategy does with fewer than {number} people" in page
    assert "what the plan gives them" in page
    assert in_whole_people in page
    # what was trained: nobody sent by the plan is worse off than one who marks what they are
    rate = {
        name: np.mean([row.rate("included") for row in rows if row.strategy == name and row.alpha])
        for name in found
    }
    assert rate["targeted"] >= rate["usual"]


def test_a_store_keeps_the_fewest_people_of_any_strategy(study):
    asked = read_study(study)
    kept = theory_of(asked.strategies["usual"], asked.population, 0.9)
    again = Theory.from_json(kept.to_json())
    assert again.best_mass == kept.best_mass
    assert again.to_json() == kept.to_json()
    older = kept.to_json()
    older.pop("best")
    assert Theory.from_json(older).best_mass is None


def test_a_store_keeps_how_many_whole_people_are_enough_for_the_targeted(study):
    asked = read_study(study)
    kept = theory_of(asked.strategies["targeted"], asked.population, 0.9)
    (whole,) = whole_people(asked.strategies["targeted"], asked.population, [0.9])
    assert kept.placed_mass.people(len(asked.population)) == (whole, 0, whole)
    again = Theory.from_json(kept.to_json())
    assert again.placed_mass == kept.placed_mass
    older = kept.to_json()
    older.pop("placed")
    assert Theory.from_json(older).placed_mass is None
    careless = Imperfect(asked.strategies["targeted"], inactive=0.2)
    assert theory_of(careless, asked.population, 0.9).placed_mass is None


def test_the_command_says_what_any_strategy_needs(study):
    shown = called("theory", study, "--target", 0.9)[1]
    assert shown.count("No strategy does with fewer than") == 1  # of the usual one
    asked = read_question(study)
    best = asked.strategies["targeted"].exact(asked.records).critical_mass(0.9)
    said = json.loads(called("theory", study, "--target", 0.9, "--json")[1])
    assert said["usual"]["best"]["masses"][0]["alpha"] == best.alpha
    assert said["targeted"]["exact"]["masses"][0]["alpha"] == best.alpha
    assert "best" not in said["targeted"]
    (whole,) = whole_people(asked.strategies["targeted"], asked.records, [0.9])
    assert f"It takes at most {whole} people" in " ".join(shown.split())
    (mass,) = said["targeted"]["placed"]["masses"]
    assert mass["high"] == mass["alpha"] == whole / asked.records.size
    assert "placed" not in said["usual"]


def test_where_any_collective_is_enough_nothing_is_said_of_fewest():
    crowd = people(2, n=100)
    easy = Population.from_table(
        {"job": np.array(["nurse"] * 100, object), "age": crowd.features["age"],
         "hired": np.array(["yes", "no"] * 50, object)}, label="hired",
    )  # fmt: skip
    known = theories(FeatureLabel(MARK, "yes"), easy)
    assert known.best.critical_mass(0.9).alpha == 0
    assert by_any(known, [0.5, 0.9]) == ""
    assert theories(Erase(DropColumn("job")), crowd).best is None


def test_members_who_have_done_their_part_stay_and_others_go_elsewhere(tmp_path):
    asked = table_study({"plan": TABLES["targeted"]})
    first = instruct(asked, table_members(tmp_path, asked), "plan")
    assert len(first.acting) > 30
    (tmp_path / "after").mkdir()
    half = [
        one.after if place % 2 else one.before for place, one in enumerate(first.each)
    ]  # every other one has done what they were told
    names = list(asked.population.columns)
    lines = [",".join(["id", *names, "label"])]
    lines += [
        ",".join([f"p{k}", *(cells[name] for name in names), cells["label"]])
        for k, cells in enumerate(half)
    ]
    path = written(tmp_path / "after", "\n".join(lines) + "\n")
    again = instruct(asked, read_members(path, asked.population, Columns()), "plan")
    assert [not one.changes for one in again.each[1::2]] == [True] * 20
    assert len(again.acting) >= 15
    for one in again.acting:
        assert (one.after["job"], one.after["sex"], one.after["label"]) == ("nurse", "f", "yes")
