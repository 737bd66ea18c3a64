"""Claims of the paper are judged by what the trials say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from criticalmass.fitting import FittedCurve
from criticalmass.papers.hardt2023 import differences, masses, verdicts
from criticalmass.papers.hardt2023.masses import FittedMass, critical_mass
from criticalmass.studies import Row
from support.rows import counts


def rows(success, alphas=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1), n=1000, again=3):
    """Trials of 1,000 people whose success is a function of α, with a little noise."""
    rng = np.random.default_rng(0)
    made = []
    for alpha in (0.0, *alphas):
        for repetition in range(again if alpha else 1):
            hits = rng.binomial(n, min(0.999, success(alpha)))
            made.append(
                Row(
                    f"{alpha}/{repetition}", "mark", alpha, repetition, alpha, round(1000 * alpha),
                    n=n, results=counts(n, included=hits, top1=hits), accuracy=0.965,
                )
            )  # fmt: skip
    return made


def rising(half, steep=3.0):
    return lambda alpha: 0.05 + 0.95 * alpha**steep / (half**steep + alpha**steep)


FINE = tuple(np.geomspace(0.001, 0.1, 24).round(5).tolist())
"""Shares so near each other that an interval may end between any two."""


def test_every_claim_has_a_source():
    said = verdicts.claims()
    assert len(said) == 14
    assert all(claim.source and claim.text for claim in said.values())
    assert said["strategy1-people"].value == 125
    assert np.isnan(said["spacing"].value)


@pytest.mark.parametrize(
    ("half", "answer", "again"),
    [
        (0.0005, "agrees", 3),
        (0.0005, "agrees", 2),
        (0.0025, "not settled", 2),
        (0.03, "disagrees", 2),
    ],
)  # fmt: skip
def test_at_most(half, answer, again):
    mass = critical_mass(rows(rising(half), again=again), "included")
    said = verdicts.at_most("strategy1-share", "class", "share", mass)
    assert said.answer == answer
    assert said.low <= said.ours <= said.high
    people = verdicts.at_most("strategy1-people", "class", "people", mass, 1000, unit="heads")
    assert people.ours == pytest.approx(1000 * said.ours)


@pytest.mark.parametrize(("half", "answer"), [(0.005, "agrees"), (0.03, "disagrees")])
def test_around(half, answer):
    mass = critical_mass(rows(rising(half), FINE), "included")
    assert verdicts.around("strategy2-data-0", "class", "share", mass).answer == answer


def test_what_is_never_reached():
    flat = rows(lambda alpha: 0.6 if alpha else 0.1)
    said = verdicts.never_reached("strategy2-top1", "class", flat, "top1", 0.1)
    assert said.answer == "agrees"
    assert said.ours > 0.95
    steep = rows(rising(0.003))
    said = verdicts.never_reached("strategy2-top1", "c", steep, "top1", 1.0)
    assert said.answer == "disagrees"
    assert "with 100 people" in said.about


def test_rises_and_stays_the_same():
    low, high = rows(rising(0.02)), rows(rising(0.002))
    assert verdicts.rises("epochs", "a", "b", high, low, "included").answer == "agrees"
    assert verdicts.rises("epochs", "a", "b", low, high, "included").answer == "disagrees"
    hits = [row.results["included"].successes for row in low]
    other = [
        replace(row, results=counts(1000, included=k + 1)) for row, k in zip(low, hits, strict=True)
    ]
    assert verdicts.rises("epochs", "a", "b", other, low, "included").answer == "not settled"
    assert verdicts.rises("epochs", "a", "b", high, low, "included", 0.9).answer == "disagrees"
    assert verdicts.same("spacing", "a", "b", low, low, "included", 0.1).answer == "agrees"
    assert verdicts.same("spacing", "a", "b", high, low, "included", 0.1).answer == "disagrees"


def test_sizes_that_failed_are_left_out():
    one, two = rows(rising(0.02), again=1), rows(rising(0.02), again=1)
    one[3] = Row("x", "mark", one[3].asked, 0, one[3].alpha, one[3].members, error="out of memory")
    assert np.isnan(differences.difference(one, two, "included")).all()  # nothing tells the noise
    assert verdicts.rises("epochs", "a", "b", one, two, "included").answer == "not settled"
    one, two = (kind + rows(rising(0.02), again=2)[1:] for kind in (one, two))
    mean, low, high = differences.difference(one, two, "included")
    assert mean == pytest.approx(0, abs=0.03)
    assert low < 0 < high


@pytest.mark.parametrize("uneven", [False, True], ids=["alike", "at one size"])
def test_the_interval_of_a_difference_holds_it(uneven):
    """Also where trials scatter at one size only, where success jumps."""
    rng = np.random.default_rng(0)
    noise = [0.0, 0.1, 0.005, 0.0] if uneven else [0.03] * 4
    held = 0
    for _ in range(300):
        one, two = (
            [
                Row(
                    str(r), "mark", a, r, a, round(1000 * a), n=1000,
                    results=counts(1000, included=round(1000 * (0.4 + shift + rng.normal(0, off)))),
                )
                for a, off in zip((0.1, 0.2, 0.3, 0.4), noise, strict=True) for r in range(3)
            ]
            for shift in (0.1, 0.05)
        )  # fmt: skip
        _, low, high = differences.difference(one, two, "included")
        held += low <= 0.05 <= high
    assert 0.92 <= held / 300 <= 0.99


def test_failures_and_too_few_trials_settle_nothing():
    few = rows(rising(0.01), alphas=(0.01,), again=1)[1:]
    failed = [Row("x", "mark", a, 0, a, round(1000 * a), error="why") for a in (0, 0.1, 0.2)]
    for some in (few, failed):
        mass = critical_mass(some, "included")
        said = [
            verdicts.at_most("strategy1-share", "a", "b", mass),
            verdicts.around("strategy2-included", "a", "b", mass),
            verdicts.never_reached("strategy2-top1", "a", some, "top1", 1.0),
            verdicts.near("accuracy", some, "accuracy", 0.01),
            verdicts.same("spacing", "a", "b", some, some, "included", 0.1),
        ]
        assert {one.answer for one in said} == {"not settled"}


def test_a_clean_model():
    many = [replace(row, n=20_000) for row in rows(rising(0.01))]
    assert verdicts.near("accuracy", many, "accuracy", 0.01).answer == "agrees"
    assert verdicts.near("accuracy", rows(rising(0.01)), "accuracy", 0.01).answer == "not settled"
    assert verdicts.near("recall", many, "accuracy", 0.01).answer == "disagrees"


def mass(low, high, alpha=None, never=0.0):
    return FittedMass(alpha or (low + high) / 2, low, high, never, never, never)


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (0.001, 0.002, "agrees"),  # below 0.5 %, and 5 to 10 of 25,000
        (0.021, 0.024, "another size"),  # above 0.5 %, but 105 to 120 people
        (0.03, 0.04, "disagrees"),  # above 0.5 %, and 150 to 200 people
        (0.004, 0.006, "another size"),  # not settled as a share, 20 to 30 people
        (0.004, 0.04, "not settled"),
    ],
)
def test_heads_and_shares_are_judged_alike_at_another_size(low, high, answer):
    """125 of 25,000 are 0.5 %: one claim, whichever way it is put."""
    ours = mass(low, high)
    share = verdicts.at_most("strategy1-share", "a", "b", ours, of_paper=0.2)
    heads = verdicts.at_most("strategy1-people", "a", "b", ours, 5000, unit="heads", of_paper=0.2)
    assert share.answer == heads.answer == answer
    assert heads.ours == pytest.approx(5000 * share.ours)
    assert share.also == f"{verdicts.number(share.ours / 5)} if heads carry over"
    assert heads.also == f"{verdicts.number(heads.ours * 5)} if shares carry over"


def test_at_the_paper_s_size_heads_and_shares_are_the_same():
    said = verdicts.at_most("strategy1-people", "a", "b", mass(0.001, 0.002), 25_000, unit="heads")
    assert (said.answer, said.also) == ("agrees", "")


def test_what_no_share_of_the_class_reaches_as_many_heads_may():
    slow = rows(lambda alpha: 0.85 * alpha**2 / (0.04**2 + alpha**2) + 0.02)
    alike = verdicts.never_reached("strategy2-top1", "c", slow, "top1", 0.05)
    assert alike.answer == "agrees"
    smaller = verdicts.never_reached("strategy2-top1", "c", slow, "top1", 0.05, of_paper=0.05)
    assert smaller.answer == "another size"
    assert smaller.also.endswith("if heads carry over")


def test_a_verdict_that_turns_on_the_sampler_s_seed_is_not_settled(monkeypatch):
    trials = rows(rising(0.0025), FINE, n=100, again=2)
    ours = critical_mass(trials, "included")
    outcomes = [row.outcome("included") for row in trials]
    ends = [FittedCurve.fit(outcomes, seed=s).critical_mass(0.9).high for s in range(10, 20)]
    assert min(ends) < max(ends)
    assert ours.low < min(ends) < max(ends) <= ours.high
    published = verdicts.claims()["strategy1-share"]
    for value in (min(ends), np.mean(ends), max(ends) * 0.999):  # some seeds say it agrees
        claim = replace(published, value=float(value))
        monkeypatch.setattr(verdicts, "claims", lambda claim=claim: {"near an end": claim})
        assert verdicts.at_most("near an end", "a", "b", ours).answer == "not settled"


def test_the_seed_of_the_sampler_is_all_that_moves_a_fit():
    outcomes = [row.outcome("included") for row in rows(rising(0.0025), again=2)]
    one, same, other = (
        FittedCurve.fit(outcomes, seed=seed).critical_mass(0.9) for seed in (0, 0, 1)
    )
    assert one == same == FittedCurve.fit(outcomes).critical_mass(0.9)
    assert one != other
    assert other.alpha == pytest.approx(one.alpha, rel=0.1)


def test_ends_that_only_some_seeds_have_are_the_outermost():
    flat = rows(lambda alpha: 0.6 if alpha else 0.1)
    never = masses.mass_of(masses.curves(flat, "top1"), 0.1)
    assert np.isnan(never.alpha)
    assert never.high == np.inf
    assert never.never_low <= never.never <= never.never_high <= 1
    assert verdicts.at_most("strategy1-share", "a", "b", never).answer == "disagrees"
    assert verdicts.at_most("strategy1-share", "a", "b", masses.UNKNOWN).answer == "not settled"


def test_one_model_trained_again_is_one_observation():
    """Its interval is that of the test records: Clopper and Pearson's, by the F distribution."""
    clean = [Row(str(k), "mark", 0, k, 0, 0, n=500, accuracy=0.9, precision=0.8, recall=0.7)
             for k in range(3)]  # fmt: skip
    for quality, value in (("accuracy", 450), ("precision", 400), ("recall", 350)):
        mean, low, high = differences.clean_quality(clean, quality)
        exact = binomtest(value, 500).proportion_ci(0.95, method="exact")
        assert (mean, low, high) == pytest.approx((value / 500, exact.low, exact.high))
        assert differences.clean_quality(clean[:1], quality) == (mean, low, high)
    assert np.isnan(differences.clean_quality([], "accuracy")).all()


