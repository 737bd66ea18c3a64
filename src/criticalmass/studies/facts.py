"""What reports say about a study: kept in its store beside the trials, in JSON's types."""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from criticalmass.data.population import Population
from criticalmass.incentives import Incentives
from criticalmass.studies.identity.describe import describe, digest, own_kinds
from criticalmass.studies.identity.own_code import code_facts
from criticalmass.studies.theory import theory_of

if TYPE_CHECKING:
    from criticalmass.studies.study import Study

KEPT = 1000
"""So many quantiles of people's costs are kept."""


def facts_of(study: Study) -> dict[str, Any]:
    """Return what reports say about a study, in JSON's types."""
    packages = ["criticalmass", "numpy", "scipy", "scikit-learn"]
    packages += [name for name in ("torch", "transformers") if name in sys.modules]
    versions = {"python": platform.python_version()} | {p: version(p) for p in packages}
    return {
        "name": study.name,
        "target": study.target,
        "seed": study.seed,
        "measures": list(study.measures),
        "population": {
            "name": study.population.name,
            "kind": study.population.kind,
            "size": len(study.population),
            "test_size": len(study.test),
            "labels": list(study.population.label_names),
            "label_sets": study.population.label_sets,
            "notes": list(study.population.notes),
        },
        "learner": describe(study.learner),
        "strategies": {
            name: {
                "target_label": strategy.target_label,
                "measures": list(study.measures_of(name)),
                "held": _held(study.test, strategy.target_label),
                "recruitable": len(strategy.candidates(study.population)) / len(study.population),
                "description": describe(strategy),
                "doubts": study.doubts[name],
                "theory": theory_of(strategy, study.population, study.target, study.learner),
            }
            for name, strategy in study.strategies.items()
        },
        "placement": describe(study.placement),
        "incentives": study.incentives and _kept(study.incentives),
        "identity": json.loads(json.dumps(study.identity)),
        "sha256": digest(study.identity),
        "versions": versions,
        "code": code_facts(own_kinds([study.learner, *study.strategies.values()])),
        "source": study.source,
    }


def incentives_from(kept: dict[str, Any] | None) -> Incentives | None:
    """Return the incentives that `facts_of` kept; None if there were none."""
    if not kept:
        return None
    cost = kept["cost"]
    return Incentives(tuple(cost) if isinstance(cost, list) else cost, kept["free_ride"])


def _kept(incentives: Incentives) -> dict[str, Any]:
    cost: Any = incentives.cost
    if isinstance(cost, tuple):
        many = len(cost) > KEPT
        cost = incentives.costs(KEPT).tolist() if many else list(cost)
    return {"cost": cost, "free_ride": incentives.free_ride}


def _held(test: Population, label: str | None) -> float | None:
    """Return the share of test records that hold a label."""
    return None if label is None else len(test.holding(label)) / len(test)
