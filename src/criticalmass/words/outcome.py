"""What members do and what the model then does, in words, of one finding."""

from __future__ import annotations

from criticalmass.answers.finding import Finding
from criticalmass.messages import say
from criticalmass.phrases import RECORDS
from criticalmass.words.measures import does_in_words
from criticalmass.words.numbers import exact_percent, quoted
from criticalmass.words.records import records_of


def members_do(finding: Finding) -> str:
    """Say what members do; a verb phrase in the plural."""
    return finding.about.in_words(RECORDS[finding.facts.population.kind]).does


def outcome(finding: Finding, rate: str) -> str:
    """Put a success into words: what the model then does to how many of which records."""
    return say(
        "{does} {rate} of the {records}", does=does(finding), rate=rate, records=_marked(finding)
    )


def at_least(finding: Finding) -> str:
    """Name the target as what is reached at least."""
    return say("at least {rate}", rate=exact_percent(finding.facts.target))


def does(finding: Finding) -> str:
    """Say what the model does to a record that succeeds; a verb phrase without its object."""
    label = quoted(finding.about.target_label)
    return does_in_words(finding.measure, label, finding.about.description)


def _marked(finding: Finding) -> str:
    """Name the records that success is measured on; follows "90% of the"."""
    said = finding.about.in_words(RECORDS[finding.facts.population.kind])
    if finding.steers:
        return said.aim
    kind = records_of(finding.facts.population)
    if finding.measure == "erased":
        return say("{records}, as they are and {erased}", records=kind, erased=said.erased)
    return say("{records} that carry the mark", records=kind)
