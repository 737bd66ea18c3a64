"""What strategies know of themselves: exact curves, bounds with estimated parameters, erasure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass import (
    BayesOptimal,
    DropColumn,
    Edit,
    Erase,
    FeatureLabel,
    FeatureOnly,
    FiniteTable,
    Grid,
    InsertToken,
    Population,
    SetColumns,
    Study,
)
from criticalmass.answers.finding import findings
from criticalmass.answers.theory import compare
from criticalmass.contracts import check_learner, check_strategy
from criticalmass.errors import DataError, ParameterError
from criticalmass.measures import MEASURES
from criticalmass.measures.evaluation import Evaluation
from criticalmass.signals import Coarsen, MoveToSubgroup
from criticalmass.strategies.images import carrying
from criticalmass.studies import facts_of
from criticalmass.theory import FeatureLabelBound
from criticalmass.words.theory import guaranteed
from criticalmass.words.unreached import unreached


def people(seed, n=None):
    """Draw people with three columns of few values, and labels that depend on them."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(20, 150))
    job, sex, age = (rng.integers(0, k, n) for k in (3, 2, 2))
    odds = rng.dirichlet(np.full(3, 0.7), size=(3, 2, 2))[job, sex, age]
    label = (odds.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    label[:3] = 0, 1, 2
    return Population.from_table(
        {
            "job": np.array(["cook", "nurse", "clerk"], object)[job],
            "sex": np.array(["f", "m"], object)[sex],
            "age": age * 10 + 20,
            "hired": np.array(["maybe", "no", "yes"], object)[label],
        },
        label="hired",
    )


STRATEGIES = [
    FeatureLabel(SetColumns({"job": "cook"}), "yes"),
    FeatureLabel(SetColumns({"job": "cook", "sex": "m"}), "yes", recruit="target"),
    FeatureLabel(SetColumns({"job": "baker"}), "no"),
    FeatureOnly(SetColumns({"sex": "f", "age": 30}), "yes"),
    FeatureOnly(SetColumns({"sex": "f"}), "maybe", recruit="target"),
    Erase(DropColumn("sex"), knowledge="known"),
    Erase(Coarsen("age", edges=(100,)), knowledge="known"),
    Erase(Coarsen("job", groups={"cook": "x", "nurse": "x"}), knowledge="known"),
]


def trained(strategy, population, parts, of):
    """Let ``parts`` of ``of`` copies of everybody join, train, and measure on the population."""
    copies = population.take(np.repeat(np.arange(len(population)), of))
    rows = np.arange(len(copies))
    candidates = rows
    share = parts
    if getattr(strategy, "recruit", "everyone") == "target":
        candidates = copies.holding(strategy.target_label)
    members = candidates[candidates % of < share]
    if not len(members):
        return None
    edit = strategy.edit(copies, members, np.random.default_rng(0))
    learner = BayesOptimal()
    prepared = learner.prepare(copies)
    model = learner.fit(prepared, edit, seed=0)
    marked = strategy.signal.apply(
        population.features, population=population, rng=np.random.default_rng(0)
    )
    target = strategy.target_label
    evaluation = Evaluation(
        model.scores(marked), model.scores(population.features),
        None if target is None else population.label_index(target), False,
    )  # fmt: skip
    if target is not None:
        seen = FiniteTable.of(edit.apply(copies)).locate(marked) >= 0  # elsewhere f is anything
        return len(members) / len(copies), (MEASURES["top1"].judge(evaluation) & seen).mean()
    sure = (np.diff(np.sort(evaluation.plain, axis=1)[:, -2:])[:, 0] > 0) | (
        marked == population.features
    )  # a tie is no success, unless x = g(x)
    return len(members) / len(copies), (MEASURES["erased"].judge(evaluation) & sure).mean()


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@given(seed=st.integers(0, 2**32), parts=st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_exact_is_what_training_gives(strategy, seed, parts):
    population = people(seed)
    result = trained(strategy, population, parts, of=9)
    if result is None:
        return
    alpha, success = result
    curve = strategy.exact(population)
    assert curve.success(alpha) == pytest.approx(success)
    assert strategy.exact(FiniteTable.of(population)).success(alpha) == curve.success(alpha)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_bound_is_below_exact_where_the_records_are_the_population(strategy, seed):
    population = people(seed)
    shares = np.geomspace(1e-3, 1, 40)
    for sense in ("contamination", "conditional-tv"):
        options = {"epsilon": 0.01, "suboptimality": sense}
        bound = strategy.bound(population, confidence=1, **options)
        exact = strategy.exact(population, **options)
        assert (bound.success(shares) <= exact.success(shares) + 1e-9).all()
        estimated = strategy.bound(population, **options)
        assert estimated.confidence == 0.95


def test_a_random_signal_has_an_exact_curve_where_it_forgets_the_record():
    population = people(3, 120)
    strategy = FeatureLabel(MoveToSubgroup({"job": "nurse"}), "yes")
    curve = strategy.exact(population)
    rng = np.random.default_rng(0)
    counts = FiniteTable.of(population)
    landed = strategy.signal.apply(
        np.repeat(population.features, 300), population=population, rng=rng
    )
    mass = np.bincount(counts.locate(landed), minlength=len(counts)) / 300
    yes = counts.label_index("yes")
    for alpha in (0.05, 0.2, 0.4):
        seen = (1 - alpha) * counts.counts.astype(float)
        seen[:, yes] += alpha * mass
        wins = seen[:, yes] > np.delete(seen, yes, axis=1).max(axis=1)
        assert curve.success(alpha) == pytest.approx(mass[wins].sum() / 120, abs=0.05)


def test_signals_left_to_chance_have_none(texts):
    strategy = FeatureLabel(InsertToken("~", placement="random"), "Writer")
    with pytest.raises(ParameterError, match="leaves to chance how a record is marked"):
        strategy.exact(texts)


def test_texts_with_sets_of_labels(texts):
    bound = FeatureLabel(InsertToken("~"), "Writer").bound(texts)
    xi, gap, u = bound.estimates
    assert (xi.value, gap.limit, u.value) == (0.0, 1.0, 0.0)
    assert xi.limit == pytest.approx(1 - 0.0025 ** (1 / len(texts)))  # 0 of n is not 0
    assert u.limit == pytest.approx(1 - 0.035 ** (1 / len(texts)))
    assert bound.bound == FeatureLabelBound(xi.limit, 1.0, opposing=u.limit)
    assert bound.bound.opposed
    assert bound.critical_mass(0.9).confidence == 0.95
    only = FeatureOnly(InsertToken("~"), "Writer").bound(texts)
    assert not only.critical_mass(0.5).reached
    assert "too few records are led to one point" in unreached(only.critical_mass(0.5).reason)


def test_who_carries_a_signal():
    texts = Population.from_texts(["a ~", "b", "see~this"], ["x", "y", "x"])
    assert carrying(InsertToken("~"), FiniteTable.of(texts)).sum() == 2
    population = people(0)
    table = FiniteTable.of(population)
    for signal in (SetColumns({"job": "cook"}), MoveToSubgroup({"job": "cook"})):
        carry = carrying(signal, table)
        assert (table.features["job"][carry] == "cook").all()
        assert table.totals[carry].sum() == (population.features["job"] == "cook").sum()


@pytest.mark.parametrize("knowledge", ["pooled", "known"])
def test_erasing_keeps_the_contract_of_strategies(knowledge):
    population = people(1)
    check_strategy(Erase(DropColumn("sex"), knowledge), population)
    edit = Edit.nothing(population)
    check_learner(BayesOptimal(), population, edit)


def test_pooled_knowledge_grows_with_the_collective():
    population = people(5, 2000)
    pooled, known = (Erase(DropColumn("sex"), k) for k in ("pooled", "known"))
    rng = np.random.default_rng(0)
    agreement = []
    for size in (10, 100, 2000):
        shares = []
        for _ in range(20):
            members = population.draw(size, rng=rng)
            one, other = (
                s.edit(population, members, rng).apply(population).labels[members]
                for s in (pooled, known)
            )
            shares.append((one == other).all(axis=1).mean())
        agreement.append(np.mean(shares))
    assert agreement[0] < agreement[1] < agreement[2] == 1


def test_pooled_members_know_nothing_of_others():
    population = people(2, 100)
    members = np.arange(10)
    changed = population.labels.copy()
    changed[50:] = np.roll(changed[50:], 1, axis=1)
    other = Population(population.features, changed, population.label_names, False)
    strategy, rng = Erase(DropColumn("sex")), np.random.default_rng(0)
    one, two = (strategy.edit(p, members, rng).labels.tolist() for p in (population, other))
    assert one == two


def test_maps_that_theory_cannot_take_are_refused():
    population = people(4)

    class Rotate:
        def apply(self, features, *, population, rng):
            turned = features.copy()
            turned["age"] = np.where(features["age"] == 20, 30, 20)
            return turned

    with pytest.raises(DataError, match=r"must be idempotent, g\(g\(x\)\) = g\(x\)"):
        Erase(Rotate()).candidates(population)
    away = Erase(SetColumns({"job": "baker"}))
    with pytest.raises(DataError, match=r"records to where nobody is \(such as job = baker"):
        away.candidates(population)
    with pytest.raises(DataError, match=r'erase with { kind = "drop-column", column = "job" }'):
        away.exact(population)
    of_several = FiniteTable.read(
        {"job": ["cook", "cook", "nurse"], "age": [20, 30, 40], "hired": [0, 1, 1]}, label="hired"
    )
    with pytest.raises(DataError, match='column = "job", reference = "cook" }: that leads'):
        Erase(SetColumns({"job": "cook"})).exact(of_several)
    sets = Population.from_texts(["a", "b"], [{"x"}, {"x", "y"}])
    with pytest.raises(DataError, match="one label per record"):
        Erase(DropColumn("sex")).candidates(sets)


def test_a_text_to_where_nobody_is_is_shown_as_a_text():
    class Emptied:
        def apply(self, features, *, population, rng):
            return np.full(len(features), "", dtype=object)

    written = Population.from_texts(["cook", "baker"], ["yes", "no"])
    with pytest.raises(DataError, match=r"2 of 2 records to where nobody is \(such as ''\)"):
        Erase(Emptied()).candidates(written)


def test_confidence_is_the_one_that_was_asked_for():
    for strategy in STRATEGIES:
        for wrong in (0, 2):
            with pytest.raises(ParameterError, match=f"not {wrong}"):
                strategy.bound(people(0), confidence=wrong)


def test_an_unseen_target_label_is_refused():
    strategy = FeatureLabel(SetColumns({"job": "cook"}), "yse")
    for ask in (strategy.exact, strategy.bound):
        with pytest.raises(DataError, match="did you mean 'yes'"):
            ask(people(0))


def many_kinds():
    """Return the example of docs/faq.md: nobody carries the mark, and records are of 250 kinds."""
    rng, size = np.random.default_rng(0), 4000
    columns = {
        "kind": rng.integers(0, 250, size).astype(str).astype(object),
        "badge": np.full(size, "none", dtype=object),
        "hired": rng.choice(["no", "yes"], size).astype(object),
    }
    return Population.from_table(columns, label="hired")


def test_whole_people_may_need_more_than_a_theorem_guarantees_in_shares():
    people = many_kinds()
    size = len(people)
    strategy = FeatureLabel(SetColumns({"badge": "blue"}), target_label="yes")
    curves = strategy.exact(people), strategy.bound(people), strategy.exact(people, in_people=True)
    needed = [curve.critical_mass(0.9).people(size)[0] for curve in curves]
    assert needed == [0, 34, 539]
    # by hand: a kind succeeds where it has a member, and each has about 16 of 4,000 people
    kinds = np.bincount(people.features["kind"].astype(int)) / size
    assert 1 - kinds @ (1 - kinds) ** 539 == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("value", "said"), [("blue", True), ("none", False)])
def test_the_report_says_so_where_whole_people_need_more_than_is_guaranteed(value, said):
    train, test = many_kinds().split(test=400, seed=0)
    strategy = FeatureLabel(SetColumns({"badge": value}), target_label="yes")
    study = Study(train, test, BayesOptimal(), {"badge": strategy}, Grid((0.1,)))
    comparison = compare(findings(facts_of(study), [])[0])
    assert ("need more here" in guaranteed(comparison)) == said
