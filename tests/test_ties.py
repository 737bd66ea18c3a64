"""Ties are lost, also those that hold at every share: compared with fractions, which are exact."""

from fractions import Fraction

import numpy as np
import pytest

from criticalmass import FeatureLabel, FeatureOnly, Population
from criticalmass.signals import SetColumns
from criticalmass.strategies.beside import Collective, exact_beside
from criticalmass.theory.contests import exact_erasure, exact_feature_label, exact_feature_only

EPSILONS = [
    Fraction(0),
    *(Fraction(a, b) for b in (3, 4, 5, 6, 7, 10) for a in (1, 2) if 2 * a < b),
]


def wins(counts, label, alpha, moved_in, moved_out, lead):
    """Whether a label strictly leads by more than λ P(x) at a point of the mixture."""
    masses = [
        (1 - alpha) * n + alpha * (stays + arrives)
        for n, stays, arrives in zip(counts, moved_out, moved_in, strict=True)
    ]
    others = [mass for y, mass in enumerate(masses) if y != label]
    return masses[label] - max(others) > lead * sum(masses)


def of(epsilon, sense):
    return epsilon / (1 - epsilon) if sense == "contamination" else 2 * epsilon


def shares(curve):
    """Fractions to look at: between and at the curve's steps, as near as small numbers come."""
    ends = [float(end) for end in (*curve.low, *curve.high) if 0 < end <= 1]
    at = {Fraction(end).limit_denominator(2000) for end in ends}
    return sorted({*at, *(Fraction(k, 12) for k in range(1, 13)), Fraction(1, 997)})


def compare(curve, succeeds):
    for alpha in shares(curve):
        if 0 < alpha <= 1:
            found = float(curve.success(float(alpha)))
            assert found == pytest.approx(float(succeeds(alpha)), abs=1e-12), alpha


@pytest.mark.parametrize("sense", ["contamination", "conditional-tv"])
@pytest.mark.parametrize("seed", range(60))
def test_ties_are_lost_at_every_share(seed, sense):
    rng = np.random.default_rng(seed)
    points, labels = int(rng.integers(1, 5)), int(rng.integers(2, 4))
    base = rng.integers(0, 5, (points, labels))
    target = int(rng.integers(labels))
    epsilon = EPSILONS[seed % len(EPSILONS)]
    lead = of(epsilon, sense)
    given = {"epsilon": float(epsilon), "suboptimality": sense}
    counts = [[Fraction(int(n)) for n in row] for row in base]

    # features and labels
    images = rng.integers(0, 6, points) + (np.arange(points) == 0)
    size = Fraction(int(images.sum()))

    def planted(alpha):
        won = 0
        for row, led in zip(counts, images.tolist(), strict=True):
            arrive = [led if y == target else 0 for y in range(labels)]
            won += led * wins(row, target, alpha, arrive, [0] * labels, lead)
        return won / size

    compare(exact_feature_label(base, images, target, **given), planted)

    # features only: those who hold the target label move, the others stay
    holders = np.minimum(images, base[:, target])
    holders = np.where(rng.random(points) < 0.5, holders, rng.integers(0, images + 1))

    def moved(alpha):
        won = 0
        for row, led, own in zip(counts, images.tolist(), holders.tolist(), strict=True):
            stay = [0 if y == target else n for y, n in enumerate(row)]
            arrive = [own if y == target else 0 for y in range(labels)]
            won += led * wins(row, target, alpha, arrive, stay, lead)
        return won / size

    compare(exact_feature_only(base, images, holders, target, **given), moved)

    # erasing: everybody at x reports what leads at g(x)
    base = base + (np.arange(labels) == 0)
    image = np.where(np.arange(points) % 2 == 1, np.arange(points) - 1, np.arange(points))
    counts = [[Fraction(int(n)) for n in row] for row in base]
    said = base.argmax(axis=1)[image]

    def erased(alpha):
        won = 0
        holds = [
            wins(row, said[x], alpha, [sum(row) * (y == said[x]) for y in range(labels)],
                 [0] * labels, lead)
            for x, row in enumerate(counts)
        ]  # fmt: skip
        for x, row in enumerate(counts):
            won += sum(row) * (image[x] == x or (holds[x] and holds[image[x]]))
        return won / Fraction(int(base.sum()))

    compare(exact_erasure(base, image, **given), erased)


