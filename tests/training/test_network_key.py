"""The key of a network is made of its configuration, and only where that says all of it."""

import pytest

from imblearn_bbfl.training._network_key import _check_determined, _number


def test_names_of_layers_become_numbers_wherever_they_stand():
    assert _number({"a": ["x", 3], "b": {"c": "y"}}, {"x": 0, "y": 1}) == {
        "a": [0, 3],
        "b": {"c": 1},
    }


@pytest.mark.parametrize(
    "value",
    [
        {"class_name": "Mine", "registered_name": "Mine", "module": None},
        {"class_name": "Mine", "registered_name": "Mine", "module": "mine.layers"},
        {"class_name": "__lambda__", "registered_name": None, "module": "builtins"},
    ],
)
def test_what_its_configuration_does_not_determine_has_no_key(value):
    with pytest.raises(TypeError, match=r"is not (determined by its configuration|registered)"):
        _check_determined(value, set())