def test_the_interval_of_a_clean_model_holds_its_quality():
    """Of one model, and of several that differ, on the same new test records."""
    rng, held = np.random.default_rng(0), np.zeros(2)
    for _ in range(1500):
        shifts, records = rng.normal(0, 0.02, 3), rng.random(500)
        measured = [float((records < 0.8 + shift).mean()) for shift in (0.0, *shifts)]
        models = [Row(str(k), "mark", 0, k, 0, 0, n=500, accuracy=a, precision=a, recall=a)
                  for k, a in enumerate(measured)]  # fmt: skip
        for place, some in enumerate((models[:1], models[1:])):
            _, low, high = differences.clean_quality(some, "accuracy")
            held[place] += low <= 0.8 <= high
    assert (held / 1500 >= 0.94).all()


def test_repetitions_that_are_all_equal_have_no_interval_without_width():
    def always(rate):
        return [Row(f"{a}/{r}", "mark", a, r, a, round(1000 * a), n=500,
                    results=counts(500, included=round(500 * rate)))
                for a in (0.1, 0.2, 0.3) for r in range(3)]  # fmt: skip

    mean, low, high = differences.difference(always(0.5), always(0.5), "included")
    exact = 1.96 * np.sqrt(2 * 0.25 / 500)  # of two proportions of the same records at each size
    assert (mean, low, high) == pytest.approx((0, -exact, exact), rel=0.01)
    mean, low, high = differences.difference(always(1), always(0), "included")
    assert 0.98 < low < mean == high == 1
    said = verdicts.same("spacing", "a", "b", always(1), always(1), "included", 0.1)
    assert said.answer == "agrees"


