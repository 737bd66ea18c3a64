"""Findings made from a success for each number of people, without any training."""

from dataclasses import replace

from criticalmass.answers.finding import findings
from criticalmass.studies import Row
from criticalmass.studies.facts import Facts
from support.rows import counts

SIZES = (0, 5, 10, 20, 50, 100, 200, 500, 1000)


def facts_of_texts(**changes):
    """Return the facts of a study with 10,000 texts and one strategy, with some changes."""
    kept = {
        "name": "demo",
        "target": 0.9,
        "measures": ["included"],
        "population": {"size": 10_000, "test_size": 1000, "kind": "texts"},
        "identity": {"population": {"sha256": "0a"}, "test": {"sha256": "0b"}},
        "learner": {"kind": "LinearText", "C": 1.0},
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


def rows_of_success(success, sizes=SIZES, repetitions=3, n=1000):
    """Return rows in which so many of n test records succeed, by the number of people."""
    return [
        Row(f"{m}/{r}", "mark", m / 10_000, r, m / 10_000, m, changed=m, n=n,
            results=counts(n, included=round(n * success(m))))
        for m in sizes
        for r in range(repetitions)
    ]  # fmt: skip


def finding_of(success, sizes=SIZES, repetitions=3, **changes):
    """Return what is found from such rows."""
    (found,) = findings(facts_of_texts(**changes), rows_of_success(success, sizes, repetitions))
    return found
