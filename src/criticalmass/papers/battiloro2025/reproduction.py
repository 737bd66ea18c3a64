"""Four groups at once: what sizes guarantee, what more knowledge does, and what is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from criticalmass.answers.certificate_beside import certify_with_others
from criticalmass.arrays import Array
from criticalmass.learners import BayesOptimal
from criticalmass.learners.learner import Learner
from criticalmass.learners.scikit import ScikitLearner
from criticalmass.papers.battiloro2025.world import SETTINGS, SIZE, Setting, city, trained
from criticalmass.papers.hardt2023.drawing import INK, MUTED, RULE
from criticalmass.papers.hardt2023.setup import Options
from criticalmass.papers.verdicts import (
    Verdict,
    as_rows,
    claims_in,
    in_markdown,
    side,
    write_table,
)
from criticalmass.strategies import bound_beside, exact_beside
from criticalmass.theory import JointCurve

TRAININGS = {"small": 3, "paper": 10}
ABOUT = 0.02
"""Successes within this much of each other are about the same."""
WAYS = ("sizes only", "at worst", "own records", "exact", "best model", "linear model")
"""What is known of each group's success: lower limits, what is exact, and what models gave."""
COLOURS = {
    "own records": "#0a6ebd",
    "exact": INK,
    "best model": "#2f7d4f",
    "linear model": "#b4530a",
}
_MEANING = (
    "This is the paper's kind of setting, not its own: its text and data are not at hand. Four "
    "groups act on 200,000 made-up households; labels have 3.00 bits of entropy, the most that "
    "eight can have.",
    "“Agrees”: all of our numbers lie within .02 of the claim's, or within .1 of a quarter, which "
    "is luck's. The range is over groups and trainings; it is no interval.",
    "“Sizes only”: Theorem 1 beside others of whom nothing but their share is known. “Success at "
    "worst”: what the best attack that we know leaves. “Own records”: a certificate with 95 % "
    "confidence from the group's own members' records, which knows the others' strategies and "
    "sizes. Trained models see whole people, drawn at random; the theory that they are compared "
    "with speaks of shares.",
)


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of the success of each group of one setting: (trainings, groups) by way."""

    setting: Setting
    by_way: Mapping[str, Array]


def find(setting: Setting, trainings: int, size: int = SIZE) -> Found:
    """Compute all that is known of the four groups' success, and train models."""
    people, groups = city(size), setting.collectives
    order = np.random.default_rng(1).permutation(size)
    known: dict[str, list[float]] = {way: [] for way in WAYS[:4]}
    for place, ours in enumerate(groups):
        others = groups[:place] + groups[place + 1 :]
        unknown = sum(other.share for other in others)
        members = people.take(order[: round(ours.share * size)])
        worst = exact_beside(ours.strategy, people, unknown=unknown)
        assert isinstance(worst, JointCurve)
        bound = bound_beside(ours.strategy, people, unknown=unknown)
        exact = exact_beside(ours.strategy, people, others)
        certified = certify_with_others(ours.strategy, members, size, others, people)
        known["sizes only"].append(float(bound.success(ours.share)))
        known["at worst"].append(float(worst.attacked(ours.share)))
        known["own records"].append(certified.success)
        known["exact"].append(float(exact.success(ours.share)))
    models: dict[str, Learner] = {"best model": BayesOptimal(), "linear model": _linear()}
    each = {
        way: np.array([trained(people, groups, learner, seed) for seed in range(trainings)])
        for way, learner in models.items()
    }
    return Found(setting, {way: np.array([values]) for way, values in known.items()} | each)