def shifted(rng, alphas, shift, scatter, again, steep=3.0, n=2000):
    """Trials whose curves are shifted in ln α, all by one shift and each by one of its own."""
    found = []
    for alpha in alphas:
        for repetition in range(again):
            half = 0.0025 * np.exp(shift + scatter * rng.normal())
            hits = int(rng.binomial(n, rising(half, steep)(alpha) * 0.99))
            found.append(
                Row("", "mark", alpha, repetition, alpha, round(1000 * alpha) + 1, n=n,
                    results=counts(n, included=hits))
            )  # fmt: skip
    return found


EDGE = 0.405
"""Shift by which success differs by 0.1 on average over sizes."""
ALPHAS = (0.0004, 0.0008, 0.0014, 0.002, 0.003, 0.005, 0.008, 0.02)


def answers(shift, again, scatter=0.15, steep=3.0, times=200):
    """How often `same` says what of curves that are apart by a shift in ln α."""
    rng = np.random.default_rng(0)
    said = []
    for _ in range(times):
        moved, other = (shifted(rng, ALPHAS, by, scatter, again, steep) for by in (shift, 0))
        said.append(verdicts.same("spacing", "a", "b", moved, other, "included", 0.1).answer)
    found = {
        answer: said.count(answer) / times for answer in ("agrees", "not settled", "disagrees")
    }
    print(f"shift {shift}, {again} repetitions: {found}")
    return found


