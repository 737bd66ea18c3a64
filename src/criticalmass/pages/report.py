"""The report: one HTML file that needs no network, for a phone, a screen and paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from criticalmass.answers.comparing import with_first
from criticalmass.answers.finding import Finding, findings
from criticalmass.answers.joining import Paying, paying
from criticalmass.answers.kept_certificate import KeptCertificate, kept_groups
from criticalmass.answers.other_sizes import LawNumbers, kept_laws, other_laws
from criticalmass.answers.tables import MassWanted, SizeTried, masses_wanted, sizes_tried
from criticalmass.answers.theory import Comparison, compare
from criticalmass.errors import StoreError
from criticalmass.learners.first_guess import FirstGuess
from criticalmass.measures.scale import SHARES
from criticalmass.messages import say
from criticalmass.pages.figures.joining import paying_svgs
from criticalmass.pages.figures.lines import by_unit, lines_of
from criticalmass.pages.figures.success import success_figure, to_svg
from criticalmass.pages.page import page, write_whole
from criticalmass.phrases import RECORDS
from criticalmass.studies.facts import Facts
from criticalmass.studies.identity.own_code import changed_code
from criticalmass.studies.store.damage import answering
from criticalmass.studies.store.store import Store
from criticalmass.studies.trial import Row
from criticalmass.words.finding import answer
from criticalmass.words.outcome import legend
from criticalmass.words.report import assumptions

NONE: Mapping[str, FirstGuess] = MappingProxyType({})
NO_LAWS: Mapping[str, LawNumbers] = MappingProxyType({})
NO_GROUPS: Mapping[str, KeptCertificate] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Section:
    """What the report shows about one strategy.

    Parameters
    ----------
    name
        The strategy's name.
    answers
        What was found, by each of its measures.
    figures
        The success figures, for each layout of the page: one of all shares, and one of each
        measure that gives real numbers; none where the first page shows it all.
    sizes, masses
        The page's tables.
    comparison
        What theory says; None for a strategy without.
    paying
        Whether joining pays, if the study says what it costs.
    paying_figures
        Its figure, for each layout of the page.
    guess
        The first guess that its trials began around, if there was one.
    group
        What the records of the group that was planned with last guarantee, if there was one.
    """

    name: str
    answers: list[Finding]
    figures: list[list[tuple[str, str]]]
    sizes: list[SizeTried]
    masses: list[MassWanted]
    comparison: Comparison | None
    paying: Paying | None
    paying_figures: list[tuple[str, str]]
    guess: FirstGuess | None = None
    group: KeptCertificate | None = None

    @property
    def steers(self) -> bool:
        """Whether the strategy steers the firm's parameters."""
        return self.answers[0].steers


def write_report(folder: str | Path) -> Path:
    """Write ``report.html`` beside a study's store and return its path.

    Parameters
    ----------
    folder
        The study's folder of results.

    Raises
    ------
    StoreError
        If the folder holds no study, or a damaged one, or one without any trial.
    """
    with Store.open(folder) as store:
        facts, rows, finished = store.facts(), store.rows(), store.finished()
        guesses, groups = store.guesses(), kept_groups(store)
        laws, others = kept_laws(store), other_laws(store)
        if not rows:
            raise StoreError(f"the study in {str(folder)!r} has no trials yet; run it first")
        with store.keeping_fits(), answering(store.path, facts, rows):
            content = render(
                facts,
                rows,
                finished=finished,
                guesses=guesses,
                laws=laws,
                other_laws=others,
                groups=groups,
            )
    return write_whole(Path(folder) / "report.html", content)


def render(
    facts: Facts,
    rows: list[Row],
    *,
    finished: bool = True,
    guesses: Mapping[str, FirstGuess] = NONE,
    laws: Mapping[str, LawNumbers] = NO_LAWS,
    other_laws: Mapping[str, LawNumbers] = NO_LAWS,
    groups: Mapping[str, KeptCertificate] = NO_GROUPS,
) -> str:
    """Return the report's page.

    Parameters
    ----------
    facts, rows
        The study's.
    finished
        Whether the rows are all; otherwise they are those so far.
    guesses
        First guesses of its strategies, by name.
    laws
        How their numbers of people grow with the number of records, where that was measured.
    other_laws
        The same for another success than is wanted now: the page says that they are left out.
    groups
        What the records of groups that were planned with last guarantee, by strategy.
    """
    answers = findings(facts, rows)
    headline = answers[0]
    guess = guesses.get(headline.strategy)
    picture = _figures([headline], None, name="first", title=answer(headline), guess=guess)
    sections = [
        replace(
            _section(name, list(group), number, guesses.get(name)),
            group=groups.get(name),
        )
        for number, (name, group) in enumerate(groupby(answers, key=lambda a: a.strategy))
    ]
    return page(
        "report.html",
        facts=facts,
        finished=finished,
        headline=headline,
        laws=laws,
        other_laws=other_laws,
        picture=picture,
        strategies=sections,
        contrasts=with_first(answers),
        assumptions=assumptions(facts, rows),
        failed=[row for row in rows if row.error],
        changed=changed_code(facts.code),
        warnings=sorted({row.warning for row in rows if row.warning}),
        legend=legend,
        RECORDS=RECORDS,
    )


def _section(name: str, answers: list[Finding], number: int, guess: FirstGuess | None) -> Section:
    """Gather what the page shows about one strategy."""
    comparison = next(filter(None, map(compare, answers)), None)
    pays = paying(answers[0])
    figures = []
    for place, group in enumerate(by_unit(answers)):
        about = comparison if group[0].scale == SHARES else None
        lines = lines_of(group, about)
        if number == place == 0 and len(lines) == 1:
            continue  # the first page shows it
        title = say(
            "Success against the size of the collective, strategy {strategy}", strategy=name
        )
        beside = guess if group[0] is answers[0] else None
        prefix = f"f{number}{place or ''}"
        figures.append(_figures(group, about, name=prefix, title=title, guess=beside))
    return Section(
        name=name,
        answers=answers,
        figures=figures,
        sizes=sizes_tried(answers),
        masses=masses_wanted(answers),
        comparison=comparison,
        paying=pays,
        paying_figures=paying_svgs(pays, f"f{number}pay") if pays else [],
        guess=guess,
    )


def _figures(
    group: list[Finding],
    comparison: Comparison | None,
    *,
    name: str,
    title: str,
    guess: FirstGuess | None = None,
) -> list[tuple[str, str]]:
    """Return the figure of answers in one unit, for each layout of the page."""
    first, drawn = group[0], []
    for layout, width in (("wide", 7.4), ("narrow", 3.7)):
        figure = success_figure(
            lines_of(group, comparison),
            population_size=first.facts.population.size,
            target=first.target,
            width=width,
            scale=first.scale,
            guess=guess.people / guess.size if guess and guess.people else None,
        )
        drawn.append((layout, to_svg(figure, title=title, prefix=f"{name}{layout}")))
    return drawn
