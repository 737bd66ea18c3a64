"""The command ``compare``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from criticalmass.cli.shared.options import Folder
from criticalmass.cli.shared.terminal import say, warn
from criticalmass.errors import CriticalMassError, ParameterError, require_choice

if TYPE_CHECKING:
    from criticalmass.answers.finding import Finding
    from criticalmass.studies import Row
    from criticalmass.studies.facts import Facts

Asked = tuple[str, str, str]
"""What is compared: a strategy, another of the same or of another study, and the measure."""


def compare(
    folder: Folder,
    other: Annotated[
        Path | None,
        typer.Argument(
            help="Another study's folder of results. Without it, the strategies of the one study "
            "are compared with its first."
        ),
    ] = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            help="Which strategies. For two studies: one that both have, or one of each, in their "
            "order. For one study: the one that others are compared with, and which others.",
        ),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(help="By which success measure; by default the first that both have."),
    ] = None,
) -> None:
    """Say which takes fewer people, and how many times as many the other takes."""
    from criticalmass.answers.comparing import contrast
    from criticalmass.words.comparing import by_strategy, cautions, heading, number, sentence
    from criticalmass.words.comparing import of_study as of

    if other is not None and other.resolve() == folder.resolve():
        raise CriticalMassError(
            f"{str(folder)!r} is compared with itself; name it once to compare its strategies"
        )
    study = _Kept.read(folder)
    another = study if other is None else _Kept.read(other)
    choose = _within if other is None else _between
    for count, (one, two, judged) in enumerate(choose(study, another, strategy or [], measure)):
        found = contrast(study.finding(one, judged), another.finding(two, judged))
        names = by_strategy(found.first), by_strategy(found.second)
        if other is not None:
            alone = one == two
            names = of(found.first, folder, alone=alone), of(found.second, other, alone=alone)
        if count:
            say()
        say(heading(found))
        for finding, name in zip((found.first, found.second), names, strict=True):
            say(f"  {name}: {number(finding)}")
        say(sentence(found, *names))
        for caution in cautions(found, *names):
            warn(caution)


@dataclass(frozen=True)
class _Kept:
    """What a folder of results holds."""

    path: Path
    facts: Facts
    rows: list[Row]

    @classmethod
    def read(cls, folder: Path) -> _Kept:
        from criticalmass.studies import Store

        with Store.open(folder) as store:
            return cls(store.path, store.facts(), store.rows())

    @property
    def strategies(self) -> list[str]:
        return list(self.facts.strategies)

    def finding(self, strategy: str, measure: str) -> Finding:
        """Return what the trials say of one strategy by one measure; nothing else is fitted."""
        from criticalmass.answers.finding import findings
        from criticalmass.studies.store.damage import answering

        about = replace(self.facts.strategies[strategy], measures=(measure,))
        facts = replace(self.facts, strategies={strategy: about})
        with answering(self.path, facts, self.rows):
            (found,) = findings(facts, self.rows)
        return found


def _within(
    study: _Kept, same: _Kept, strategies: Sequence[str], measure: str | None
) -> list[Asked]:
    """Return what is compared in one study: others with its first strategy, or those named."""
    for name in strategies:
        require_choice("strategy", name, study.strategies)
    first, *others = strategies or study.strategies
    others = others or [name for name in study.strategies if name != first]
    if not others:
        raise ParameterError(
            f"there is nothing to compare with: the study has one strategy, {first!r}. Name the "
            "folder of another study, too"
        )
    if first in others:
        raise ParameterError(f"strategy {first!r} is compared with others, not with itself")
    asked, refused = [], []
    for name in others:
        try:
            asked.append((name, first, _measure(study, name, same, first, measure)))
        except ParameterError as error:
            refused.append(error)
    if not asked:
        raise refused[0]
    for left_out in refused:
        warn(left_out)
    return asked


def _between(
    study: _Kept, other: _Kept, strategies: Sequence[str], measure: str | None
) -> list[Asked]:
    """Return what is compared of two studies: the strategies named, the only, or the common."""
    if len(strategies) > 2:
        raise CriticalMassError(
            f"two studies are compared by one strategy of each, not by {len(strategies)}"
        )
    if strategies:
        pairs = [(strategies[0], strategies[-1])]
    elif len(study.strategies) == len(other.strategies) == 1:
        pairs = [(study.strategies[0], other.strategies[0])]
    else:
        pairs = [(name, name) for name in study.strategies if name in other.strategies]
    if not pairs:
        raise ParameterError(
            "the studies have no strategy in common: choose with --strategy, once for either. "
            f"Valid: {', '.join(study.strategies)}; {', '.join(other.strategies)}"
        )
    for one, two in pairs:
        require_choice("strategy", one, study.strategies)
        require_choice("strategy", two, other.strategies)
    return [(one, two, _measure(study, one, other, two, measure)) for one, two in pairs]


def _measure(study: _Kept, one: str, other: _Kept, two: str, measure: str | None) -> str:
    """Return the measure by which two strategies are compared."""
    from criticalmass.answers.comparing import shared_measure

    first, second = study.facts.strategies[one].measures, other.facts.strategies[two].measures
    shared = shared_measure(first, second)
    if shared is None:
        raise ParameterError(
            f"{one!r} is measured by {', '.join(first)} and {two!r} by {', '.join(second)}: only "
            "what is measured alike is compared"
        )
    if measure is not None:
        require_choice("success measure", measure, [name for name in first if name in second])
    return measure or shared
