"""Parameters of a backbone that it does not take."""

import pytest

from imblearn_bbfl.backbones._params import check_backbone_params


def build(weights=None, alpha=1.0, depth_multiplier=1):
    """Stand for a network of keras.applications, whose first argument is given."""


@pytest.mark.parametrize(
    ("apply", "name", "told"),
    [
        (build, "alpah", "Did you mean 'alpha'"),
        (build, "weights", "It takes alpha, depth_multiplier"),
        (lambda x: x, "alpha", "It takes none"),
    ],
)
def test_a_parameter_that_a_backbone_does_not_take_is_named_with_its_prefix(apply, name, told):
    with pytest.raises(TypeError, match=f"backbone__{name} is not a parameter of .*{told}"):
        check_backbone_params("name", apply, {name: 1})


@pytest.mark.parametrize("apply", [build, lambda x, **params: x])
def test_what_a_backbone_takes_is_let_through(apply):
    check_backbone_params("name", apply, {"alpha": 0.5})