def judge(found: Mapping[str, Found]) -> list[Verdict]:
    """Set what was found beside what is claimed."""
    claims = claims_in(Path(__file__).parent)

    def verdict(id: str, about: str, what: str, values: Array, near: float = ABOUT) -> Verdict:
        claim = claims[id]
        low, high = float(values.min()), float(values.max())
        answer = side(low, high, claim.value - near, claim.value + near)
        return Verdict(claim, about, what, float(values.mean()), low, high, answer)

    verdicts = []
    for name, each in found.items():
        verdicts.append(verdict("guarantee", name, "sizes only", each.by_way["sizes only"]))
    for name, each in found.items():
        verdicts.append(verdict("worst", name, "success at worst", each.by_way["at worst"]))
    alike, unequal, apart, together = SETTINGS
    verdicts += [
        verdict("luck", alike, "own records", found[alike].by_way["own records"]),
        verdict(
            "shared", alike, "mean of trainings", found[alike].by_way["best model"].mean(0), 0.1
        ),
        verdict("largest", unequal, "own records", found[unequal].by_way["own records"][:, :1]),
        verdict("rest", unequal, "best model", found[unequal].by_way["best model"][:, 1:]),
        verdict("apart", apart, "own records", found[apart].by_way["own records"]),
        verdict("together", together, "own records", found[together].by_way["own records"]),
    ]
    for id, way in (("exact", "best model"), ("linear", "linear model")):
        for name in (unequal, apart, together):
            off = found[name].by_way[way] - found[name].by_way["exact"]
            verdicts.append(verdict(id, name, way, np.abs(off)))
    return verdicts


def reproduce(folder: Path, options: Options) -> list[Path]:
    """Write the picture, all successes, and the claims beside ours; models take half a minute."""
    folder.mkdir(parents=True, exist_ok=True)
    trainings = TRAININGS["paper" if options.size == "paper" else "small"]
    found = {name: find(setting, trainings) for name, setting in SETTINGS.items()}
    pictures = [folder / f"success.{kind}" for kind in ("svg", "png")]
    figure = _drawn(found)
    for path in pictures:
        figure.savefig(path, dpi=160, facecolor="white")
    tables = [folder / "success.csv", folder / "verdicts.csv", folder / "verdicts.md"]
    write_table(tables[0], *rows(found))
    verdicts = judge(found)
    write_table(tables[1], *as_rows(verdicts))
    text = [
        f"# Battiloro and others (2025), in kind, {trainings} trainings of each model",
        "",
        *in_markdown(verdicts, of="range"),
        "",
        *(line for paragraph in _MEANING for line in (paragraph, "")),
    ]
    tables[2].write_text("\n".join(text), encoding="utf-8")
    return [*pictures, *tables]


def rows(found: Mapping[str, Found]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return every success as a table: one group's number per row."""
    lines: list[list[object]] = [
        [name, group + 1, each.setting.shares[group], way, training, f"{success:.6g}"]
        for name, each in found.items()
        for way, values in each.by_way.items()
        for training, successes in enumerate(values)
        for group, success in enumerate(successes)
    ]
    return ("setting", "group", "share", "known", "training", "success"), lines


def _linear() -> ScikitLearner:
    from sklearn.linear_model import LogisticRegression  # slow to import

    return ScikitLearner(LogisticRegression(max_iter=200))


def _drawn(found: Mapping[str, Found]) -> Figure:
    """Return a panel for each setting, with each group's successes side by side."""
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    panels = figure.subplots(1, len(found), sharey=True)
    for axes, (name, each) in zip(panels, found.items(), strict=True):
        for place, (way, colour) in enumerate(COLOURS.items()):
            values = each.by_way[way]
            at = np.tile(np.arange(values.shape[1]) + 0.18 * (place - 1.5), (len(values), 1))
            axes.plot(at.ravel(), values.ravel(), "o", color=colour, markersize=4, label=way)
        axes.set_title(name.replace(", unequal", ",\nunequal"), fontsize=9, color=INK, loc="left")
        axes.set_xticks(range(4), [f"{share:.0%}" for share in each.setting.shares])
        axes.grid(axis="y", color=RULE, linewidth=0.7)
        axes.tick_params(colors=MUTED, length=0)
        axes.set_ylim(-0.05, 1.05)
        for spine in ("top", "right", "left"):
            axes.spines[spine].set_visible(False)
    panels[0].set_ylabel("success of each group", color=MUTED)
    panels[-1].legend(frameon=False, fontsize=8, labelcolor=INK, loc="center")
    return figure
