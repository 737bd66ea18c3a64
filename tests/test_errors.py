import pytest

from criticalmass.errors import CriticalMassError, ParameterError, require_choice, unknown


def test_unknown_suggests_the_nearest_name():
    assert "did you mean 'recruit'?" in unknown("key", "recriut", ["recruit", "signal"])


def test_unknown_without_a_near_name_lists_the_valid_ones():
    assert unknown("label", "zzz", ["a", "b"]) == "unknown label 'zzz'. Valid: a, b"


def test_unknown_shortens_long_lists():
    assert unknown("label", "zzz", range(100)).endswith("11, …")


def test_an_unknown_choice_names_the_nearest():
    require_choice("side", "left", ("left", "right"))
    with pytest.raises(ParameterError, match="unknown side 'lfet'; did you mean 'left'"):
        require_choice("side", "lfet", ("left", "right"))


def test_parameter_errors_are_value_errors_too():
    assert issubclass(ParameterError, ValueError)
    assert issubclass(ParameterError, CriticalMassError)
