"""Which planned trials come next: first those that find the sizes at which success rises.

A curve's trials lie on a grid of shares. Success below the goal at one share and above it at a
larger one brackets the critical mass; the bracket is halved until no share lies inside, and then
the shares at its ends are repeated, and those beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .packed import Trial

Rates = Mapping[str, float]
"""By a trial's key: the share of marked test texts that succeeded, by the measure that leads."""


@dataclass(frozen=True)
class _Curve:
    """The trials of one curve that are done or chosen, and those that are left."""

    shares: tuple[float, ...]
    rates: tuple[tuple[float, ...], ...]
    taken: tuple[int, ...]
    left: tuple[tuple[Trial, ...], ...]

    def bracket(self, goal: float) -> tuple[int, int]:
        """Return the places of the last share below the goal and of the first one that reaches it.

        −1 and the number of shares where there is none.
        """
        means = [sum(rates) / len(rates) if rates else None for rates in self.rates]
        reached = [n for n, mean in enumerate(means) if mean is not None and mean >= goal]
        high = min(reached, default=len(means))
        missed = [n for n, mean in enumerate(means[:high]) if mean is not None and mean < goal]
        return max(missed, default=-1), high

    def next(self, goal: float) -> Trial | None:
        """Return the trial that tells most; None if none is left."""
        low, high = self.bracket(goal)
        places = [n for n, trials in enumerate(self.left) if trials]
        if not places:
            return None
        taken = [low, high, *(n for n, count in enumerate(self.taken) if count)]
        inside = [n for n in places if low < n < high and not self.taken[n]]
        middle = (low + high) / 2
        if inside:  # the one farthest from all that were tried
            place = max(inside, key=lambda n: (min(abs(n - t) for t in taken), -abs(n - middle), n))
        else:  # few repetitions, near the bracket
            place = min(places, key=lambda n: (self.taken[n] + abs(n - middle) / 2, n))
        return self.left[place][0]


def next_trials(trials: Sequence[Trial], rates: Rates, goal: float, count: int) -> list[Trial]:
    """Return the next trials, at most ``count``, one curve after the other.

    Parameters
    ----------
    trials
        All planned trials.
    rates
        Those that are done.
    goal
        The success whose critical mass is looked for.
    count
        How many are wanted.
    """
    chosen: list[Trial] = []
    curves = list(dict.fromkeys(trial.curve for trial in trials))
    own = {curve: [trial for trial in trials if trial.curve == curve] for curve in curves}
    references = [trial for trial in trials if not trial.members and trial.key not in rates]
    done = {curve: sum(trial.key in rates for trial in own[curve]) for curve in curves}
    first = curves[0] if curves else None
    while len(chosen) < count:
        taken = {trial.key for trial in chosen}
        waiting = [trial for trial in references if trial.key not in taken]
        # one reference at the start; another after every few trials of its curve
        due = [trial for trial in waiting if trial.curve == first or done[trial.curve] >= 4]
        if due:
            chosen.append(due[0])
            continue
        found = None
        for curve in sorted(curves, key=lambda curve: done[curve]):
            found = _curve(own[curve], rates, chosen).next(goal)
            if found:
                break
        found = found or (waiting[0] if waiting else None)
        if found is None:
            break
        chosen.append(found)
        done[found.curve] += 1
    return chosen


def _curve(trials: Iterable[Trial], rates: Rates, chosen: Sequence[Trial]) -> _Curve:
    """Return what is known of one curve, its reference left aside."""
    by_share: dict[float, list[Trial]] = {}
    for trial in trials:
        if trial.members:
            by_share.setdefault(trial.asked, []).append(trial)
    shares = tuple(sorted(by_share))
    under_way = {trial.key for trial in chosen}
    groups = [sorted(by_share[share], key=lambda trial: trial.repetition) for share in shares]
    return _Curve(
        shares,
        tuple(tuple(rates[t.key] for t in group if t.key in rates) for group in groups),
        tuple(sum(t.key in rates or t.key in under_way for t in group) for group in groups),
        tuple(
            tuple(t for t in group if t.key not in rates and t.key not in under_way)
            for group in groups
        ),
    )
