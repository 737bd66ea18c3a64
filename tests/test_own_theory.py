"""Theory of a strategy of one's own, which inherits from nothing: what it knows is asked of it."""

from dataclasses import dataclass

import numpy as np
import pytest

from criticalmass import FeatureLabel, InsertToken, Population
from criticalmass.errors import ParameterError
from criticalmass.strategies import strategy_of

RECORDS = Population.from_texts(["a", "b", "b"], ["x", "y", "y"])
WRITERS = FeatureLabel(InsertToken("~"), "x")


@dataclass(frozen=True)
class Plain:
    """Marks."""

    signal: InsertToken = WRITERS.signal
    target_label: str = "x"

    def candidates(self, population):
        return np.arange(len(population))

    def edit(self, population, members, rng):
        return WRITERS.edit(population, members, rng)


class WithBound(Plain):
    def bound(self, records, **options):
        return "bound", records, options


class WithExact(Plain):
    def exact(self, records, **epsilon):
        return "exact", records, epsilon


@dataclass(frozen=True)
class Steers:
    """Steers."""

    target_label: None = None
    measures: tuple[str, ...] = ("distance",)

    def candidates(self, population):
        return np.arange(len(population))

    def aim(self, population):
        return "aim", population

    def edit(self, population, members, rng):
        return "edit", population


class SteersWithBound(Steers):
    def bound(self, records):
        return "bound", records


class SteersWithExact(Steers):
    def exact(self, records):
        return "exact", records


class SteersWithProposition(Steers):
    def proposition_9(self, records):
        return "proposition_9", records


@dataclass(frozen=True)
class Responds:
    """Responds."""

    target_label: None = None
    measures: tuple[str, ...] = ("distance",)

    def candidates(self, population):
        return np.arange(len(population))

    def aim(self, population):
        return "aim", population

    def respond(self, population, members, *, learning_rate):
        return "respond", learning_rate


class RespondsWithBound(Responds):
    def bound(self, records, *, learning_rate, steps):
        return "bound", records, learning_rate, steps


class RespondsWithPull(Responds):
    def pull(self, alpha, learning_rate):
        raise ParameterError(f"no pull at {alpha:g} and {learning_rate:g}")


@pytest.mark.parametrize(
    ("part", "known", "has_theory"),
    [
        (Plain(), (), False),
        (WithBound(), ("bound",), True),
        (WithExact(), ("exact",), True),
        (Steers(), (), False),
        (SteersWithBound(), ("bound",), True),
        (SteersWithExact(), ("exact",), True),
        (SteersWithProposition(), ("proposition_9",), False),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_strategy_is_asked_for_its_own_knowledge_and_no_other_is(part, known, has_theory):
    adopted = strategy_of(part)
    assert adopted.has_theory == has_theory
    questions = ("bound", "exact", *(("proposition_9",) if isinstance(part, Steers) else ()))
    for name in questions:
        ask = getattr(adopted, name)
        if name in known:
            assert ask(RECORDS)[:2] == (name, RECORDS)
        else:
            with pytest.raises(ParameterError, match=type(part).__name__):
                ask(RECORDS)


def test_options_are_handed_on():
    assert strategy_of(WithBound()).bound(RECORDS, confidence=0.8)[2] == {"confidence": 0.8}
    assert strategy_of(WithExact()).exact(RECORDS, epsilon=0.1)[2] == {"epsilon": 0.1}


def test_a_strategy_that_responds_is_asked_for_its_bound_and_its_pull():
    responds = strategy_of(Responds())
    assert not responds.has_theory
    with pytest.raises(ParameterError, match="Responds"):
        responds.bound(RECORDS, learning_rate=0.1, steps=3)
    responds.check_pull(0.1, 0.2)  # whoever has no pull has none that is wrong
    assert responds.respond(RECORDS, np.arange(1), learning_rate=0.2) == ("respond", 0.2)
    bound = strategy_of(RespondsWithBound())
    assert bound.has_theory
    assert bound.bound(RECORDS, learning_rate=0.1, steps=3) == ("bound", RECORDS, 0.1, 3)
    with pytest.raises(ParameterError, match=r"no pull at 0\.1 and 0\.2"):
        strategy_of(RespondsWithPull()).check_pull(0.1, 0.2)
