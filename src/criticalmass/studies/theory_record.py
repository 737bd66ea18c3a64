"""`Theory`: what theory says of one strategy, in one form from its computation to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from criticalmass.curves import CriticalMass, PathCurve, Unreached
from criticalmass.theory import (
    Bound,
    DrawnPeople,
    ErasureBound,
    Estimate,
    EstimatedBound,
    ExactCurve,
    FeatureLabelBesideBound,
    FeatureLabelBound,
    FeatureOnlyBound,
    GradientControlBound,
    GradientNeutralizingBound,
    JointCurve,
    PlantedNumberBound,
    UnplantBound,
    UtilityBound,
)

if TYPE_CHECKING:  # a store is read without
    from criticalmass.theory import PeopleCurve

THEOREMS: Mapping[str, type[Bound]] = {
    theorem.__name__: theorem
    for theorem in (
        FeatureLabelBound,
        FeatureLabelBesideBound,
        FeatureOnlyBound,
        ErasureBound,
        UnplantBound,
        PlantedNumberBound,
        GradientNeutralizingBound,
        UtilityBound,
        GradientControlBound,
    )
}
"""The theorems that stores keep the parameters of, by the name of their class."""
LATER = ("opposing",)
"""Parameters that older stores do not have; where they are not known they are left out."""
DRAWN = 2000
"""Steps of an exact curve that are kept apart; beyond that they are drawn to four digits."""
SURE = 0.95
"""The confidence with which a single collective of whole people is to reach a target."""


@dataclass(frozen=True, eq=False)
class Theory:
    """The bound and the exact curves of one strategy, with reasons for what is missing.

    Parameters
    ----------
    size
        Number of records that α is a share of.
    bound, exact
        The curves in shares, or None.
    refused
        Why a curve is None, by ``"bound"``, ``"exact"`` and ``"people"``.
    steers
        Whether the strategy steers the firm's parameters.
    proposition_9
        For a utility that is convex: what is guaranteed whatever the records, if there is such.
    cells
        Number of different records; 0 where it was not kept.
    masses
        For one target: the exact critical mass, and where the target is first reached. Empty
        without an exact curve or a target.
    points
        Number of different records that the exact curve distinguishes; 0 for curves of steering.
    people
        The exact curve of whole people, drawn at random; None where there is none, and in stores of
        before it was kept. A person is a record.
    people_masses
        For one target: the number of people whose expected success reaches it, and the number of
        whom any draw reaches it with 95 % confidence. Empty without such a curve or a target.
    best
        The success that no strategy exceeds with the same signal and target label; None where it
        is not known, and for the strategy that reaches it.
    best_mass
        For one target: the people that every strategy needs. None without a curve or a target.
    placed_mass
        For one target, of a strategy that says where each member stands: so many whole people are
        enough. None where that is not known.
    """

    size: int
    bound: EstimatedBound | None = None
    exact: ExactCurve | JointCurve | PathCurve | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    steers: bool = False
    proposition_9: UtilityBound | None = None
    cells: int = 0
    masses: tuple[CriticalMass, ...] = ()
    points: int = 0
    people: PeopleCurve | DrawnPeople | None = None
    people_masses: tuple[CriticalMass, ...] = ()
    best: ExactCurve | None = None
    best_mass: CriticalMass | None = None
    placed_mass: CriticalMass | None = None

    @property
    def theorem(self) -> str:
        """What the paper calls the theorem behind the bound; empty without a bound."""
        return self.bound.theorem if self.bound else ""

    @property
    def exact_target(self) -> bool:
        """Whether success of 1, the wanted model itself, is within reach."""
        return self.bound is not None and isinstance(self.bound.bound, GradientNeutralizingBound)

    def for_target(self, target: float) -> Theory:
        """Return this with the exact critical masses for a target, as a store keeps it.

        The steps of an exact curve may then be rounded, and a curve of whole people is kept at some
        sizes; their critical masses are exact.
        """
        best = self.best.critical_mass(target) if self.best else self.best_mass
        known = replace(self, best=None, best_mass=best)
        return known._in_people(target)._in_shares(target)

    def _in_people(self, target: float) -> Theory:
        if self.people is None or isinstance(self.people, DrawnPeople):
            return self
        drawn = DrawnPeople.of(self.people, target, SURE)
        masses = drawn.critical_mass(target), drawn.floor_mass(target)
        return replace(self, people=drawn, people_masses=masses)

    def _in_shares(self, target: float) -> Theory:
        if not isinstance(self.exact, ExactCurve | PathCurve):
            own = type(self.exact).__name__
            reason = "the strategy gives none" if self.exact is None else f"{own} cannot be kept"
            return replace(self, exact=None, refused={"exact": reason, **self.refused})
        masses = self.exact.critical_mass(target), self.exact.first_reached(target)
        if isinstance(self.exact, PathCurve):
            return replace(self, masses=masses)
        return replace(
            self, exact=_shortened(self.exact), masses=masses, points=len(self.exact.low)
        )

    def to_json(self) -> dict[str, Any]:
        """Return this in JSON's types, for a store; make it `for_target` first."""
        kept: dict[str, Any] = {name: {"refused": why} for name, why in self.refused.items()}
        if self.bound:
            theorem: Any = self.bound.bound
            kept["bound"] = {
                "kind": type(theorem).__name__,
                "parameters": _parameters(theorem),
                "estimates": [asdict(estimate) for estimate in self.bound.estimates],
                "confidence": self.bound.confidence,
                "share": float(self.bound.share),
            }
        if self.proposition_9:
            kept["proposition_9"] = asdict(self.proposition_9)
        masses = {"masses": [_mass_in_json(mass) for mass in self.masses]}
        if isinstance(self.exact, PathCurve):
            path = {"alphas": self.exact.alphas.tolist(), "values": self.exact.values.tolist()}
            kept["exact"] = path | masses
        elif isinstance(self.exact, ExactCurve):
            steps = {
                "low": self.exact.low.tolist(),
                "high": self.exact.high.tolist(),
                "weight": self.exact.weight.tolist(),
                "size": float(self.exact.size),
                "points": self.points,
            }
            kept["exact"] = steps | masses
        if isinstance(self.people, DrawnPeople):
            kept["people"] = {
                "people": self.people.people.tolist(),
                "expected": self.people.expected.tolist(),
                "sure": self.people.sure.tolist(),
                "size": self.people.size,
                "confidence": self.people.confidence,
                "from_below": self.people.from_below,
                "masses": [_mass_in_json(mass) for mass in self.people_masses],
            }
        if self.best_mass:
            kept["best"] = {"masses": [_mass_in_json(self.best_mass)]}
        if self.placed_mass:
            kept["placed"] = {"masses": [_mass_in_json(self.placed_mass)]}
        return kept

    @classmethod
    def from_json(
        cls, kept: Mapping[str, Any], *, size: int = 0, steers: bool = False
    ) -> Theory | None:
        """Return the theory that `to_json` kept; None where a store kept none."""
        if not kept:
            return None
        exact, people = kept.get("exact", {}), kept.get("people", {})
        proposition_9 = kept.get("proposition_9")
        people_masses = tuple(_mass(mass) for mass in people.get("masses", ()))
        if "expected" in people and len(people_masses) != 2:
            raise ValueError("a curve of whole people needs two critical masses")
        return cls(
            size,
            _bound(kept.get("bound", {})),
            _exact(exact),
            {name: part["refused"] for name, part in kept.items() if "refused" in part}
            | _of_ones_own(kept.get("bound", {})),
            steers,
            UtilityBound(**proposition_9) if proposition_9 else None,
            masses=tuple(_mass(mass) for mass in exact.get("masses", ())),
            points=exact.get("points", 0),
            people=_people(people),
            people_masses=people_masses if "expected" in people else (),
            best_mass=_first_mass(kept.get("best", {})),
            placed_mass=_first_mass(kept.get("placed", {})),
        )


