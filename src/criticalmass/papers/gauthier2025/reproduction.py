"""Planting and unplanting: the paper's bound, certificates and the true success, judged.

Along each path of joining, members are the first n of a world of a million vehicles. The paper's
bound and our certificates see these members only; the truth knows everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter
from scipy.stats import binom

from criticalmass.arrays import Rows
from criticalmass.papers.gauthier2025.guarantees import (
    PATHS,
    SUCCESS,
    TASKS,
    UNPLANT,
    Counted,
    anytime,
    certified,
    counts,
    first,
    published,
)
from criticalmass.papers.gauthier2025.vehicles import SIZE, joining, shares_needed
from criticalmass.papers.hardt2023.drawing import INK, MUTED, RULE
from criticalmass.papers.hardt2023.setup import Options
from criticalmass.papers.verdicts import (
    Claim,
    Verdict,
    as_rows,
    claims_in,
    in_markdown,
    side,
    write_table,
)

SMALL = 12
"""Paths of joining where the size is small; of fewer than 6 no median has an interval."""
NEAR = 0.05
"""A number within this much of a claim agrees with it."""
COLOURS = {
    "the paper's bound": "#b4530a",
    "certificate": "#0a6ebd",
    "looked at": "#2f7d4f",
    "truth": INK,
}
IDS = tuple(name.lower().replace(" ", "-") for name in TASKS)
_MEANING = (
    "“Agrees”: the whole interval of ours lies in what is claimed: within 5 % of the number; for "
    "“no more members”, below it or at most 5 % above. “Disagrees”: all of it lies outside. “Not "
    "settled”: it lies on both sides.",
    "Our number is the median over paths of joining. Its interval holds the median of all paths "
    "with 95 % probability (order statistics), and does not know that n is looked at in steps: of "
    "500 members, 50 where it is looked at while people join.",
    "“Ours” claims are what this project's own derivations gave before; they are judged alike.",
    "“In worlds of whole people”: from so many members the best possible model of everybody's "
    "records, changed ones among them, really gives 90 %, in the very world that the path is drawn "
    "from.",
)


def true_success(world: Rows) -> Counted:
    """Return a function that says what members' action really reaches in a world.

    Parameters
    ----------
    world
        Each person's kind, in the order of joining.
    """
    everybody = counts(world)

    def success(kinds: Rows, task: int) -> float:
        members = counts(kinds)
        led, others = members.sum(axis=1), (everybody - members)[:, 1:]
        weight = everybody.sum(axis=1) / len(world)
        if task == UNPLANT:
            # members report the label that most other ones of them have there
            own = members[:, 1:].copy()
            own[:, 0] = -1
            votes = others.astype(float)
            votes[np.arange(len(votes)), own.argmax(axis=1)] += led
            return float(weight[np.delete(votes, 0, axis=1).max(axis=1) > votes[:, 0]].sum())
        votes = others.astype(float)
        votes[:, task] += led
        rivals = np.delete(votes, task, axis=1).max(axis=1)
        return float(weight[votes[:, task] > rivals].sum())

    return success


def firsts(paths: int) -> dict[str, dict[str, list[int]]]:
    """Return from which n on success is guaranteed, and real, by task and way, path by path."""
    found: dict[str, dict[str, list[int]]] = {name: {way: [] for way in COLOURS} for name in TASKS}
    for seed in range(paths):
        truth = true_success(joining(SIZE, seed))
        ways = ((published, 500), (certified, 500), (anytime, 50), (truth, 50))
        for task, name in enumerate(TASKS):
            for way, (guaranteed, step) in zip(COLOURS, ways, strict=True):
                found[name][way].append(first(guaranteed, task, seed, step, 2500))
    return found


def middle(each: Sequence[int]) -> tuple[float, float, float]:
    """Return a median and the interval that holds that of all paths with 95 % probability.

    Examples
    --------
    >>> middle(range(1, 41))
    (20.5, 14.0, 27.0)
    """
    ordered, n = sorted(each), len(each)
    low = int(binom.ppf(0.025, n, 0.5))
    if low < 1 or binom.cdf(low - 1, n, 0.5) > 0.025:
        return float(median(each)), float("nan"), float("nan")
    return float(median(each)), float(ordered[low - 1]), float(ordered[n - low])


def judge(found: Mapping[str, Mapping[str, list[int]]]) -> list[Verdict]:
    """Set what was found beside what is claimed."""
    claims = claims_in(Path(__file__).parent)
    verdicts = []
    for way, prefix in (
        ("the paper's bound", "bound"),
        ("certificate", "own"),
        ("looked at", "looked"),
    ):
        for name, id in zip(TASKS, IDS, strict=True):
            claim = claims.get(f"{prefix}-{id}")
            if claim is None:
                continue
            ours, low, high = middle(found[name][way])
            least = (1 - NEAR) * claim.value if prefix == "bound" else 0.0
            answer = side(low, high, least, (1 + NEAR) * claim.value)
            verdicts.append(Verdict(claim, name, "members", ours, low, high, answer))
    verdicts += [
        _never_before(claims["holds"], found, "the paper's bound"),
        _never_before(claims["sound"], found, "certificate"),
        _never_before(claims["sound-looked"], found, "looked at"),
    ]
    for task, (name, id) in enumerate(zip(TASKS, IDS, strict=True)):
        claim = claims.get(f"shares-{id}")
        if claim is None:
            continue
        needed = shares_needed(0 if task == UNPLANT else task, unplant=task == UNPLANT)
        exact = round(needed)
        answer = side(exact, exact, claim.value, claim.value)
        real, low, high = middle(found[name]["truth"])
        also = f"in worlds of whole people {real:,.0f}, {low:,.0f} to {high:,.0f}"
        verdicts.append(Verdict(claim, name, "people", exact, exact, exact, answer, also))
    return verdicts


def _never_before(claim: Claim, found: Mapping[str, Mapping[str, list[int]]], way: str) -> Verdict:
    """Judge that nothing is guaranteed on any path before it is so."""
    pairs = [
        (promised, real)
        for ways in found.values()
        for promised, real in zip(ways[way], ways["truth"], strict=True)
    ]
    early = sum(promised < real for promised, real in pairs)
    answer = side(early, early, 0, claim.value)
    what = f"too early on so many of {len(pairs)} paths"
    return Verdict(claim, "all tasks", what, early, early, early, answer)


def reproduce(folder: Path, options: Options) -> list[Path]:
    """Write the picture, the paths' numbers, and the claims beside ours; nothing is trained."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = PATHS if options.size == "paper" else SMALL
    found = firsts(paths)
    pictures = [folder / f"members.{kind}" for kind in ("svg", "png")]
    figure = _drawn(found)
    for path in pictures:
        figure.savefig(path, dpi=160, facecolor="white")
    tables = [folder / "members.csv", folder / "verdicts.csv", folder / "verdicts.md"]
    write_table(
        tables[0],
        ("task", "path", *COLOURS),
        [
            [name, path, *each]
            for name, ways in found.items()
            for path, each in enumerate(zip(*ways.values(), strict=True))
        ],
    )
    verdicts = judge(found)
    write_table(tables[1], *as_rows(verdicts))
    text = [
        f"# Gauthier, Bach and Jordan (2025), {paths} paths of joining",
        "",
        *in_markdown(verdicts, digits=6),
        "",
        *(line for paragraph in _MEANING for line in (paragraph, "")),
    ]
    tables[2].write_text("\n".join(text), encoding="utf-8")
    return [*pictures, *tables]


def _drawn(found: Mapping[str, Mapping[str, list[int]]]) -> Figure:
    """Return the medians of all ways, a line for each task."""
    figure = Figure(figsize=(8.5, 3.4), layout="constrained")
    axes = figure.subplots()
    for place, ways in enumerate(found.values()):
        middles = {way: median(each) for way, each in ways.items()}
        axes.hlines(place, min(middles.values()), max(middles.values()), color=RULE, zorder=1)
        for way, colour in COLOURS.items():
            hollow = "white" if way == "looked at" else colour
            axes.plot(
                middles[way],
                place,
                "o",
                color=colour,
                markerfacecolor=hollow,
                label=way if not place else None,
                zorder=2,
            )
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set_xlabel(
        f"members from whom {SUCCESS:.0%} is guaranteed, of a million (truth: reached)", color=INK
    )
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(colors=MUTED, length=0)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK, ncols=4, loc="lower left",
                bbox_to_anchor=(0, 1))  # fmt: skip
    for spine in ("top", "right", "left"):
        axes.spines[spine].set_visible(False)
    return figure
