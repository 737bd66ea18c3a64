"""Sources of a planner's numbers, and random settings for them."""

import math
from dataclasses import replace

import numpy as np

from criticalmass.answers.growth import growth_of
from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.answers.planning import Kinds, Theorem
from criticalmass.answers.scenario import FIELDS, TARGETS, Scenario
from criticalmass.answers.study_trials import trials_of
from support.findings import finding_of


def rising(members):
    """Reach .9 with about 150 of 10,000."""
    return 0.02 + 0.97 / (1 + (50 / max(members, 1e-9)) ** 2)


def level(members):
    """Never reach .9."""
    return 0.1 if members < 20 else 0.4


def begun(members):
    """Begin at .12 with nobody, and reach .9 with about 140 of 10,000."""
    return 0.12 + 0.87 / (1 + (50 / max(members, 1e-9)) ** 2)


def every_source(trials):
    """Return every kind of source.

    These are trials that get there, some that do not, among few people, and two theories.
    """
    few = replace(trials_of(finding_of(level, repetitions=1)), strategy="few", recruitable=0.3)
    return [trials, replace(few, inactive=0.2), Theorem(), Kinds()]


LAW = LawNumbers(
    10**6, (1000, 3000, 10_000), ((61.0, 50.0, 73.0), (94.0, 81.0, 110.0), (152.0, 131.0, 176.0)),
    (0.4, 0.3, 0.5), "BETWEEN", (500.0, 9000.0), (130.0, 18_000.0), 0.95,
    "included", 0.9,
)  # fmt: skip
"""The law of a study that was tried in three sizes, of which the study of `rising` is one."""


def sources_with_law(trials):
    """Return sources of which several sizes were tried: one gets there, the other for .3 only."""
    few = replace(every_source(trials)[1], target=0.3)
    shares = replace(LAW, sizes=(20, 200, 10_000), verdict="NOT_SETTLED")
    return [replace(trials, growth=growth_of(LAW)), replace(few, growth=growth_of(shares))]


def within(source, scenario):
    """Return a setting whose target is one of which a source says something."""
    return replace(scenario, target=max(scenario.target, source.lowest))


def scenarios(count, seed=0):
    """Random settings; numbers have the digits that somebody would type."""
    rng, made = np.random.default_rng(seed), []
    for _ in range(count):
        one = {}
        for name, field in FIELDS.items():
            if field.log:
                one[name] = round(math.exp(rng.uniform(0, math.log(1e5))))
            elif field.whole:
                one[name] = int(rng.integers(*field.slide, endpoint=True))
            else:
                one[name] = round(rng.uniform(field.low, field.high), 2)
        if rng.random() < 0.5:
            one.update(others=0, cost=0.0)
        if rng.random() < 0.2:
            one["target"] = float(rng.choice(TARGETS))
        if rng.random() < 0.1:
            one["population"] = 10_000
        made.append(Scenario(**one))
    return made
