"""Tables as numbers, and numbers as tables."""

import numpy as np
import pytest

from criticalmass import GradientNeutralizing, Population
from criticalmass.contracts import check_strategy
from criticalmass.errors import DataError
from criticalmass.risks import Risk
from criticalmass.risks.design import Design, numeric
from criticalmass.strategies import Allowed, Reach


def test_numeric_tables_take_any_number():
    people = numeric(
        Population.from_table(
            {"age": np.arange(200) % 50, "job": np.array(["a", "b"] * 100, dtype=object),
             "y": np.array(["no", "yes", "no", "no"] * 50, dtype=object)}, label="y")
    )  # fmt: skip
    design = Design.of(people)
    assert people.columns == ("age", "job=b")
    x = design.encode(people.features)
    assert np.allclose(design.encode(design.decode(x)), x)
    strategy = GradientNeutralizing(Reach({"job=b": 0.3}), Risk(l2=0.01), Allowed("bounded"))
    check_strategy(strategy, people)


def test_texts_are_no_numbers():
    with pytest.raises(DataError, match="not texts"):
        Design.of(Population.from_texts(["a", "b"], ["x", "y"]))
