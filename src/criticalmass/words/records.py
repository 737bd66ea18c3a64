"""Records in words, by what a population holds."""

from __future__ import annotations

from criticalmass.messages import say, say_count
from criticalmass.studies.facts import PopulationFacts


def records_of(population: PopulationFacts) -> str:
    """Name a population's records."""
    match population.kind:
        case "texts":
            return say("texts")
        case "array":
            return say("images")
        case _:
            return say("records")


def counted(population: PopulationFacts, number: int) -> str:
    """Name so many of a population's records."""
    match population.kind:
        case "texts":
            return say_count("{n} text", "{n} texts", number)
        case "array":
            return say_count("{n} image", "{n} images", number)
        case _:
            return say_count("{n} record", "{n} records", number)


def tested(population: PopulationFacts) -> str:
    """Name the records that a model is tested on."""
    match population.kind:
        case "texts":
            return say("test texts")
        case "array":
            return say("test images")
        case _:
            return say("test records")


def marked(population: PopulationFacts) -> str:
    """Name the records that success is measured on."""
    match population.kind:
        case "texts":
            return say("marked test texts")
        case "array":
            return say("marked test images")
        case _:
            return say("marked test records")


def unmarked(population: PopulationFacts) -> str:
    """Name the records that a platform tests its model on."""
    match population.kind:
        case "texts":
            return say("test texts without the mark")
        case "array":
            return say("test images without the mark")
        case _:
            return say("test records without the mark")