def _parameters(theorem: Any) -> dict[str, Any]:
    """Return a theorem's parameters, in the form of older stores where they are what those had."""
    kept = asdict(theorem)
    return {name: value for name, value in kept.items() if name not in LATER or value is not None}


def _mass_in_json(mass: CriticalMass) -> dict[str, Any]:
    """Return a critical mass in JSON's types."""
    reason = mass.reason
    kept = reason.to_json() if isinstance(reason, Unreached) else reason
    return {**asdict(mass), "reason": kept}


def _mass(kept: Mapping[str, Any]) -> CriticalMass:
    """Return the critical mass that a store kept; older ones kept its reason in words."""
    reason = kept.get("reason", "")
    return CriticalMass(
        **{**kept, "reason": reason if isinstance(reason, str) else Unreached.from_json(reason)}
    )


def _first_mass(kept: Mapping[str, Any]) -> CriticalMass | None:
    return next((_mass(mass) for mass in kept.get("masses", ())), None)


def _of_ones_own(kept: Mapping[str, Any]) -> dict[str, str]:
    """Return why there is no bound, of a kind that only its author can make again."""
    own = kept.get("kind", "") not in ("", *THEOREMS)
    return {"bound": f"{kept['kind']} is no theorem of this package"} if own else {}


def _bound(kept: Mapping[str, Any]) -> EstimatedBound | None:
    if kept.get("kind") not in THEOREMS:  # none, or one of somebody's own
        return None
    estimates = tuple(Estimate(**estimate) for estimate in kept["estimates"])
    theorem = THEOREMS[kept["kind"]](**kept["parameters"])
    return EstimatedBound(theorem, estimates, kept["confidence"], kept["share"])


def _exact(kept: Mapping[str, Any]) -> ExactCurve | PathCurve | None:
    if "alphas" in kept:
        return PathCurve(np.array(kept["alphas"]), np.array(kept["values"]))
    if "low" not in kept:
        return None
    low, high, weight = (np.array(kept[key], dtype=float) for key in ("low", "high", "weight"))
    return ExactCurve(low, high, weight, kept["size"])


def _people(kept: Mapping[str, Any]) -> DrawnPeople | None:
    if "expected" not in kept:
        return None
    return DrawnPeople(
        np.array(kept["people"], dtype=np.intp),
        np.array(kept["expected"], dtype=float),
        np.array(kept["sure"], dtype=float),
        kept["size"],
        kept["confidence"],
        kept["from_below"],
    )


def _shortened(curve: ExactCurve) -> ExactCurve:
    """Return the same curve on [0, 1] with equal steps merged, and rounded if there are many."""
    low, high = np.maximum(curve.low, -1.0), np.minimum(curve.high, 2.0)
    counts = (low < high) & (low < 1)
    ends, weight = np.column_stack([low, high])[counts], curve.weight[counts]
    if len(np.unique(ends, axis=0)) > DRAWN:
        digits = 10.0 ** np.floor(np.log10(np.maximum(np.abs(ends), 1e-12)) - 3)
        ends = np.round(ends / digits) * digits
    merged, number = np.unique(ends, axis=0, return_inverse=True)
    total = np.asarray(np.bincount(number.reshape(-1), weight, len(merged)), dtype=float)
    return ExactCurve(merged[:, 0], merged[:, 1], total, float(curve.size))
