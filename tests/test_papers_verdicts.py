"""Claims of the paper are judged by what the trials say."""

from dataclasses import replace

import numpy as np
import pytest

from criticalmass.papers.hardt2023 import verdicts
from criticalmass.studies import Row


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
                    n=n, successes={"included": int(hits), "top1": int(hits)}, accuracy=0.965,
                )
            )  # fmt: skip
    return made


def rising(half, steep=3.0):
    return lambda alpha: 0.05 + 0.95 * alpha**steep / (half**steep + alpha**steep)


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
    mass = verdicts.critical_mass(rows(rising(half), again=again), "included")
    said = verdicts.at_most("strategy1-share", "class", "share", mass)
    assert said.answer == answer
    assert said.low <= said.ours <= said.high
    people = verdicts.at_most("strategy1-people", "class", "people", mass, 1000)
    assert people.ours == pytest.approx(1000 * said.ours)


@pytest.mark.parametrize(("half", "answer"), [(0.005, "agrees"), (0.03, "disagrees")])
def test_around(half, answer):
    mass = verdicts.critical_mass(rows(rising(half)), "included")
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
    other = [replace(row, successes={"included": row.successes["included"] + 1}) for row in low]
    assert verdicts.rises("epochs", "a", "b", other, low, "included").answer == "not settled"
    assert verdicts.rises("epochs", "a", "b", high, low, "included", 0.9).answer == "disagrees"
    assert verdicts.same("spacing", "a", "b", low, low, "included", 0.1).answer == "agrees"
    assert verdicts.same("spacing", "a", "b", high, low, "included", 0.1).answer == "disagrees"


def test_sizes_that_failed_are_left_out():
    one, two = rows(rising(0.02), again=1), rows(rising(0.02), again=1)
    one[3] = Row("x", "mark", one[3].asked, 0, one[3].alpha, one[3].members, error="out of memory")
    assert np.isnan(verdicts.difference(one, two, "included")).all()  # nothing tells the noise
    assert verdicts.rises("epochs", "a", "b", one, two, "included").answer == "not settled"
    one, two = (kind + rows(rising(0.02), again=2)[1:] for kind in (one, two))
    mean, low, high = verdicts.difference(one, two, "included")
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
                    successes={"included": round(1000 * (0.4 + shift + rng.normal(0, off)))},
                )
                for a, off in zip((0.1, 0.2, 0.3, 0.4), noise, strict=True) for r in range(3)
            ]
            for shift in (0.1, 0.05)
        )  # fmt: skip
        _, low, high = verdicts.difference(one, two, "included")
        held += low <= 0.05 <= high
    assert 0.92 <= held / 300 <= 0.99


def test_failures_and_too_few_trials_settle_nothing():
    few = rows(rising(0.01), alphas=(0.01,), again=1)[1:]
    failed = [Row("x", "mark", a, 0, a, round(1000 * a), error="why") for a in (0, 0.1, 0.2)]
    for some in (few, failed):
        mass = verdicts.critical_mass(some, "included")
        said = [
            verdicts.at_most("strategy1-share", "a", "b", mass),
            verdicts.around("strategy2-included", "a", "b", mass),
            verdicts.never_reached("strategy2-top1", "a", some, "top1", 1.0),
            verdicts.near("accuracy", some, "accuracy", 0.01),
            verdicts.same("spacing", "a", "b", some, some, "included", 0.1),
        ]
        assert {one.answer for one in said} == {"not settled"}


def test_a_clean_model():
    assert verdicts.near("accuracy", rows(rising(0.01)), "accuracy", 0.01).answer == "agrees"
    assert verdicts.near("recall", rows(rising(0.01)), "accuracy", 0.01).answer == "disagrees"


def test_heads_are_those_of_the_paper_s_size():
    mass = verdicts.critical_mass(rows(rising(0.0005)), "included")
    said = verdicts.at_most("strategy1-people", "a", "b", mass, 1000, same_size=False)
    assert said.answer == "another size"