@pytest.mark.parametrize(
    ("again", "scatter", "steep", "least"),
    [
        (3, 0.15, 3, 0.95),
        (3, 0.3, 3, 0.6),
        (5, 0.3, 3, 0.95),
        (5, 0.3, 6, 0.65),
        (10, 0.3, 6, 0.95),
    ],
)
def test_equal_curves_are_called_the_same_or_left_open(again, scatter, steep, least):
    """Three trials at a size are too few where success jumps and trials scatter most."""
    found = answers(0, again, scatter, steep)
    assert found["agrees"] >= least
    assert found["disagrees"] <= 0.01


@pytest.mark.parametrize("again", [3, 5, 10])
def test_curves_that_differ_are_not_called_the_same(again):
    apart = answers(1.0, again)  # critical masses apart by a factor of e
    assert apart["agrees"] == 0
    assert apart["disagrees"] >= 0.9


@pytest.mark.parametrize("again", [3, 5, 10])
def test_curves_that_differ_by_the_limit_are_hardly_ever_called_the_same(again):
    rng = np.random.default_rng(0)
    one, two = (shifted(rng, ALPHAS, shift, 0.15, 1000) for shift in (0.0, EDGE))
    mean, _, _ = differences.difference(one, two, "included")
    assert mean == pytest.approx(0.1, abs=0.003)
    assert answers(EDGE, again)["agrees"] <= 0.05


def test_a_large_difference_at_one_size_is_seen():
    """It is less than the limit on average: 0.5 at one size of eight."""
    rng = np.random.default_rng(0)
    low = [replace(row, results=counts(2000, included=rng.binomial(2000, 0.2)))
           for row in shifted(rng, ALPHAS, 0, 0, 5)]  # fmt: skip
    high = [replace(row, results=counts(2000, included=row.results["included"].successes + 1000))
            if row.asked == ALPHAS[3] else row for row in low]  # fmt: skip
    mean, _, most = differences.difference(high, low, "included")
    assert mean < most < 0.1
    said = verdicts.same("spacing", "a", "b", high, low, "included", 0.1)
    assert said.answer == "disagrees"
    assert said.also.startswith("at one size 0.5")


def test_a_rise_agrees_only_where_the_whole_interval_is_above_what_was_claimed():
    rng = np.random.default_rng(0)
    low, high = (shifted(rng, ALPHAS, shift, 0.15, 3) for shift in (1.0, 0.0))
    mean, least, most = differences.difference(high, low, "included")
    assert 0 < least < mean < most
    for by, answer in (
        (least - 0.01, "agrees"),
        ((least + mean) / 2, "not settled"),  # the mean is above it, the interval is not
        ((mean + most) / 2, "not settled"),
        (most + 0.01, "disagrees"),
    ):
        assert verdicts.rises("epochs", "a", "b", high, low, "included", by).answer == answer
