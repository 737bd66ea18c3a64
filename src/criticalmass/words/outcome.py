"""What members do and what the model then does, in words, of one finding."""

from __future__ import annotations

from criticalmass.answers.finding import Finding
from criticalmass.messages import say
from criticalmass.phrases import RECORDS
from criticalmass.studies.said import Said
from criticalmass.words.measures import does_in_words, wanted_of
from criticalmass.words.numbers import quoted
from criticalmass.words.records import marked, records_of, tested


def members_do(finding: Finding) -> str:
    """Say what members do; a verb phrase in the plural."""
    return _said(finding).does


def outcome(finding: Finding, rate: str) -> str:
    """Put a success into words: what the model then does to how many of which records."""
    return _outcome(finding, rate, _judged(finding))


def outcome_without(finding: Finding, rate: str) -> str:
    """Put a success without a collective into words, as `outcome` does."""
    population = finding.facts.population
    plain = _erases(finding) or "goal" in finding.about.description
    records, among = tested(population) if plain else marked(population), _among(finding)
    if among:
        records = say("{records} that {are}", records=records, are=among)
    return _outcome(finding, rate, records)


def does(finding: Finding) -> str:
    """Say what the model does to a record that succeeds; a verb phrase without its object."""
    label = quoted(finding.about.target_label)
    return does_in_words(finding.measure_facts, label, finding.about.description)


def legend(finding: Finding) -> str:
    """Name a measure and say what success is by it."""
    return say("{measure}: {legend}", measure=finding.measure, legend=meaning(finding))


def axis(finding: Finding) -> str:
    """Say what the axis of success shows: share of marked texts."""
    if finding.measure_facts.is_real and not finding.steers:
        return meaning(finding)
    if finding.steers:
        return say("share of the way to the goal")
    if "goal" in finding.about.description or _erases(finding):
        return say("share of the {records}", records=_judged(finding))
    kind = records_of(finding.facts.population)
    if among := _among(finding):
        return say("share of marked {records} that {are}", records=kind, are=among)
    return say("share of marked {records}", records=kind)


def meaning(finding: Finding) -> str:
    """Say what success is by a measure: the target label is ranked first."""
    return finding.measure_facts.words.about(quoted(finding.about.target_label)).legend


def _outcome(finding: Finding, rate: str, records: str) -> str:
    """Put a success on some records into words: a share is of them, a number is on them."""
    values = {"does": does(finding), "rate": rate, "records": records}
    if finding.measure_facts.is_real:
        return say("{does} {rate} on the {records}", **values)
    return say("{does} {rate} of the {records}", **values)


def _judged(finding: Finding) -> str:
    """Name the records that success is measured on, after "the"."""
    population, said = finding.facts.population, _said(finding)
    if finding.steers:
        return said.aim
    if "goal" in finding.about.description:
        return tested(population)
    kind = records_of(population)
    if _erases(finding) and said.erased:
        return say("{records}, as they are and {erased}", records=kind, erased=said.erased)
    if among := _among(finding):
        return say("{records} that carry the mark and {are}", records=kind, are=among)
    return say("{records} that carry the mark", records=kind)


def _said(finding: Finding) -> Said:
    """Return what the strategy says of itself."""
    return finding.about.in_words(RECORDS[finding.facts.population.kind])


def _erases(finding: Finding) -> bool:
    """Whether records are looked at as they are and without something, not with a mark."""
    wanted = wanted_of(finding.about.description)
    wants = finding.about.target_label is not None or "target_value" in wanted
    return finding.measure == "erased" or not wants


def _among(finding: Finding) -> str:
    """Say which of the records are judged, in the measure's words; empty where all are."""
    return finding.measure_facts.words.about(quoted(finding.about.target_label)).among
