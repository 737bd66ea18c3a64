"""The sentences that people read, for every kind of answer."""

from dataclasses import replace

import pytest

from criticalmass.answers.finding import Status, findings
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts
from criticalmass.words.finding import answer as in_words
from criticalmass.words.finding import doubt, in_short
from criticalmass.words.learners import learner_in_words
from criticalmass.words.placements import placement_in_words
from criticalmass.words.signals import signal_in_words
from criticalmass.words.strategies import strategy_in_words


def facts(**changes):
    kept = {
        "name": "demo",
        "target": 0.9,
        "measures": ["included"],
        "population": {"size": 10_000, "kind": "texts"},
        "strategies": {
            "mark": {
                "target_label": "cook",
                "recruitable": 1.0,
                "held": 0.05,
                "description": {
                    "kind": "FeatureLabel",
                    "target_label": "cook",
                    "signal": {"kind": "InsertToken", "token": "~", "every": 20},
                },
            }
        },
    }
    return replace(Facts.from_json(kept), **changes)


def rows(success, sizes=(0, 5, 10, 20, 50, 100, 200, 500, 1000), n=1000):
    return [
        Row(f"{m}/{r}", "mark", m / 10_000, r, m / 10_000, m, changed=m, n=n,
            successes={"included": round(n * success(m))})
        for m in sizes
        for r in range(3)
    ]  # fmt: skip


def answer(success, **changes):
    (found,) = findings(facts(**changes), rows(success))
    return found


def test_a_number_with_its_range():
    found = answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2))
    people, low, high = found.mass.people(10_000)
    assert low <= people <= high
    assert in_words(found) == (
        f"It takes about {people} people out of 10,000 ({people / 100:.1f}%; between "
        f"{low} and {high}). If that many put “~” after every 20 words of their text and report "
        "“cook” as their only label, the trained model gives “cook” to at least 90% of the texts "
        "that carry the mark."
    )
    assert doubt(found) == (
        "The range holds with 95% probability. Without a collective the model gives “cook” to "
        "2.0% of them; 5.0% of them really hold that label."
    )


def test_never_reached():
    found = answer(lambda m: 0.1 + 0.3 / (1 + (50 / max(m, 1e-9)) ** 2))
    assert in_words(found).startswith(
        "No collective that was tried is large enough. With 1,000 people out of 10,000 (10%), the "
        "largest tried, the model gives “cook” to 40% of the texts that carry the mark; 90% is "
        "wanted."
    )
    assert "gets there, if the curve goes on as fitted: more than 99%" in doubt(found)
    assert "range" not in doubt(found)


def test_never_is_a_guess_where_the_curve_still_rises():
    foot = answer(lambda m: 0.02 + 0.97 / (1 + (5000 / max(m, 1e-9)) ** 2))
    assert not foot.mass.reached
    assert "That is a guess: the curve still rises where the trials end." in doubt(foot)
    bounded = answer(
        lambda m: 0.02 + 0.97 / (1 + (5000 / max(m, 1e-9)) ** 2),
        placement={"kind": "Adaptive", "high": 0.1, "precision": 0.2, "most": 96},
    )
    assert "They end at placement.high = 10%." in doubt(bounded)
    level = answer(lambda m: 0.02 + 0.5 / (1 + (20 / max(m, 1e-9)) ** 2))
    assert "Probability that no collective" in doubt(level)
    assert "guess" not in doubt(level)


def test_beyond_what_was_tried_is_called_a_guess():
    found = answer(lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5))
    assert found.mass.alpha > 0.1
    assert in_words(found).startswith(
        "It takes more than were tried. Continued beyond 1,000 people, the largest collective"
    )
    assert "which is a guess" in in_words(found)


def test_nobody_is_needed():
    found = answer(lambda m: 0.97)
    assert in_words(found).startswith("Nobody needs to join: without any collective the model")
    assert "Without a collective" not in doubt(found)


def test_too_few_trials():
    (found,) = findings(facts(), rows(lambda m: 0.5, sizes=(0, 10)))
    assert found.curve is None
    assert in_words(found).startswith("There are not enough trials")
    assert doubt(found) == ""
    (found,) = findings(facts(), [])
    assert in_words(found).startswith("There are not enough trials")


def test_failed_rows_are_kept_apart():
    failed = Row("x", "mark", 0.1, 9, 0.1, 1000, error="MemoryError")
    (found,) = findings(facts(), [*rows(lambda m: min(1, m / 200)), failed])
    assert found.failed == (failed,)
    assert failed not in found.rows


def test_who_can_be_recruited_counts():
    strategies = {"mark": replace(facts().strategies["mark"], recruitable=0.12)}
    success = lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5)  # noqa: E731
    assert not answer(success, strategies=strategies).mass.reached
    reached = answer(lambda m: 1 / (1 + (20 / max(m, 1e-9)) ** 2), strategies=strategies)
    share = 100 * reached.mass.alpha / 0.12
    assert f"That is {share:.1f}% of the 1,200 people who can be recruited." in doubt(reached)


