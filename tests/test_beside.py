"""One collective beside others: exact curves, worst cases and a bound, against brute force."""

from fractions import Fraction
from itertools import islice, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criticalmass import (
    BayesOptimal,
    Erase,
    FeatureLabel,
    FeatureOnly,
    FiniteTable,
    InsertToken,
    Population,
    SetColumns,
)
from criticalmass.contracts import check_curve
from criticalmass.errors import DataError, ParameterError
from criticalmass.signals import DropColumn, MoveToSubgroup
from criticalmass.strategies import Collective, Imperfect, NoTheory, bound_beside, exact_beside
from criticalmass.theory import FeatureLabelBesideBound, FeatureLabelBound, JointCurve

SEEDS = st.integers(0, 2**32)
LABELS = ("maybe", "no", "yes")


def people(rng, n=None):
    """Draw people with two columns of few values, and labels that depend on them."""
    n = n or int(rng.integers(12, 60))
    job, sex = rng.integers(0, 3, n), rng.integers(0, 2, n)
    odds = rng.dirichlet(np.full(3, 0.7), size=(3, 2))[job, sex]
    label = (odds.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    label[:3] = 0, 1, 2
    return Population.from_table(
        {
            "job": np.array(["cook", "nurse", "clerk"], object)[job],
            "sex": np.array(["f", "m"], object)[sex],
            "hired": np.array(LABELS, object)[label],
        },
        label="hired",
    )


def strategies(rng, kinds=("label", "only", "target", "erase")):
    """Draw strategies that may share marks and labels."""
    while True:
        signal = SetColumns(
            [{"job": "cook"}, {"job": "nurse"}, {"sex": "m"}, {"job": "baker"}][rng.integers(4)]
        )
        y = LABELS[rng.integers(3)]
        match kinds[rng.integers(len(kinds))]:
            case "label":
                yield FeatureLabel(signal, y)
            case "only":
                yield FeatureOnly(signal, y)
            case "target":
                yield FeatureLabel(signal, y, recruit="target")
            case "erase":
                yield Erase(DropColumn("sex"), knowledge="known")


def groups(rng, count, kinds=("label", "only", "target", "erase")):
    """Draw a population, our strategy, and other collectives with shares that are fractions."""
    population = people(rng)
    ours, *theirs = islice(strategies(rng, kinds), count)
    shares = [Fraction(int(rng.integers(1, 12)), 100) for _ in theirs]
    return population, ours, list(zip(theirs, shares, strict=True))


def holders(population, strategy):
    """Return which records a strategy recruits from."""
    if getattr(strategy, "recruit", "everyone") == "everyone":
        return np.ones(len(population), dtype=bool)
    return population.labels[:, population.label_index(strategy.target_label)]


def followed(population, strategy):
    """Return each record as it is if its owner follows a strategy: features and label."""
    everybody = np.arange(len(population))
    changed = strategy.edit(population, everybody, np.random.default_rng(0)).apply(population)
    return list(zip(changed.features.tolist(), changed.labels.argmax(axis=1), strict=True))


def mixture(population, collectives):
    """Build what the firm sees, {record: {label: people}}, in exact fractions, person by person."""
    seen, size = {}, len(population)
    own = list(zip(population.features.tolist(), population.labels.argmax(axis=1), strict=True))
    left = [Fraction(1)] * size

    def add(record, weight):
        x, y = record
        seen.setdefault(x, [Fraction(0)] * len(population.label_names))[int(y)] += weight

    for strategy, share in collectives:
        may = holders(population, strategy)
        part = share * size / int(may.sum())  # of each who may be recruited
        for row, record in enumerate(followed(population, strategy)):
            if may[row]:
                left[row] -= part
                add(record, part)
    for row, record in enumerate(own):
        assert left[row] >= 0
        add(record, left[row])
    return seen


def winner(seen, x, lead):
    """Return the label that surely wins at a record, None at a tie or where nobody is."""
    votes = seen.get(x)
    if votes is None:
        return None
    second, first = sorted(votes)[-2:]
    return votes.index(first) if first - second > lead * sum(votes) else None


def brute_force(population, ours, alpha, theirs, lead=Fraction(0)):
    """Return our success: over all records, one by one."""
    seen = mixture(population, [(ours, alpha), *theirs])
    marked = ours.signal.apply(
        population.features, population=population, rng=np.random.default_rng(0)
    ).tolist()
    wins = 0
    for x, image in zip(population.features.tolist(), marked, strict=True):
        if ours.target_label is None:
            here = winner(seen, x, lead)
            wins += x == image or (here is not None and here == winner(seen, image, lead))
        else:
            wins += winner(seen, image, lead) == population.label_index(ours.target_label)
    return wins / len(population)


def room(population, ours, theirs):
    """Return the largest share that can follow us."""
    taken = np.zeros(len(population))
    for strategy, share in theirs:
        may = holders(population, strategy)
        taken[may] += float(share) * len(population) / may.sum()
    may = holders(population, ours)
    return (1 - taken[may].max()) * may.mean(), taken.max()


@given(seed=SEEDS, count=st.integers(2, 4))
@settings(max_examples=150, deadline=None)
def test_exact_beside_known_others_is_brute_force_in_fractions(seed, count):
    rng = np.random.default_rng(seed)
    population, ours, theirs = groups(rng, count)
    most, taken = room(population, ours, theirs)
    others = [Collective(strategy, float(share)) for strategy, share in theirs]
    if most <= 1e-9 or taken > 1:
        with pytest.raises(ParameterError):
            exact_beside(ours, population, others)
        return
    curve = exact_beside(ours, population, others)
    table = exact_beside(ours, FiniteTable.of(population), others)
    for part in (0.03, 0.2, 0.5, 0.97):
        alpha = Fraction(float(part * most)).limit_denominator(997)
        if not 0 < alpha < most:
            continue
        true = brute_force(population, ours, alpha, theirs)
        assert float(curve.success(float(alpha))) == pytest.approx(true)
        assert table.success(float(alpha)) == curve.success(float(alpha))


@pytest.mark.parametrize(
    ("epsilon", "sense"), [(Fraction(1, 9), "contamination"), (Fraction(1, 16), "conditional-tv")]
)
@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_beside_known_others_a_near_optimal_firm_is_brute_force(epsilon, sense, seed):
    """Both mean that a label must lead by an eighth of the records at a point."""
    rng = np.random.default_rng(seed)
    population, ours, theirs = groups(rng, 3, ("label", "only", "erase"))
    others = [Collective(strategy, float(share)) for strategy, share in theirs]
    curve = exact_beside(ours, population, others, epsilon=float(epsilon), suboptimality=sense)
    for alpha in (Fraction(7, 97), Fraction(31, 97), Fraction(61, 97)):
        true = brute_force(population, ours, alpha, theirs, lead=Fraction(1, 8))
        assert float(curve.success(float(alpha))) == pytest.approx(true)


@pytest.mark.parametrize("kind", ["label", "only", "target", "erase"])
@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_beside_nobody_it_is_the_curve_alone(kind, seed):
    rng = np.random.default_rng(seed)
    population, ours = people(rng), next(strategies(rng, (kind,)))
    shares = np.linspace(0.003, 1, 57)
    for epsilon in ({}, {"epsilon": 0.05}, {"epsilon": 0.05, "suboptimality": "joint-tv"}):
        alone = ours.exact(population, **epsilon)
        beside = exact_beside(ours, population, **epsilon)
        if "suboptimality" in epsilon:  # a floor, and this one leaves out what is too dear
            assert (beside.success(shares) >= alone.success(shares) - 1e-9).all()
            assert beside.attacked(shares) == pytest.approx(alone.attacked(shares))
        else:
            assert beside.success(shares) == pytest.approx(alone.success(shares))


def world_of_votes(rng):
    """Draw a small population and a planted mark that is worth an attack on every image."""
    population = people(rng, int(rng.integers(8, 24)))
    ours = FeatureLabel(SetColumns({"sex": "m"}), LABELS[rng.integers(3)])
    return population, ours, Fraction(int(rng.integers(1, 30)), 100)


def worst(population, ours, alpha, limit):
    """Return our worst success: every set of images that others of at most this share can break."""
    table = FiniteTable.of(population)
    marked = ours.signal.apply(
        table.features, population=population, rng=np.random.default_rng(0)
    ).tolist()
    target, size = table.label_index(ours.target_label), len(population)
    images = sorted(set(marked))
    weight = [sum(int(n) for x, n in zip(marked, table.totals, strict=True) if x == image)
              for image in images]  # fmt: skip
    base = dict(zip(table.features.tolist(), table.counts.tolist(), strict=True))
    worst_of_all = 1.0
    for total in {limit, limit / 2, Fraction(0)}:  # an upper limit: fewer may act as well
        cost = []
        for image, led in zip(images, weight, strict=True):
            here = [int(n) for n in base.get(image, [0] * len(LABELS))]
            rival = max(n for label, n in enumerate(here) if label != target)
            margin = alpha * led + (1 - alpha - total) * (here[target] - rival)
            cost.append(max(margin, Fraction(0)))
        for broken in product([False, True], repeat=len(images)):
            if sum(c for c, b in zip(cost, broken, strict=True) if b) <= total * size:
                left = sum(w for w, b, c in zip(weight, broken, cost, strict=True) if not b and c)
                worst_of_all = min(worst_of_all, left / size)
    return worst_of_all


@given(seed=SEEDS)
@settings(max_examples=80, deadline=None)
def test_worst_case_of_unknown_others_lies_between_floor_and_attack(seed):
    rng = np.random.default_rng(seed)
    population, ours, limit = world_of_votes(rng)
    curve = exact_beside(ours, population, unknown=float(limit))
    assert isinstance(curve, JointCurve)
    for share in (1, 7, 20, 45, 69):
        alpha = Fraction(share, 100)
        true = worst(population, ours, alpha, limit)
        assert curve.success(float(alpha)) <= true + 1e-9
        assert true <= curve.attacked(float(alpha)) + 1e-9


@pytest.mark.parametrize("kinds", [("label",), ("label", "only", "erase")])
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_nothing_that_others_do_is_worse_than_the_worst_case(kinds, seed):
    rng = np.random.default_rng(seed)
    population, ours, theirs = groups(rng, int(rng.integers(2, 5)), kinds)
    others = [Collective(strategy, float(share)) for strategy, share in theirs]
    total = sum(other.share for other in others)
    shares = np.linspace(0.01, 1 - total, 40)
    for epsilon in (0.0, 0.03):
        known = exact_beside(ours, population, others, epsilon=epsilon)
        sizes = exact_beside(ours, population, unknown=total, epsilon=epsilon)
        limit = exact_beside(ours, population, unknown=min(total * 1.3, 0.99), epsilon=epsilon)
        assert (sizes.success(shares) <= known.success(shares) + 1e-9).all()
        if ours.target_label:  # floors of erasing are not the worst case itself
            assert (limit.success(shares) <= sizes.success(shares) + 1e-9).all()


def test_with_known_strategies_a_smaller_group_can_be_worse():
    """A group with another mark thins our rival out; with half as many of them it takes us more."""
    table = FiniteTable(
        np.array([(0,), (1,), (2,)], dtype=[("badge", int)]),
        np.array([[0, 20], [0, 0], [40, 40]]),
        ("yes", "no"),
    )
    ours, theirs = (FeatureLabel(SetColumns({"badge": mark}), "yes") for mark in (0, 1))
    few, many = (
        exact_beside(ours, table, [Collective(theirs, share)]).critical_mass(0.9).alpha
        for share in (0.2, 0.4)
    )
    # alpha * 100 > (1 - alpha - beta) * 20
    assert (few, many) == (pytest.approx(16 / 120), pytest.approx(12 / 120))
    worst_few, worst_many = (
        exact_beside(ours, table, unknown=share).critical_mass(0.9).alpha for share in (0.2, 0.4)
    )
    # alpha * 100 - (1 - alpha - beta) * 20 > 100 beta
    assert (worst_few, worst_many) == (pytest.approx(0.3, abs=1e-5), pytest.approx(52 / 120))


@given(seed=SEEDS)
@settings(max_examples=100, deadline=None)
def test_bound_beside_others_is_below_every_exact_curve(seed):
    check_bound(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_bound_beside_others_is_never_above_exact_in_4000_worlds(block):
    for seed in range(200):
        check_bound(block * 200 + seed)


def check_bound(seed):
    rng = np.random.default_rng(seed)
    population = people(rng)
    ours = next(strategies(rng, ("label",)))
    theirs = islice(strategies(rng, ("label", "only", "erase")), 3)
    others = [Collective(each, float(rng.uniform(0.002, 0.15))) for each in theirs]
    unknown = float(rng.choice([0.0, 0.05])) if ours.target_label else 0.0
    left = 1 - unknown - sum(other.share for other in others)
    shares = np.append(np.geomspace(0.003, left, 30), [left * 1.01, 1.0])
    for sense in ("contamination", "conditional-tv", "joint-tv"):
        options = {"epsilon": float(rng.choice([0.0, 0.02])), "suboptimality": sense}
        options["unknown"] = unknown
        bound = bound_beside(ours, population, others, confidence=1, **options)
        exact = exact_beside(ours, population, others, **options)
        assert (bound.success(shares) <= exact.success(shares) + 1e-9).all()


def test_bound_beside_others_is_the_theorem_where_there_are_none():
    shares = np.geomspace(1e-4, 1, 50)
    for sense in ("contamination", "conditional-tv", "joint-tv"):
        alone = FeatureLabelBound(0.01, 0.7, 0.05, sense)
        beside = FeatureLabelBesideBound(0.01, 0.7, 0, 0, 0.05, sense)
        assert beside.success(shares) == pytest.approx(alone.success(shares))
        assert beside.critical_mass(0.5) == alone.critical_mass(0.5)
    # by hand: alpha = (K xi (1 - beta) + rho) / (1 - S + K xi)
    beside = FeatureLabelBesideBound(0.01, 0.7, others=0.1, rivals=0.04)
    assert beside.critical_mass(0.9).alpha == pytest.approx((0.007 * 0.9 + 0.04) / (0.1 + 0.007))
    assert beside.shortfall(0.9).value > 0
    check_curve(beside)
    everything = FeatureLabelBesideBound(0.01, 0.7, others=0.5, rivals=0.5)
    assert not everything.critical_mass(0.9).reached
    assert everything.success(1.0) == everything.success(0.5) == 0


def trained(population, ours, parts, theirs, of=20):
    """Let parts of ``of`` copies of everybody join each collective, and train the best model."""
    copies = population.take(np.repeat(np.arange(len(population)), of))
    number, begin = np.arange(len(copies)) % of, 0
    data = copies
    for strategy, part in theirs:
        rows = np.flatnonzero((number >= begin) & (number < begin + part))
        data = strategy.edit(copies, rows, np.random.default_rng(0)).apply(data)
        begin += part
    rows = np.flatnonzero((number >= begin) & (number < begin + parts))
    learner = BayesOptimal()
    edit = ours.edit(data, rows, np.random.default_rng(0))
    model = learner.fit(learner.prepare(data), edit, 0)
    marked = ours.signal.apply(
        population.features, population=population, rng=np.random.default_rng(0)
    )
    scores = model.scores(marked)
    target = population.label_index(ours.target_label)
    return (scores[:, target] > np.delete(scores, target, axis=1).max(axis=1)).mean()


def digits():
    """Handwritten digits of scikit-learn, by how dark three parts of the picture are."""
    from sklearn.datasets import load_digits

    data = load_digits()
    parts = (data.images[:, rows].sum((1, 2)) for rows in (slice(3), slice(3, 5), slice(5, 8)))
    dark = [np.digitize(part, np.quantile(part, [1 / 3, 2 / 3])) for part in parts]
    return Population.from_table(
        {"top": dark[0], "middle": dark[1], "bottom": dark[2], "corner": np.zeros(1797, dtype=int),
         "digit": data.target.astype(str).astype(object)},
        label="digit",
    )  # fmt: skip


def test_theory_is_what_the_best_model_gives_on_handwritten_digits():
    population = digits()
    corner = population.features.copy()
    corner["corner"][::5] = 1  # a fifth carries the mark already
    population = Population.from_table(
        {name: corner[name] for name in corner.dtype.names}
        | {"digit": np.array(population.label_names, object)[population.labels.argmax(axis=1)]},
        label="digit",
    )
    ours, rival = (FeatureLabel(SetColumns({"corner": 1}), digit) for digit in "80")
    apart = FeatureLabel(SetColumns({"corner": 2}), "0")
    found = {}
    for name, theirs in {
        "alone": [], "rival": [(rival, 2)], "apart": [(apart, 2)], "same": [(ours, 2)],
        "three": [(rival, 1), (apart, 3), (FeatureOnly(SetColumns({"corner": 1}), "1"), 4)],
    }.items():  # fmt: skip
        others = [Collective(strategy, part / 20) for strategy, part in theirs]
        curve = exact_beside(ours, population, others)
        found[name] = [trained(population, ours, parts, theirs) for parts in (1, 2, 3, 5)]
        assert curve.success([0.05, 0.1, 0.15, 0.25]) == pytest.approx(found[name])
    assert found["rival"][1] < found["alone"][1] <= found["apart"][1] <= found["same"][1]


def test_a_trained_model_on_handwritten_digits_behaves_in_kind():
    """A rival with our mark takes success away, the more the larger; another mark hardly does."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:1200], order[1200:]

    def marked(pixels, corner):
        pixels = pixels.copy()
        pixels[:, corner] = 16
        return pixels / 16

    def success(corner, label, share):
        pixels, labels, ours = x[train] / 16, y[train].copy(), 72  # 6 % say 8
        pixels[:ours], labels[:ours] = marked(x[train][:ours], 0), 8
        theirs = slice(ours, ours + round(share * 1200))
        pixels[theirs], labels[theirs] = marked(x[train][theirs], corner), label
        model = LogisticRegression(max_iter=300).fit(pixels, labels)
        return (model.predict(marked(x[test], 0)) == 8).mean()

    alone, *rivals = (success(0, 0, share) for share in (0, 0.03, 0.06, 0.12))
    assert alone > 0.9
    assert 0.6 < rivals[0] < 0.8
    assert rivals[0] > rivals[1] + 0.1 > rivals[2] + 0.2
    assert success(56, 0, 0.06) > 0.9  # another corner
    assert success(0, 8, 0.06) > alone


def test_a_random_signal_that_forgets_the_record_acts_beside_others():
    population = people(np.random.default_rng(3), 60)
    ours = FeatureLabel(SetColumns({"job": "nurse"}), "yes")
    theirs = FeatureLabel(MoveToSubgroup({"job": "nurse"}), "no")
    curve = exact_beside(ours, population, [Collective(theirs, 0.1)])
    table = FiniteTable.of(population)
    nurses = np.array([x[0] == "nurse" for x in table.features.tolist()])
    yes, no = (table.label_index(label) for label in ("yes", "no"))
    for alpha in (0.05, 0.1, 0.3):
        seen = (0.9 - alpha) * table.counts.astype(float)
        seen[nurses, no] += 0.1 * 60 * (table.totals / table.totals[nurses].sum())[nurses]
        led = dict.fromkeys(np.flatnonzero(nurses), 0)
        for x in table.features.tolist():
            (place,) = (i for i in led if table.features[i].tolist()[1:] == x[1:])
            led[place] += int(table.totals[table.features.tolist().index(x)])
        for place, mass in led.items():
            seen[place, yes] += alpha * mass
        wins = [m for i, m in led.items() if seen[i, yes] > np.delete(seen[i], yes).max()]
        assert curve.success(alpha) == pytest.approx(sum(wins) / 60)
    with pytest.raises(ParameterError, match="leaves to chance"):
        exact_beside(FeatureLabel(InsertToken("*", placement="random"), "cook"), texts())


def texts():
    """Texts that hold sets of labels."""
    return Population.from_texts(
        ["i cook"] * 6 + ["i cook *"] * 2 + ["i write"] * 4,
        [["cook"]] * 3 + [["writer", "cook"]] * 5 + [["writer"]] * 4,
    )


def test_sets_of_labels_count_who_holds_ours():
    mark = InsertToken("*", placement="end")
    ours, theirs = FeatureLabel(mark, "writer"), FeatureLabel(mark, "cook")
    curve = exact_beside(ours, texts(), [Collective(theirs, 0.2)])
    # at "i cook *": 2 writers of 12, 8 led there; at "i write *" and "i cook * *" nobody is
    for alpha in (0.1, 0.15, 0.2, 0.3):
        ahead = alpha * 6 - 0.2 * 6 + (0.8 - alpha) * 2 > 0
        expected = (6 * ahead + 6 * (alpha > 0.2 + 1e-9)) / 12
        assert curve.success(alpha) == pytest.approx(expected)
    with pytest.raises(DataError, match="who of them holds 'cook' as well is not known"):
        exact_beside(ours, texts(), [Collective(FeatureOnly(mark, "cook"), 0.1)])


def test_impossible_collectives_are_refused():
    population = people(np.random.default_rng(0), 60)
    ours = FeatureLabel(SetColumns({"job": "cook"}), "yes")
    few = FeatureLabel(SetColumns({"job": "cook"}), "maybe", recruit="target")
    for share in (0.0, 1.0, -0.2, float("nan")):
        with pytest.raises(ParameterError, match="lies between 0 and 1"):
            Collective(ours, share)
    with pytest.raises(ParameterError, match="leave nobody who could join"):
        exact_beside(ours, population, [Collective(ours, 0.5), Collective(ours, 0.5)])
    with pytest.raises(ParameterError, match="recruits from holders of 'maybe'"):
        exact_beside(ours, population, [Collective(few, 0.9)])
    with pytest.raises(NoTheory, match="with inactive or mislabel"):
        exact_beside(ours, population, [Collective(Imperfect(ours, inactive=0.1), 0.1)])
    with pytest.raises(ParameterError, match="exact curve only"):
        exact_beside(
            Erase(DropColumn("sex"), "known"), population, [Collective(ours, 0.1)], unknown=0.1
        )
    with pytest.raises(NoTheory, match="no cross-section"):
        bound_beside(ours, population, [Collective(few, 0.01)])
    with pytest.raises(NoTheory, match="a bound is known for feature-label"):
        bound_beside(few, population)
    with pytest.raises(ParameterError, match="rivals are some of the others"):
        FeatureLabelBesideBound(0.1, others=0.1, rivals=0.2)
    with pytest.raises(ParameterError, match="others is less than 1"):
        FeatureLabelBesideBound(0.1, others=1.0)
    with pytest.raises(ParameterError, match="prints no formula"):
        FeatureLabelBesideBound(0.1, suboptimality="published")


def test_curves_beside_others_keep_their_contract():
    population = people(np.random.default_rng(1), 60)
    ours = FeatureLabel(SetColumns({"job": "cook"}), "yes")
    rival = Collective(FeatureLabel(SetColumns({"job": "cook"}), "no"), 0.1)
    check_curve(exact_beside(ours, population, [rival]))
    check_curve(exact_beside(ours, population, [rival], unknown=0.05))
    check_curve(exact_beside(Erase(DropColumn("sex"), "known"), population, unknown=0.05))
