"""`SizeAnswer`: how many people it takes on a platform of another size, from studies of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from criticalmass.answers.finding import NUMBERED, Finding, Status, findings
from criticalmass.answers.growth import FAR
from criticalmass.answers.other_sizes import LawNumbers
from criticalmass.errors import ParameterError, StoreError
from criticalmass.fitting import SizeLaw
from criticalmass.fitting.size_law import FEWEST
from criticalmass.fitting.stretching import stretched
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.studies.facts import Facts
from criticalmass.studies.sizes import checked_sizes, run_at_size, usual_sizes
from criticalmass.studies.store.damage import answering
from criticalmass.studies.store.store import Store
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row

CLOSE = 4.0
"""Sizes within a factor of less than this tell little of how the number grows."""


class Doubt(Enum):
    """What makes an answer about another size less than it looks."""

    CLOSE = "the sizes lie close together"
    FAR = "the platform is far larger than all that was measured"
    GUESSED = "a number lies outside of the collectives that were tried"
    DIFFERENT = "the studies differ in more than their size"


@dataclass(frozen=True, eq=False)
class Sized:
    """A finished study of one size: what a store holds of it."""

    facts: Facts
    rows: Sequence[Row]
    guesses: Mapping[str, FirstGuess]

    @classmethod
    def read(cls, folder: str | Path) -> Sized:
        """Return what a folder of results holds."""
        with Store.open(folder) as store:
            return cls(store.facts(), store.rows(), store.guesses())

    @property
    def size(self) -> int:
        """The number N of records that the firm trained on."""
        return self.facts.population.size


@dataclass(frozen=True, eq=False)
class SizeAnswer:
    """How many people it takes on a platform of another size, for one strategy.

    Parameters
    ----------
    to
        The platform's number N of records.
    findings
        What the studies found, the smallest first.
    law
        How the number grows; None where fewer than three sizes have a number.
    guesses
        First guesses by the size of the study, where there are any.
    """

    to: int
    findings: tuple[Finding, ...]
    law: SizeLaw | None
    guesses: Mapping[int, FirstGuess]

    @property
    def strategy(self) -> str:
        """The strategy that it is about."""
        return self.findings[0].strategy

    @property
    def measure(self) -> str:
        """The success measure that it is about."""
        return self.findings[0].measure

    @property
    def left_out(self) -> list[Finding]:
        """The findings without a number of people, which the law does without."""
        return [found for found in self.findings if not has_number(found)]

    @cached_property
    def numbers(self) -> LawNumbers | None:
        """The law's numbers; None without a law."""
        if self.law is None:
            return None
        there = self.law.at(self.to)
        b = self.law.exponent
        return LawNumbers(
            self.to,
            self.law.sizes,
            tuple((each.value, each.low, each.high) for each in self.law.measured),
            (b.value, b.low, b.high),
            self.law.verdict.name,
            (there.union.low, there.union.high),
            there.envelope,
            self.law.confidence,
            self.measure,
            self.findings[0].wanted,
        )

    @property
    def expected(self) -> FirstGuess | None:
        """What theory expects of the platform, from the model of the largest size."""
        return self.guesses[max(self.guesses)].of(self.to) if self.guesses else None

    @property
    def doubts(self) -> list[Doubt]:
        """What makes the answer less than it looks."""
        if self.law is None:
            return []
        used = [found for found in self.findings if has_number(found)]
        guessed = any(
            f.status in (Status.BELOW_TRIED, Status.BEYOND_TRIED, Status.LAST_TRIED) for f in used
        )
        found = [Doubt.CLOSE] * (self.law.spread < CLOSE)
        found += [Doubt.FAR] * (self.to > FAR * self.law.sizes[-1])
        found += [Doubt.GUESSED] * guessed
        return found + [Doubt.DIFFERENT] * (len({_question(f) for f in self.findings}) > 1)


def records_of(finding: Finding) -> int:
    """Return the number of records that the firm trained on."""
    return finding.facts.population.size


def has_number(finding: Finding) -> bool:
    """Say whether a finding has a number of people that can grow."""
    mass = finding.mass
    return finding.status in NUMBERED and mass is not None and mass.reached and mass.alpha > 0


def size_law(
    study: Study,
    sizes: Sequence[int] | None = None,
    folder: str | Path = "results/sizes",
    *,
    to: int,
    jobs: int = 1,
) -> list[SizeAnswer]:
    """Run a study at several sizes, and say how many people it takes on a platform of another.

    Parameters
    ----------
    study
        The study with all its records (`criticalmass.studies.sizes.at_size` says how fewer are
        drawn).
    sizes
        Three numbers of records to train on, or more; by default a sixteenth, a quarter, and all.
    folder
        Where each size gets a folder of results; stopped, it goes on there.
    to
        The platform's number of records.
    jobs
        Number of processes.

    Returns
    -------
    list of SizeAnswer
        One for each strategy. They are kept, so reports of these folders say them too.

    Raises
    ------
    ParameterError, StudyError, StoreError
        If there are fewer than three sizes, the study has not as many records, or it cannot be run.

    Examples
    --------
    >>> import tempfile
    >>> from criticalmass import FeatureLabel, Grid, InsertToken, LinearText
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(1800).split(test=200, seed=0)
    >>> mark = {"mark": FeatureLabel(InsertToken("~", every=6), "Writer")}
    >>> study = Study(train, test, LinearText(), mark, Grid((0.004, 0.01, 0.03, 0.08), 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (answer,) = size_law(study, [400, 800, 1600], folder, to=100_000)
    >>> answer.law.sizes, answer.law.at(100_000).envelope[1] > answer.law.measured[-1].high
    ((400, 800, 1600), True)
    """
    chosen = checked_sizes(study, usual_sizes(len(study.population)) if sizes is None else sizes)
    check_asked(to, chosen)
    folders = [run_at_size(study, size, folder, jobs=jobs) for size in chosen]
    return size_law_of(folders, to=to)


