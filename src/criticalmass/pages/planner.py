"""The planner: one page that answers before anybody asks, and whose numbers can be moved.

It is one file that needs no network. Its scripts compute what `criticalmass.answers.planning` and
`criticalmass.answers.study_trials` compute, and say what `criticalmass.words.planning` says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from criticalmass.answers.finding import findings
from criticalmass.answers.growth import Growth, growth_of, scores
from criticalmass.answers.other_sizes import kept_laws, other_laws
from criticalmass.answers.planning import Kinds, Source, Theorem
from criticalmass.answers.scenario import FIELDS, Field, Scenario
from criticalmass.answers.study_trials import Trials, trials_of_all
from criticalmass.errors import CriticalMassError, StoreError
from criticalmass.messages import say
from criticalmass.pages.page import page, write_whole
from criticalmass.studies.store.damage import answering, content_of
from criticalmass.studies.store.store import Store
from criticalmass.words import planning_page as words
from criticalmass.words.other_sizes import left_out as left_out_of
from criticalmass.words.planning import told
from criticalmass.words.planning_sentences import sentences

SCRIPTS = (
    "copy.js",
    "picture.js",
    "planner/numbers.js",
    "planner/sentences.js",
    "planner/drawing.js",
    "planner/page.js",
)
IN_SENTENCE = ("population", "slip", "target")
"""The numbers that stand in the sentence itself."""
PLACES = 1000
"""Places of a slider that moves in logarithms."""
LARGEST = 500_000
"""Bytes that a planner may have."""


def write_planner(path: str | Path, folder: str | Path | None = None) -> Path:
    """Write the planner's page and return its path.

    Parameters
    ----------
    path
        The page.
    folder
        A study's folder of results, whose trials the page then speaks of; None for theory alone.

    Raises
    ------
    StoreError
        If the folder holds no study, or a damaged one, or one without any trial.
    StudyError
        If no strategy of it has trials that say how many people it takes.
    CriticalMassError
        If it cannot be written; what was there before is then still there. Or if it would be
        larger than 500 kB, because the study has so many strategies.
    """
    content = render() if folder is None else _of_study(folder)
    if len(content.encode()) > LARGEST:
        raise CriticalMassError(
            f"the page would have {len(content.encode()) / 1000:,.0f} kB, and {LARGEST // 1000} "
            "are the most; a study with fewer strategies fits"
        )
    return write_whole(Path(path), content)


def _of_study(folder: str | Path) -> str:
    """Return the page of a study that has trials."""
    with Store.open(folder) as store:
        facts, rows = store.facts(), store.rows()
        with content_of(store.path):
            grown = {name: growth_of(law) for name, law in kept_laws(store).items()}
            others = [left_out_of(law, facts, name) for name, law in other_laws(store).items()]
        if not rows:
            raise StoreError(f"the study in {str(folder)!r} has no trials yet; run it first")
        with store.keeping_fits(), answering(store.path, facts, rows):
            found = findings(facts, rows, headlines=True)
            trials, left_out = trials_of_all(found, grown)
            meant = {one.strategy: words.meaning(one) for one in found}
            return render(trials, left_out, meant, others)


def render(
    trials: Sequence[Trials] = (),
    left_out: Sequence[str] = (),
    meant: Mapping[str, str] | None = None,
    others: Sequence[str] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    trials
        What the trials of a study's strategies say; the page opens with the first.
    left_out
        Names of strategies whose trials say too little, which the page names.
    meant
        For each strategy, what those who act do and what success means, in words.
    others
        What is said of size laws that are for another success than the study asks for.

    Examples
    --------
    >>> "34 of us are enough for 90%" in render()
    True
    """
    sources: list[Source] = [*trials, Theorem(), Kinds()]
    first = Scenario()
    if trials:
        slip = 0.0 if trials[0].inactive else first.slip
        first = Scenario(population=trials[0].size, target=trials[0].target, slip=slip)
    title = say("How many of us does it take?")
    if trials:
        title = say("{study}: how many of us does it take?", study=trials[0].study)
    unknown = words.unknown(
        of_study=bool(trials),
        with_law=any(one.growth for one in trials),
        without_law=not all(one.growth for one in trials),
    )
    unknown += [words.begins(one) for one in trials if one.lowest > FIELDS["target"].low]
    unknown += [
        say("How many people “{strategy}” takes: its trials say too little.", strategy=name)
        for name in left_out
    ]
    unknown += others
    shown = [{"key": _key(source), "name": words.names(source)} for source in sources]
    usual = {name: _written(FIELDS[name], getattr(first, name)) for name in FIELDS}
    limits = {name: _limits(field) for name, field in FIELDS.items()}
    return page(
        "planner.html",
        title=title,
        told=told(sources[0], first),
        labels=words.labels(),
        explained=words.explained(),
        unknown=unknown,
        meant=[(one.strategy, (meant or {}).get(one.strategy, "")) for one in trials],
        fields=limits,
        usual=usual,
        in_sentence=IN_SENTENCE,
        sources=shown,
        scripts=SCRIPTS,
        data={
            "sentences": sentences(),
            "fields": limits,
            "usual": {"source": shown[0]["key"], **usual},
            "sources": [
                {**named, **in_json(source)} for named, source in zip(shown, sources, strict=True)
            ],
        },
    )


def in_json(source: Source) -> dict[str, Any]:
    """Return a source in JSON's types, where a text stands for infinity.

    Examples
    --------
    >>> in_json(Theorem())
    {'kind': 'theorem', 'recruitable': 1.0}
    """
    if not isinstance(source, Trials):
        return {"kind": type(source).__name__.lower(), "recruitable": source.recruitable}
    return {
        "kind": "trials",
        "recruitable": source.recruitable,
        "strategy": source.strategy,
        "study": source.study,
        "size": source.size,
        "tried": source.tried,
        "inactive": source.inactive,
        "targets": source.targets.tolist(),
        "masses": _finite(source.masses.tolist()),
        "drawn_at": source.drawn_at.tolist(),
        "draws": _finite(source.draws_of.tolist()),
        "shares": source.shares.tolist(),
        "curve": source.curve.tolist(),
        **({"law": _law(source, source.growth)} if source.growth else {}),
    }


def _law(source: Trials, growth: Growth) -> dict[str, Any]:
    """Return in JSON's types how a number of people grows, and which success it is for."""
    return {
        "target": source.target,
        "verdict": growth.verdict,
        "measured": growth.measured,
        "sizes": growth.sizes.tolist(),
        "people": growth.people.tolist(),
        "scores": scores(source.draws_of.shape[1], growth.confidence).tolist(),
    }


def _finite(values: Any) -> Any:
    """Return nested lists with a text in place of infinity, which JSON lacks."""
    if isinstance(values, list):
        return [_finite(value) for value in values]
    return "Infinity" if values == math.inf else values


def _key(source: Source) -> str:
    """Return what links call a source."""
    return f"trials:{source.strategy}" if isinstance(source, Trials) else in_json(source)["kind"]


def _written(field: Field, value: float) -> float:
    """Return a number as people write it: a share in percent."""
    return round(100 * value, 6) if field.percent else value


def _limits(field: Field) -> dict[str, Any]:
    """Return what a number may be, as people write it, and its slider: ends and step."""
    low, high, step = (_written(field, x) for x in (field.low, field.high, field.step))
    slide = (0, PLACES, 1) if field.log else (*(field.slide or (low, high)), step)
    return {
        "low": low,
        "high": high,
        "step": step,
        "whole": field.whole,
        "log": field.log,
        "percent": field.percent,
        "slide": slide,
    }