def test_a_curve_that_does_not_fit_is_called_out():
    found = answer(lambda m: 0.2 if m < 30 else 0.5 if m < 500 else 0.95)
    assert "The curve does not fit everywhere: with" in doubt(found)
    assert "trust the dots rather than the line" in doubt(found)


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (
            {"kind": "InsertToken", "token": "~", "every": 5, "placement": "spaced"},
            "put “~” after every 5 words of their text",
        ),
        (
            {"kind": "InsertToken", "token": "~", "every": 5, "placement": "start"},
            "put “~” at the start of their text",
        ),
        (
            {"kind": "InsertToken", "token": "~", "every": 5, "placement": "end"},
            "put “~” at the end of their text",
        ),
        (
            {"kind": "InsertToken", "token": "~", "every": 5, "placement": "random"},
            "put “~” in random places, about one for every 5 words",
        ),
        ({"kind": "SetColumns", "values": {"a": 1, "b": "x"}}, "set a to “1” and b to “x”"),
        (
            {"kind": "MoveToSubgroup", "where": {"sex": "Female"}},
            "replace their record by one of somebody with sex = Female",
        ),
        (
            {"kind": "StampPatch", "value": 1, "size": 3, "corner": "top-left"},
            "stamp a patch of 3 × 3 pixels into the top-left corner",
        ),
        ({"kind": "their.own.Signal"}, "apply their.own.Signal to their texts"),
    ],
)
def test_signals_in_words(signal, words):
    assert signal_in_words(signal) == words


def test_strategies_and_learners_in_words():
    signal = {"kind": "InsertToken", "token": "~", "every": 5}
    only = {"kind": "FeatureOnly", "signal": signal, "target_label": "cook"}
    assert strategy_in_words(only).endswith(
        "changing any label (only people who hold “cook” take part)"
    )
    own = f"do what Own says (its signal: {signal_in_words(signal)})"
    assert strategy_in_words({"kind": "Own", "signal": signal}) == own
    assert strategy_in_words({"kind": "Own"}) == "do what Own says"
    assert "bag-of-words" in learner_in_words({"kind": "LinearText", "C": 1.0})
    named = {"kind": "ScikitLearner", "estimator": {"kind": "sklearn.svm._classes.SVC"}}
    assert learner_in_words(named) == "scikit-learn's SVC"
    assert learner_in_words({"kind": "Own"}) == "Own"


def test_below_what_was_tried_is_called_a_guess():
    found = answer(lambda m: 0.02 if m == 0 else 0.99)
    assert in_words(found).startswith(
        "It takes fewer than were tried: 5 people, the smallest collective tried, reached the "
        "target already. A guess is about "
    )


def test_trials_that_rise_and_fall_are_called_out():
    found = answer(lambda m: 0.1 if m < 20 else 0.95 if m in (100, 200) else 0.5)
    assert in_words(found).startswith("The trials do not settle it. With ")
    assert in_short(found)[0] == "not settled"
    assert "range" not in doubt(found)


def test_a_target_is_written_with_all_its_digits():
    found = answer(lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2), target=0.925)
    assert "at least 92.5% of the texts" in in_words(found)


def test_numbers_come_with_a_status_and_sentences_from_words():
    rises = lambda m: 0.02 + 0.97 / (1 + (50 / max(m, 1e-9)) ** 2)  # noqa: E731
    assert answer(rises).status is Status.FOUND
    assert answer(lambda m: 0.97).status is Status.NOBODY_NEEDED
    assert answer(lambda m: 0.02 if m == 0 else 0.99).status is Status.BELOW_TRIED
    beyond = answer(lambda m: 0.01 + 0.98 / (1 + (500 / max(m, 1e-9)) ** 1.5))
    assert beyond.status is Status.BEYOND_TRIED
    assert answer(lambda m: 0.1 if m < 20 else 0.4).status is Status.NOT_REACHED
    unsettled = answer(lambda m: 0.1 if m < 20 else 0.95 if m in (100, 200) else 0.5)
    assert unsettled.status is Status.UNSETTLED
    (none,) = findings(facts(), [])
    assert none.status is Status.NOT_ENOUGH
    failed = Row("x", "mark", 0.1, 9, 0.1, 1000, error="MemoryError")
    (broken,) = findings(facts(), [failed])
    assert broken.status is Status.ALL_FAILED
    assert in_words(broken).endswith("the first with MemoryError.")
    public = {name for name in dir(beyond) if not name.startswith("_")}
    texts = {name for name in public if isinstance(getattr(beyond, name), str)}
    assert texts == {"strategy", "measure"}  # no sentence


def test_placements_of_ones_own_are_named():
    assert placement_in_words({"kind": "Mine"}, "top1") == "by Mine"