def size_law_of(folders: Sequence[str | Path], *, to: int) -> list[SizeAnswer]:
    """Answer from the folders of results of studies of different sizes, and keep it in them.

    Raises
    ------
    ParameterError
        If there are fewer than three sizes, or the studies do not ask for the same.
    StoreError
        If a folder holds no study, or a damaged one.
    """
    studies = [Sized.read(folder) for folder in folders]
    answers = answers_of(studies, to=to, folders=folders)
    kept = {answer.strategy: answer.numbers.to_json() for answer in answers if answer.numbers}
    for folder in folders:
        with Store.open(folder) as store, suppress(StoreError):  # a folder may be only to be read
            store.keep_size_law(kept)
    return answers


def answers_of(
    studies: Sequence[Sized], *, to: int, folders: Sequence[str | Path] = ()
) -> list[SizeAnswer]:
    """Return an answer for each strategy that all studies have, by its first measure.

    Parameters
    ----------
    studies
        Of different sizes, in any order.
    to
        The platform's number of records.
    folders
        Where they come from, for what is said of a damaged one.

    Raises
    ------
    ParameterError
        If there are fewer than three sizes, two are the same, or the studies do not ask for the
        same.
    """
    if to < 1:
        raise ParameterError(f"a platform has at least 1 record, not {to:,}")
    sizes = [study.size for study in studies]
    if len(set(sizes)) < len(sizes):
        twice = next(size for size in sizes if sizes.count(size) > 1)
        raise ParameterError(
            f"two of the studies have {twice:,} records to train on: give one of each size"
        )
    if len(sizes) < FEWEST:
        raise ParameterError(
            "how a number of people grows takes studies of three sizes or more, and "
            f"{' and '.join(f'{size:,}' for size in sorted(sizes)) or 'none'} records "
            f"{'is one' if len(sizes) == 1 else 'are too few'}: run the study at more sizes"
        )
    check_asked(to, sizes)
    places = list(folders) or [""] * len(studies)
    ordered = sorted(zip(studies, places, strict=True), key=lambda pair: pair[0].size)
    by_study = [_headlines(study, place) for study, place in ordered]
    common = [name for name in by_study[0] if all(name in found for found in by_study)]
    if not common:
        names = "; ".join(", ".join(found) for found in by_study)
        raise ParameterError(f"the studies have no strategy in common: {names}")
    return [
        _answer(
            tuple(found[name] for found in by_study),
            {s.size: s.guesses[name] for s, _ in ordered if name in s.guesses},
            to,
        )
        for name in common
    ]


def check_asked(to: int, sizes: Sequence[int]) -> None:
    """Raise `ParameterError` for a platform smaller than all that is measured.

    Examples
    --------
    >>> check_asked(100_000, [1500, 5000])
    """
    if to < min(sizes):
        raise ParameterError(
            f"a platform of {to:,} records is smaller than the smallest size, {min(sizes):,}: ask "
            "about a larger one, or about smaller sizes"
        )


def _headlines(study: Sized, place: str | Path) -> dict[str, Finding]:
    """Return what a study found of each strategy, by its first measure."""
    with answering(Path(place), study.facts, study.rows):
        found = findings(study.facts, study.rows, headlines=True, near=True)
    return {finding.strategy: finding for finding in found}


def _answer(found: tuple[Finding, ...], guesses: Mapping[int, FirstGuess], to: int) -> SizeAnswer:
    """Return the answer of one strategy."""
    measures, targets = {one.measure for one in found}, {one.wanted for one in found}
    if len(measures) > 1 or len(targets) > 1:
        raise ParameterError(
            f"strategy {found[0].strategy!r} is not asked for the same in all studies: "
            + "; ".join(sorted(f"{one.measure} {one.wanted:g}" for one in found))
        )
    used = [one for one in found if has_number(one)]
    if len(used) < FEWEST:
        return SizeAnswer(to, found, None, guesses)
    draws = []
    for one in used:
        assert one.curve is not None
        assert one.mass is not None
        shares = stretched(one.curve.critical_masses(one.target), one.mass)
        draws.append(shares * records_of(one))
    confidence = min(one.mass.confidence for one in used if one.mass)
    law = SizeLaw.of([records_of(one) for one in used], draws, confidence=confidence)
    return SizeAnswer(to, found, law, guesses)


def _question(finding: Finding) -> str:
    """Return what decides a study's trials beside its records and their number."""
    identity = finding.facts.identity
    test = identity.get("test", {})
    return repr((finding.facts.learner, finding.about.description, test, finding.measure))
