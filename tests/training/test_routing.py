"""Parameters with a prefix reach the parts that they name."""

import keras
import pytest

from imblearn_bbfl.training._routing import make_parts


class Scaled:
    """Something with a part of its own."""

    def __init__(self, part=None, scale=1):
        self.part, self.scale = part, scale


def test_a_class_is_made_with_its_parameters_and_those_of_its_parts():
    made = make_parts(Scaled, {"scale": 3, "part": Scaled, "part__scale": 5})
    assert (made.scale, made.part.scale) == (3, 5)


def test_items_of_a_list_share_parameters_and_have_their_own():
    ready = Scaled()
    made = make_parts([Scaled, Scaled, ready], {"scale": 3, "1__scale": 5})
    assert [made[0].scale, made[1].scale] == [3, 5]
    assert made[2] is ready


def test_items_of_a_dict_keep_their_names():
    made = make_parts({"a": Scaled, "b": (Scaled,)}, {"scale": 3, "b__0__scale": 5})
    assert made["a"].scale == 3
    assert [item.scale for item in made["b"]] == [5]


def test_an_instance_takes_no_parameters():
    loss = keras.losses.Hinge()
    assert make_parts(loss, {}) is loss
    with pytest.raises(TypeError, match=r"is an instance, so \['name'\] cannot be set on it"):
        make_parts(loss, {"name": "mine"})


@pytest.mark.parametrize(
    ("part", "params"), [([Scaled], {"2__scale": 1}), (Scaled, {"inner__scale": 1})]
)
def test_a_part_that_is_not_there_is_an_error(part, params):
    with pytest.raises(TypeError, match=r"2|inner"):
        make_parts(part, params)
