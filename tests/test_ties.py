"""Ties are lost, also those that hold at every share: compared with fractions, which are exact."""

from fractions import Fraction

import numpy as np
import pytest

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