@pytest.mark.parametrize("third", [1 / 3, 0.3333333333333333, np.float64(1) / 3])
def test_a_contest_that_is_a_tie_at_every_share_is_lost(third):
    """y* has 3 of 4 records, whoever joins: a lead of 2, and the firm can be wrong by ½ · 4."""
    curve = exact_feature_only([[3, 1]], [3], [3], 0, epsilon=third)
    assert curve.success([1e-6, 0.3, 1.0]).tolist() == [0, 0, 0]
    assert not curve.critical_mass(0.5).reached
    # one record more in a thousand million is no tie
    many = 10**9
    most = 3 * many + 1
    ahead = exact_feature_only([[most, many]], [most], [most], 0, epsilon=third)
    assert ahead.success([1e-9, 1.0]).tolist() == [1, 1]


@pytest.mark.parametrize("unit", [0.1, 1 / 7, 1e-9])
def test_shares_of_records_are_compared_as_records_are(unit):
    """Records may be given as shares, whose sums are rounded: the same contests are ties."""
    for counts, arriving in (([3, 1], 3), ([3, 3], 3), ([6, 2], 6)):
        base = np.array([counts]) * unit
        curve = exact_feature_only(base, [arriving * unit], [arriving * unit], 0, epsilon=1 / 3)
        assert curve.success([0.1, 1.0]).tolist() == [0, 0]


def people_of(*kinds):
    """A population of (how many, mark, place, label)."""
    columns = zip(*((m, p, y) for n, m, p, y in kinds for _ in range(n)), strict=True)
    mark, place, label = (np.array(column, dtype=object) for column in columns)
    return Population.from_table({"mark": mark, "place": place, "is": label}, label="is")


SATURATED = [
    *(("contamination", e) for e in (Fraction(1, 4), Fraction(1, 3), Fraction(7, 20))),
    *(("conditional-tv", Fraction(e)) for e in ("3/20", "3/10", "1/3", "7/20")),
]


@pytest.mark.parametrize(("sense", "epsilon"), SATURATED)
@pytest.mark.parametrize("kind", [FeatureLabel, FeatureOnly])
def test_a_tie_of_all_who_can_be_recruited_is_lost_at_every_larger_share(kind, sense, epsilon):
    """All holders of B have joined, and B's lead is just what the firm can be wrong by."""
    lead = of(epsilon, sense)
    strategy = kind(SetColumns({"mark": "y"}), "B", recruit="target")
    ratio = (1 + lead) / (1 - lead)  # so many of B for one of A
    given = {"epsilon": float(epsilon), "suboptimality": sense}
    for times in (1, 3, 7):
        holders, rivals = times * ratio.numerator, times * ratio.denominator
        people = people_of((holders, "n", "p", "B"), (rivals, "y", "p", "A"))
        all_of_them = holders / len(people)
        shares = [all_of_them - 1e-6, all_of_them, 0.999, 1.0]
        assert strategy.exact(people, **given).success(shares).tolist() == [0] * 4
        more = people_of((holders + 1, "n", "p", "B"), (rivals, "y", "p", "A"))
        assert strategy.exact(more, **given).success(1.0) == 1


def test_a_tie_beside_others_is_lost_once_all_who_can_be_recruited_have_joined():
    """2 of B at p0, 2 of A and one marked of B at p1: at p0 all A that can come equal B there."""
    people = people_of((2, "n", "p0", "B"), (2, "n", "p1", "A"), (1, "y", "p1", "B"))
    ours = FeatureLabel(SetColumns({"place": "p0"}), "A", recruit="target")
    theirs = FeatureLabel(SetColumns({"mark": "y", "place": "p1"}), "B")
    curve = exact_beside(ours, people, [Collective(theirs, share) for share in (0.01, 0.06)])
    assert curve.success(0.99) == 0
