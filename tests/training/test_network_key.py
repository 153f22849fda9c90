"""The key of a network is made of its configuration, and only where that says all of it."""

import keras
import pytest

from imblearn_bbfl.training._head import Head
from imblearn_bbfl.training._network_key import _check_determined, _number, make_graph_key


class Own(keras.Model):
    """Has a constructor of its own, so Keras writes none of its layers into its configuration."""

    def __init__(self, inputs, outputs, rate=0.5):
        super().__init__(inputs, outputs)


def build(kind, n_units):
    inputs = keras.Input((3,))
    return kind(inputs, keras.layers.Dense(n_units)(inputs))


def test_a_head_has_the_key_of_its_layers():
    one, same, other = (make_graph_key(build(Head, n_units)) for n_units in (1, 1, 2))
    assert one == same != other


def test_a_network_whose_layers_are_not_in_its_configuration_has_no_key():
    assert make_graph_key(build(Own, 1)) is None


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
